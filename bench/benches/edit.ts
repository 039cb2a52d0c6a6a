/** From saving a template to being served what came of it, by `promptc dev`. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineBench, type Goal, grouped, NotMeasured, type Series } from '../suite/bench.js';
import { type DevProcess, needsDev, startDev } from '../support/dev-process.js';
import { generatedProject } from '../support/generated-project.js';

interface State {
  readonly projects: ReadonlyMap<number, Project>;
}

interface Project {
  readonly file: string;
  readonly text: string;
  readonly dev: DevProcess;
  edits: number;
}

/** As long as somebody types before saving again; edits that follow closely are collected, which is not measured here. */
const PAUSE = 700;
const OWN = 'own ms';

export const edit = defineBench<State>({
  name: 'edit',
  measures: 'one edit of a template, from saving it until `promptc dev` serves it; own: what promptc says it took of that',
  kind: 'function',
  series: ({ sizes }) => sizes.map(seriesOf),
  goals: ({ sizes }) => {
    const largest = nameOf(sizes.includes(10_000) ? 10_000 : sizes.at(-1)!);
    const asked: Goal[] = [
      { what: 'edit to served, p50 ms', series: largest, most: 100 },
      { what: 'edit to served, p95 ms', series: largest, percentile: 95, most: 250 },
      { what: 'our own work at 100, ms', series: nameOf(100), figure: OWN, most: 5 },
    ];
    return [...asked, { what: 'our own work at 10,000, ms', series: nameOf(10_000), figure: OWN, most: 25 }];
  },
  charts: ({ sizes }) => [{ name: 'edit', title: 'From saving a template to being served it', figure: 'ms', series: sizes.map(nameOf) }],
  profiled: ({ sizes }) => nameOf(sizes.at(-1)!),
  async prepare({ scale, folder, nodeFlags }) {
    const missing = needsDev();
    if (missing !== undefined) throw new NotMeasured(missing);
    const projects = new Map<number, Project>();
    try {
      for (const size of scale.sizes) projects.set(size, await startProject(path.join(folder, String(size)), size, nodeFlags));
    } catch (error) {
      await stopAll(projects);
      throw error;
    }
    return { projects };
  },
  close: ({ projects }) => stopAll(projects),
});

function nameOf(size: number): string {
  return `promptc dev, ${grouped(size)}`;
}

function seriesOf(size: number): Series<State> {
  return {
    name: nameOf(size),
    async sample({ projects }) {
      const project = projects.get(size)!;
      await sleep(PAUSE);
      project.edits++;
      const start = performance.now();
      await writeFile(project.file, `${project.text}Edit ${project.edits}.\n`);
      const { milliseconds } = await project.dev.next();
      return { ms: performance.now() - start, [OWN]: milliseconds };
    },
  };
}

async function startProject(root: string, size: number, nodeFlags: readonly string[]): Promise<Project> {
  const files = Object.entries(generatedProject(size));
  for (const parent of new Set(files.map(([name]) => path.dirname(name)))) await mkdir(path.join(root, parent), { recursive: true });
  for (const [name, text] of files) await writeFile(path.join(root, name), text);
  const file = path.join(root, 'prompts/templates/team-1/t1.md');
  return { file, text: await readFile(file, 'utf8'), dev: await startDev(root, nodeFlags), edits: 0 };
}

async function stopAll(projects: State['projects']): Promise<void> {
  await Promise.all([...projects.values()].map(({ dev }) => dev.stop()));
}
