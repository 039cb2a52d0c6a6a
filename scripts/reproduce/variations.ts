/** What is varied: each alone, against one and the same build. */
import { chown, cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { failure, run } from './run.js';
import type { Paths, Variation } from './variation.js';

/** Who owns nothing, on most systems. */
const NOBODY = 65_534;
const NODE_MAJORS = [20, 22, 24, 26];
const preload = (name: string): string[] => ['--import', new URL(`${name}.mjs`, import.meta.url).href];
const inShell = (script: string, command: readonly string[]): string[] => ['sh', '-c', `${script}; exec "$@"`, 'sh', ...command];
const FAKETIME = ['faketime', '--exclude-monotonic', '-f', '+5y'];
const UNMOUNT = process.getuid?.() === 0 ? ['umount'] : ['fusermount', '-u'];
const unshare = (...options: string[]): string[] => [
  'unshare',
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
  ...options,
];

export const VARIATIONS: readonly Variation[] = [
  {
    name: 'build path',
    seen: 'path.basename(process.cwd())',
    folder: "far/down/below/everything/ünïcode $HOME 'quoted'",
  },
  {
    name: 'file order on disk',
    seen: `(() => { const dir = fs.opendirSync('prompts/templates'), names = []; for (let e; (e = dir.readSync()); ) names.push(e.name); return names.join(' '); })()`,
    lacks: lacksDisorderfs,
    prepare: async (clone) => {
      const mounted = `${clone}-disordered`;
      await mkdir(mounted);
      await run(['disorderfs', '--quiet', '--sort-dirents=yes', '--reverse-dirents=yes', clone, mounted]);
      return mounted;
    },
    cleanUp: async (clone) => void (await run([...UNMOUNT, `${clone}-disordered`])),
  },
  {
    name: 'file order as listed',
    seen: `fs.readdirSync('prompts/templates').join(' ')`,
    nodeOptions: preload('shuffled-listing'),
  },
  {
    name: 'time',
    seen: 'new Date().getFullYear()',
    lacks: () => failure([...FAKETIME, 'true']),
    wrap: (command) => [...FAKETIME, ...command],
  },
  { name: 'time within the program', seen: 'new Date().getFullYear()', nodeOptions: preload('shifted-clock') },
  { name: 'time zone', seen: 'Intl.DateTimeFormat().resolvedOptions().timeZone', env: { TZ: 'Pacific/Chatham' } },
  {
    name: 'locale',
    seen: `Intl.NumberFormat().resolvedOptions().locale + ' ' + 'I'.toLocaleLowerCase()`,
    env: { LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8', LANGUAGE: 'tr' },
  },
  { name: 'umask', seen: 'process.umask().toString(8)', wrap: (command) => inShell('umask 0077', command) },
  {
    name: 'user and home',
    seen: `os.userInfo().username + ' ' + path.basename(os.homedir())`,
    lacks: lacksOtherUser,
    env: () => ({ PATH: process.env['PATH'], HOME: '/nonexistent' }),
    prepare: async (clone) => {
      await chownAll(path.dirname(clone), NOBODY);
    },
    user: NOBODY,
  },
  { name: 'empty environment', seen: 'String(Object.keys(process.env).length)', env: () => ({}) },
  { name: 'full environment', seen: 'String(Object.keys(process.env).length)', env: fullEnvironment() },
  {
    name: 'host name',
    seen: 'os.hostname()',
    lacks: () => failure([...unshare('--uts'), ...inShell('echo elsewhere > /proc/sys/kernel/hostname', ['true'])]),
    wrap: (command) => [...unshare('--uts'), ...inShell('echo elsewhere > /proc/sys/kernel/hostname', command)],
  },
  {
    name: 'number of CPUs',
    seen: 'os.availableParallelism()',
    lacks: () => failure(['taskset', '-c', '0', 'true']),
    wrap: (command) => ['taskset', '-c', '0', ...command],
  },
  {
    name: 'CRLF checkout',
    seen: `fs.readFileSync('prompts/' + fs.readdirSync('prompts', { recursive: true }).find((name) => name.endsWith('.md')), 'utf8').includes('\\r')`,
    cloneOptions: ['--no-checkout', '--config', 'core.autocrlf=true'],
    prepare: async (clone) => {
      // The project's own attributes ask for LF; somebody's clone may know better.
      await mkdir(path.join(clone, '.git/info'), { recursive: true });
      await writeFile(path.join(clone, '.git/info/attributes'), 'prompts/** text eol=crlf\n');
      await run(['git', '-C', clone, 'checkout', '--quiet']);
    },
  },
  {
    name: 'shallow clone',
    seen: `fs.existsSync('.git/shallow')`,
    cloneOptions: ['--depth', '1'],
    // Of versions whose texts only the history has, the artifacts have to be at hand.
    prepare: (clone, { reference }) => cp(path.join(reference, 'objects'), path.join(clone, 'dist/objects'), { recursive: true }),
  },
  { name: 'built before', seen: `fs.existsSync('dist/manifest.json')`, prepare: (clone, tools) => tools.build(clone) },
  ...NODE_MAJORS.map((major): Variation => ({
    name: `Node ${major}`,
    seen: 'process.version',
    isSlow: true,
    lacks: async () => (process.version.startsWith(`v${major}.`) ? 'it is the one that all others are compared with' : undefined),
    node: async ({ workspace }) => {
      const prefix = path.join(workspace, `node-${major}`);
      await run(['npm', 'install', '--no-save', '--no-audit', '--no-fund', '--prefix', prefix, `node@${major}`]);
      return path.join(prefix, 'node_modules/node/bin/node');
    },
  })),
];

async function lacksDisorderfs({ workspace }: Paths): Promise<string | undefined> {
  const [from, to] = ['disorderfs-from', 'disorderfs-to'].map((name) => path.join(workspace, name));
  await mkdir(from!, { recursive: true });
  await mkdir(to!, { recursive: true });
  const problem = await failure(['disorderfs', '--quiet', from!, to!]);
  if (problem === undefined) await run([...UNMOUNT, to!]);
  return problem;
}

async function lacksOtherUser({ cli }: Paths): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root may become somebody else';
  const problem = await failure([process.execPath, cli, '--version'], { cwd: '/', user: NOBODY });
  return problem && `another user may not read ${cli} and what it needs`;
}

async function chownAll(folder: string, user: number): Promise<void> {
  await chown(folder, user, user);
  for (const entry of await readdir(folder, { recursive: true })) await chown(path.join(folder, entry), user, user);
}

function fullEnvironment(): NodeJS.ProcessEnv {
  const odd = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`ODD_${i}`, 'x'.repeat(i)]));
  return {
    ...odd,
    NODE_ENV: 'production',
    NODE_OPTIONS: '--max-old-space-size=2048',
    DEBUG: '*',
    FORCE_COLOR: '3',
    COLUMNS: '20',
    TERM: 'xterm-256color',
    SOURCE_DATE_EPOCH: '1',
    GIT_DIR: '/nowhere',
    GIT_WORK_TREE: '/nowhere',
    GIT_INDEX_FILE: '/nowhere/index',
    GIT_CEILING_DIRECTORIES: '/nowhere',
    npm_config_loglevel: 'silly',
  };
}
