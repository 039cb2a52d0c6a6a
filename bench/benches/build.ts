/**
 * Building a project as a fresh process, by size: cold (as after a checkout), when nothing changed, and after one edit. Beside it
 * the same files in a plain script, in Velite, and in Hugo, which does more.
 */
import { appendFile, cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { defineBench, type Goal, grouped, type Scale, type Series } from '../suite/bench.js';
import { generatedProject } from '../support/generated-project.js';
import { CLI, type Ended, ROOT, runNode, runProgram } from '../support/run-process.js';
import { onPath } from '../support/on-path.js';
import { hugoSite } from '../build/hugo-site.js';

interface State {
  /** The folder of each size. */
  readonly projects: ReadonlyMap<number, Project>;
  readonly nodeFlags: readonly string[];
}

interface Project {
  readonly root: string;
  readonly files: number;
  edits: number;
}

/** Peers are slow; beyond this, they take longer than they tell. */
const LARGEST_OF_PEERS = 10_000;

const NAMES = {
  cold: 'promptc, cold',
  unchanged: 'promptc, nothing changed',
  edited: 'promptc, one edit',
  plain: 'plain script',
  velite: 'Velite',
  hugo: 'Hugo',
};

export const build = defineBench<State>({
  name: 'build',
  measures: '`promptc build` of templates of 1 kB and a bundle for every four, each time as a fresh process',
  kind: 'process',
  series: ({ sizes }) => sizes.flatMap(seriesOf),
  goals,
  charts: ({ sizes }) => [
    {
      name: 'build',
      title: `A build of ${grouped(largestWithPeers(sizes))} templates`,
      figure: 'ms',
      series: Object.values(NAMES).map((name) => sized(name, largestWithPeers(sizes))),
    },
    { name: 'build-sizes', title: 'A cold build, by file', figure: 'µs/file', series: sizes.map((size) => sized(NAMES.cold, size)) },
  ],
  profiled: ({ sizes }) => sized(NAMES.cold, largestWithPeers(sizes)),
  async prepare({ scale, folder, nodeFlags }) {
    const projects = new Map<number, Project>();
    for (const size of scale.sizes) projects.set(size, await writeProject(path.join(folder, String(size)), size));
    const state = { projects, nodeFlags };
    for (const project of projects.values()) await buildProject(project, nodeFlags);
    return state;
  },
});

function goals({ sizes }: Scale): Goal[] {
  const [asked, largest] = [sized(NAMES.cold, 10_000), sized(NAMES.cold, 50_000)];
  const inSizes = (size: number): Goal[] => [
    {
      what: `nothing changed, next to cold, ${grouped(size)}`,
      series: sized(NAMES.unchanged, size),
      to: sized(NAMES.cold, size),
      most: 0.15,
    },
    { what: `one edit, next to cold, ${grouped(size)}`, series: sized(NAMES.edited, size), to: sized(NAMES.cold, size), most: 0.2 },
  ];
  return [
    { what: 'cold build next to a plain script, 10,000', series: asked, to: sized(NAMES.plain, 10_000), most: 1.8 },
    { what: 'cold build next to Velite, 10,000', series: asked, to: sized(NAMES.velite, 10_000), most: 0.333 },
    ...inSizes(sizes.includes(10_000) ? 10_000 : sizes.at(-1)!),
    { what: 'cost per file at 50,000 next to 1,000', series: largest, to: sized(NAMES.cold, 1000), figure: 'µs/file', most: 1.3 },
    { what: 'peak memory at 50,000, MiB', series: largest, figure: 'MiB', most: 400 },
  ];
}

function seriesOf(size: number): Series<State>[] {
  const cold = sized(NAMES.cold, size);
  const of = (
    name: string,
    to: string | undefined,
    run: (project: Project, state: State) => Promise<Ended | Pick<Ended, 'ms'>>,
  ): Series<State> => ({
    name: sized(name, size),
    ...(to === undefined ? {} : { to }),
    async sample(state) {
      const project = state.projects.get(size)!;
      const ended = await run(project, state);
      return { ...ended, 'µs/file': (ended.ms * 1000) / project.files };
    },
  });
  const own = [
    of(NAMES.plain, undefined, runPlain),
    of(NAMES.cold, sized(NAMES.plain, size), async (project, { nodeFlags }) => {
      await clean(project.root);
      return buildProject(project, nodeFlags);
    }),
    of(NAMES.unchanged, cold, (project, { nodeFlags }) => buildProject(project, nodeFlags)),
    of(NAMES.edited, cold, async (project, { nodeFlags }) => {
      await edit(project);
      return buildProject(project, nodeFlags);
    }),
  ];
  if (size > LARGEST_OF_PEERS) return own;
  return [
    ...own,
    of(NAMES.velite, cold, ({ root }) =>
      runNode([path.join(ROOT, 'node_modules/velite/bin/velite.js'), 'build'], path.join(root, '../velite')),
    ),
    {
      ...of(NAMES.hugo, cold, ({ root }) => runProgram('hugo', ['--quiet', '--cleanDestinationDir'], path.join(root, '../hugo'))),
      needs: needsHugo,
    },
  ];
}

function needsHugo(): string | undefined {
  return onPath('hugo') ? undefined : 'it takes Hugo (Debian package `hugo`)';
}

function sized(name: string, size: number): string {
  return `${name}, ${grouped(size)}`;
}

function largestWithPeers(sizes: readonly number[]): number {
  return Math.max(...sizes.filter((size) => size <= LARGEST_OF_PEERS));
}

/** Beside the project, what peers need to read the same files. */
async function writeProject(folder: string, size: number): Promise<Project> {
  const root = path.join(folder, 'project');
  const files = Object.entries(generatedProject(size));
  for (const parent of new Set(files.map(([name]) => path.dirname(name)))) await mkdir(path.join(root, parent), { recursive: true });
  for (const [name, text] of files) await writeFile(path.join(root, name), text);
  const [velite, hugo] = [path.join(folder, 'velite'), path.join(folder, 'hugo')];
  await mkdir(velite);
  await cp(path.join(ROOT, 'bench/build/velite.config.mjs'), path.join(velite, 'velite.config.mjs'));
  await symlink(path.join(ROOT, 'node_modules'), path.join(velite, 'node_modules'));
  await symlink(path.join(root, 'prompts'), path.join(velite, 'prompts'));
  for (const [name, text] of Object.entries(hugoSite(path.join(root, 'prompts')))) {
    await mkdir(path.dirname(path.join(hugo, name)), { recursive: true });
    await writeFile(path.join(hugo, name), text);
  }
  return { root, files: files.length, edits: 0 };
}

/** Leaves what a checkout has. */
async function clean(root: string): Promise<void> {
  for (const name of await readdir(root)) if (name !== 'prompts') await rm(path.join(root, name), { recursive: true });
}

function buildProject({ root }: Project, nodeFlags: readonly string[]) {
  return runNode([...nodeFlags, CLI, 'build', '--root', root], root);
}

/** Another text each time, so that no cache has seen it. */
async function edit(project: Project): Promise<void> {
  project.edits++;
  await appendFile(path.join(project.root, 'prompts/templates/team-1/t1.md'), `Edit ${project.edits}.\n`);
}

async function runPlain({ root }: Project) {
  const to = path.join(root, '../plain');
  await rm(to, { recursive: true, force: true });
  return runNode([path.join(ROOT, 'bench/build/plain.mjs'), path.join(root, 'prompts'), to], root);
}
