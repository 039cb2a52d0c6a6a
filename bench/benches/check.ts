/**
 * What checking costs. Files are held in memory, so that no disk hides what is measured. Time is that of the processor, which
 * other programs on the machine change less than the clock's.
 */
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { defineBench, grouped, type Scale, type Series } from '../suite/bench.js';
import { buildSource } from '../support/library.js';
import { generatedProject } from '../support/generated-project.js';

interface State {
  readonly compile: (checks: boolean) => Promise<unknown>;
}

const WITH = 'promptc, with all checks';
const WITHOUT = 'promptc, without checks';

export const check = defineBench<State>({
  name: 'check',
  measures: 'compiling a generated project in memory, with and without the checks; processor time',
  kind: 'process',
  series: () => [seriesOf(WITHOUT, false), { ...seriesOf(WITH, true), to: WITHOUT }],
  goals: (scale) => [
    { what: `checks of ${grouped(sizeOf(scale))} templates, next to a build without`, series: WITH, to: WITHOUT, most: 1.6 },
  ],
  charts: () => [],
  profiled: () => WITH,
  async prepare({ scale }) {
    const { compile } = (await buildSource('src/compile/compile.ts')) as typeof import('../../src/compile/compile.js');
    const disk = new MemoryDisk(generatedProject(sizeOf(scale)));
    const state: State = {
      async compile(checks) {
        const { build, diagnostics } = await compile(disk, { checks });
        if (build === undefined) throw new Error(`the project does not compile: ${diagnostics[0]?.message}`);
      },
    };
    // Once for the just-in-time compiler.
    await state.compile(true);
    await state.compile(false);
    return state;
  },
});

function seriesOf(name: string, checks: boolean): Series<State> {
  return {
    name,
    async sample({ compile }) {
      const start = process.cpuUsage();
      await compile(checks);
      const { user, system } = process.cpuUsage(start);
      return { ms: (user + system) / 1000 };
    },
  };
}

/** Larger projects are for `build`. */
function sizeOf({ sizes }: Scale): number {
  return Math.max(...sizes.filter((size) => size <= 10_000));
}
