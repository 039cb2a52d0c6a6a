/** A bench as it runs, what is written of it, and what is profiled. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { BENCHES } from '../../bench/benches/all.js';
import { parse } from '../../bench/benches/parse.js';
import { type Bench, defineBench, NotMeasured } from '../../bench/suite/bench.js';
import { drawChart } from '../../bench/suite/chart.js';
import { updatePage } from '../../bench/suite/pages.js';
import { profileBench } from '../../bench/suite/profile-bench.js';
import { benchText } from '../../bench/suite/report.js';
import type { BenchRun } from '../../bench/suite/run.js';
import { runBench } from '../../bench/suite/run-bench.js';
import { SCALES } from '../../bench/suite/scales.js';
import { REPOSITORY, temporaryFolder } from '../support/project.js';

const run = promisify(execFile);
const SCALE = { ...SCALES.quick, rounds: { function: { counted: 6, warmup: 1 }, process: { counted: 6, warmup: 0 } }, time: 1 };

/** Two series whose samples come from a list of who was asked. */
function listed(asked: string[], more: Partial<Bench> = {}): Bench {
  const of = (name: string, value: number) => ({ name, sample: async () => (asked.push(name), { ms: value }) });
  return defineBench({
    ...{ name: 'listed', measures: 'nothing', kind: 'process' as const, goals: () => [], charts: () => [], profiled: () => 'a' },
    series: () => [of('a', 1), { ...of('b', 2), to: 'a' }],
    prepare: async () => undefined,
    ...more,
  });
}

describe('runBench', () => {
  it('samples all series in each round, each round beginning with another one', async () => {
    const asked: string[] = [];
    const { series } = await runBench(listed(asked), SCALE);
    expect(asked.join('')).toBe('abbaabbaabba');
    expect(series).toEqual([
      { name: 'a', figures: { ms: [1, 1, 1, 1, 1, 1] } },
      { name: 'b', to: 'a', figures: { ms: [2, 2, 2, 2, 2, 2] } },
    ]);
  });

  it('leaves out what cannot be measured here, and says why', async () => {
    const asked: string[] = [];
    const bench = listed(asked);
    const series = () => bench.series(SCALE).map((one) => (one.name === 'b' ? { ...one, needs: () => 'it takes a moon' } : one));
    const found = await runBench({ ...bench, series }, SCALE);
    expect(found.missing).toEqual(['b: it takes a moon']);
    expect(asked).not.toContain('b');
    expect(benchText(found)).toContain('Not measured: b: it takes a moon');
  });

  it('says why a bench did not run as a whole, and passes on what went wrong otherwise', async () => {
    const failing = (error: Error) =>
      listed([], {
        async prepare() {
          throw error;
        },
      });
    expect((await runBench(failing(new NotMeasured('there is no sun')), SCALE)).missing).toEqual(['there is no sun']);
    await expect(runBench(failing(new Error('broken')), SCALE)).rejects.toThrow('broken');
  });
});

describe('a bench of a function', () => {
  let measured: BenchRun;

  beforeAll(async () => {
    measured = await runBench(parse, SCALE);
  }, 60_000);

  it('measures every series in every round', () => {
    expect(measured.series.map(({ name }) => name)).toEqual(parse.series(SCALE).map(({ name }) => name));
    for (const { figures } of measured.series) {
      expect(figures['µs']).toHaveLength(6);
      expect(figures['µs']!.every((value) => value > 0 && value < 100_000)).toBe(true);
    }
  });

  it('goes into the page between its comments, the same each time', async () => {
    const docs = await temporaryFolder();
    const page = path.join(docs, 'performance.md');
    await writeFile(page, '# Page\n\n<!-- begin parse -->\n\nold\n\n<!-- end parse -->\n\nMore.\n');
    await updatePage(docs, measured, parse.charts(SCALE));
    const text = await readFile(page, 'utf8');
    expect(text).toMatch(/^# Page\n\n<!-- begin parse -->\n\n!\[.+\]\(charts\/parse\.svg\)\n\n\|/);
    expect(text).toMatch(/\n<!-- end parse -->\n\nMore\.\n$/);
    expect(text).not.toContain('old');
    await updatePage(docs, measured, parse.charts(SCALE));
    expect(await readFile(page, 'utf8')).toBe(text);
    expect(await readFile(path.join(docs, 'charts/parse.svg'), 'utf8')).toMatch(/^<svg xmlns/);
    await writeFile(page, 'nothing');
    await expect(updatePage(docs, measured, [])).rejects.toThrow('has no <!-- begin parse -->');
  });
});

describe('docs/performance.md', () => {
  it('has a place for each bench', async () => {
    const page = await readFile(path.join(REPOSITORY, 'docs/performance.md'), 'utf8');
    for (const { name } of BENCHES) expect(page).toMatch(new RegExp(`<!-- begin ${name} -->[^]*<!-- end ${name} -->`));
  });
});

describe('drawChart', () => {
  it('draws what is escaped, and says it to whoever does not see it', () => {
    const bar = { label: '<a & "b">', value: 2, low: 1, high: 3, text: '2 µs', isSubject: true };
    const svg = drawChart('A & B', [bar, { ...bar, label: 'nothing', value: 0, low: 0, high: 0, isSubject: false }]);
    expect(svg).toContain('aria-label="A &amp; B: &lt;a &amp; &quot;b&quot;&gt; 2 µs, nothing 2 µs"');
    expect(svg).not.toContain('<a &');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(drawChart('All are 0', [{ ...bar, value: 0, low: 0, high: 0 }])).not.toMatch(/NaN/);
  });
});

interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string } }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface HeapNode {
  readonly callFrame: { readonly functionName: string };
  readonly selfSize: number;
  readonly children: readonly HeapNode[];
}

describe('profiles', () => {
  /** What is in them, once it is known that they have the form of `Profiler.Profile` and `HeapProfiler.SamplingHeapProfile`. */
  async function functionsIn(files: { cpu: string; heap: string }): Promise<string[]> {
    const cpu = JSON.parse(await readFile(files.cpu, 'utf8')) as CpuProfile;
    const ids = new Set(cpu.nodes.map(({ id }) => id));
    expect(cpu.nodes[0]!.callFrame.functionName).toBe('(root)');
    expect(cpu.samples.length).toBeGreaterThan(20);
    expect(cpu.samples.every((id) => ids.has(id))).toBe(true);
    expect(cpu.timeDeltas).toHaveLength(cpu.samples.length);
    const { head } = JSON.parse(await readFile(files.heap, 'utf8')) as { head: HeapNode };
    expect(head.callFrame.functionName).toBe('(root)');
    expect(allOf(head).reduce((sum, { selfSize }) => sum + selfSize, 0)).toBeGreaterThan(100_000);
    return cpu.nodes.map(({ callFrame }) => callFrame.functionName);
  }

  it('are of this process where the bench runs in it', async () => {
    expect(await functionsIn(await profileBench(parse, SCALE, 0.2, await temporaryFolder()))).toContain('lower');
  }, 60_000);

  it('are of the process that the bench starts, if it starts one', async () => {
    const program = path.join(await temporaryFolder(), 'program.mjs');
    await writeFile(
      program,
      'globalThis.kept = [];\nfunction spin(end) { while (Date.now() < end) if (kept.length < 200_000) kept.push({ kept: [kept.length] }); }\nspin(Date.now() + 300);\n',
    );
    const bench = defineBench<readonly string[]>({
      ...{ name: 'spin', measures: 'nothing', kind: 'process' as const, goals: () => [], charts: () => [], profiled: () => 'spin' },
      series: () => [{ name: 'spin', sample: async (flags) => (await run(process.execPath, [...flags, program]), { ms: 1 }) }],
      prepare: async ({ nodeFlags }) => nodeFlags,
    });
    expect(await functionsIn(await profileBench(bench, SCALE, 0.01, await temporaryFolder()))).toContain('spin');
  }, 60_000);

  it.each([
    [['rendering'], 'There is no bench rendering'],
    [[], 'Name one bench'],
    [['render', '--seconds', 'few'], '--seconds is how long'],
  ])('end %j with 2, and say what there is', async (args, message) => {
    const program = [path.join(REPOSITORY, 'node_modules/vite-node/dist/cli.mjs'), 'bench/profile.ts', '--', ...args];
    await expect(run(process.execPath, program, { cwd: REPOSITORY })).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message),
    });
  });
});

function allOf(node: HeapNode): HeapNode[] {
  return [node, ...node.children.flatMap(allOf)];
}
