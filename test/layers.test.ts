/** Who may import whom. It fails closed: what is not allowed here is forbidden. */
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fastGlob from 'fast-glob';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

/** For each folder of src/: the folders that it may import, besides itself. */
const LAYERS: { readonly [folder: string]: readonly string[] } = {
  answers: ['base', 'constraints', 'format', 'tokens'],
  base: [],
  constraints: ['base'],
  format: ['base', 'constraints'],
  render: ['base', 'constraints', 'format'],
  tokens: [],
  access: ['base'],
  audit: ['base', 'format', 'render'],
  sources: ['base', 'compile', 'format'],
  generator: ['audit', 'base', 'compile', 'format', 'render', 'sources'],
  compile: ['base', 'constraints', 'format', 'render', 'tokens'],
  versions: ['base', 'compile', 'constraints', 'format', 'render', 'sources', 'tokens'],
  drift: ['answers', 'base', 'constraints', 'format'],
  builds: ['base', 'compile', 'format', 'render', 'sources', 'versions'],
  server: ['access', 'answers', 'audit', 'base', 'format', 'generator', 'render', 'sources'],
  dev: ['base', 'compile', 'format', 'render', 'server', 'sources', 'versions'],
  eval: ['answers', 'base', 'compile', 'constraints', 'format', 'generator', 'render', 'sources', 'versions'],
  cli: [
    'answers',
    'access',
    'audit',
    'base',
    'builds',
    'compile',
    'dev',
    'drift',
    'eval',
    'format',
    'generator',
    'render',
    'server',
    'sources',
    'tokens',
    'versions',
  ],
};

/** Within compile/: for each phase, the phases that it may import. The rest of compile/ is theirs to share. */
const PHASES: { readonly [phase: string]: readonly string[] } = {
  // What earlier builds came to: no phase, and whoever can leave work out asks it.
  cache: ['check', 'discover', 'link', 'parse'],
  discover: [],
  parse: ['cache'],
  check: ['cache', 'parse'],
  lower: ['parse'],
  link: ['cache', 'check', 'lower', 'parse'],
  emit: ['discover', 'link'],
};

/** Packages that only these files may import. */
const PACKAGES: { readonly [name: string]: readonly string[] } = {
  'gray-matter': ['compile/parse/frontmatter.ts'],
  'js-yaml': ['compile/parse/yaml.ts'],
  commander: ['cli/arguments.ts', 'cli/program.ts'],
  'libsql/promise': ['audit/sqlite.ts'],
  re2js: ['format/pattern.ts'],
  pino: ['cli/server-log.ts'],
  chokidar: ['dev/watch.ts'],
};

const files = fastGlob.sync('**/*.ts', { cwd: SRC }).toSorted();
const imports = new Map(files.map((file) => [file, importsOf(file)]));

describe('layers', () => {
  it('sees the sources', () => {
    expect(files.length).toBeGreaterThan(40);
    expect([...imports.values()].flat().length).toBeGreaterThan(200);
  });

  it('knows every folder, and every folder that it knows is there', () => {
    const folders = new Set(files.map(folderOf).filter((folder) => folder !== ''));
    expect([...folders].toSorted()).toEqual(Object.keys(LAYERS).toSorted());
    expect(files.filter((file) => folderOf(file) === '')).toEqual(['index.ts']);
  });

  it('knows every phase', () => {
    const phases = new Set(files.filter((file) => /^compile\/.+\//.test(file)).map(phaseOf));
    expect([...phases].toSorted()).toEqual(Object.keys(PHASES).toSorted());
  });

  it.each(files.filter((file) => file !== 'index.ts'))('%s imports only what its folder may', (file) => {
    const folder = folderOf(file);
    const foreign = local(file).filter((target) => folderOf(target) !== folder && !LAYERS[folder]!.includes(folderOf(target)));
    expect(foreign).toEqual([]);
  });

  it.each(files.filter((file) => phaseOf(file) !== ''))('%s imports no later phase', (file) => {
    const phase = phaseOf(file);
    const foreign = local(file).filter(
      (target) => phaseOf(target) !== '' && phaseOf(target) !== phase && !PHASES[phase]!.includes(phaseOf(target)),
    );
    expect(foreign).toEqual([]);
  });

  it('base imports nothing but Node', () => {
    const outside = files.filter((file) => folderOf(file) === 'base').flatMap((file) => packages(file));
    expect(outside).toEqual([]);
  });

  it('the server never reaches the compiler, whatever the path', () => {
    const reached = reachable(files.filter((file) => folderOf(file) === 'server'));
    expect(reached.size).toBeGreaterThan(10);
    expect([...reached].filter((file) => folderOf(file) === 'compile')).toEqual([]);
  });

  it('rendering is pure: it reaches neither files nor the network nor the clock', () => {
    const reached = reachable(files.filter((file) => folderOf(file) === 'render'));
    const builtins = [...reached].flatMap((file) => imports.get(file)!).filter((name) => isBuiltin(name));
    // `node:module` loads a package when it is needed.
    expect(new Set(builtins)).toEqual(new Set(['node:crypto', 'node:module']));
    for (const file of reached) expect(source(file), file).not.toMatch(/\bDate\b|Math\.random|process\.|performance\./);
  });

  it.each(Object.entries(PACKAGES))('only %s is imported where it belongs', (name, allowed) => {
    const importers = files.filter((file) => packages(file).includes(name));
    expect(importers).toEqual(allowed);
  });

  it('only two files start programs: the one Git, the other what --command names', () => {
    const starting = files.filter((file) => imports.get(file)!.includes('node:child_process'));
    expect(starting).toEqual(['eval/answers/command.ts', 'versions/git/command.ts']);
  });

  it('no clock that can be set decides what the server does: the date is only ever shown', () => {
    const dates = files.filter((file) => folderOf(file) === 'server' && /\bDate\b/.test(source(file)));
    expect(dates).toEqual(['server/current-build.ts', 'server/handed-builds.ts', 'server/http-server.ts']);
    for (const file of dates) expect(source(file).replaceAll(/new Date\(\)\.to(?:ISO|UTC)String\(\)/g, '')).not.toMatch(/\bDate\b/);
  });

  it('only cli/ prints', () => {
    const printing = files.filter((file) => folderOf(file) !== 'cli' && /\bconsole\.|process\.std(?:out|err)/.test(source(file)));
    expect(printing).toEqual([]);
  });
});

function source(file: string): string {
  return readFileSync(path.join(SRC, file), 'utf8');
}

/** Everything that a file names in a static, dynamic or re-exporting import, or loads in the way of CommonJS. */
function importsOf(file: string): string[] {
  const text = source(file);
  return [...text.matchAll(/(?:\bfrom\s*|\bimport\s*\(\s*|\brequire\w*\s*\(\s*|^\s*import\s+)'([^']+)'/gm)].map((match) => match[1]!);
}

/** The files of src/ that a file imports. */
function local(file: string): string[] {
  const targets = imports.get(file)!.filter((name) => name.startsWith('.'));
  return targets.map((name) => {
    const target = path.posix.join(path.posix.dirname(file), name).replace(/\.js$/, '.ts');
    if (!imports.has(target)) throw new Error(`${file} imports ${name}, which is no file of src/`);
    return target;
  });
}

function packages(file: string): string[] {
  return imports.get(file)!.filter((name) => !name.startsWith('.') && !isBuiltin(name));
}

function reachable(from: readonly string[]): Set<string> {
  const reached = new Set(from);
  for (const file of reached) for (const target of local(file)) reached.add(target);
  return reached;
}

function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : '';
}

/** The phase of compile/ that a file belongs to, or nothing. */
function phaseOf(file: string): string {
  return /^compile\/([^/]+)\//.exec(file)?.[1] ?? '';
}
