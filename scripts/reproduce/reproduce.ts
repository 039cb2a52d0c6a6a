/**
 * A repository → what builds of its commit have in common, whatever is varied around them.
 *
 * What always holds: each build is made in a clone of its own, by a process of its own; every byte of every file of the
 * output folder is compared; and a variation that varies nothing counts for nothing.
 */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from './run.js';
import type { Tools, Variation } from './variation.js';

export interface Trial {
  readonly name: string;
  readonly outcome: 'same' | 'different' | 'failed' | 'not available here';
  /** What was varied, from what to what; or why there is no build to compare. */
  readonly detail: string;
  /** The files that differ. */
  readonly files: readonly string[];
}

interface Built {
  readonly seen: string;
  readonly files: ReadonlyMap<string, Buffer>;
}

/** What the build that all others are compared with sees of the world. */
const USUAL: NodeJS.ProcessEnv = { PATH: process.env['PATH'], HOME: process.env['HOME'], LC_ALL: 'C', TZ: 'UTC' };

/**
 * Builds once as usual, then once for each variation.
 *
 * @param source - a Git repository
 * @param cli - the built command line
 */
export async function* reproduce(source: string, cli: string, variations: readonly Variation[]): AsyncGenerator<Trial, void> {
  const workspace = await mkdtemp(path.join(tmpdir(), 'promptc-reproduce-'));
  // Another user has to come in.
  await chmod(workspace, 0o755);
  try {
    const usual = path.join(workspace, 'usual');
    await cloneOf(source, usual, []);
    const tools: Tools = { cli, workspace, run, reference: path.join(usual, 'dist'), build: (clone) => buildIn(clone, cli) };
    const seen: string[] = [];
    for (const variation of variations) seen.push(await run([process.execPath, '-p', variation.seen], { cwd: usual, env: USUAL }));
    await tools.build(usual);
    const files = await bytesBelow(tools.reference);
    for (const [i, variation] of variations.entries()) yield await tryVariation(variation, source, tools, { seen: seen[i]!.trim(), files });
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

async function tryVariation(variation: Variation, source: string, tools: Tools, expected: Built): Promise<Trial> {
  const { name } = variation;
  const lack = await variation.lacks?.(tools);
  if (lack !== undefined) return { name, outcome: 'not available here', detail: lack, files: [] };
  try {
    const { seen, files } = await buildWith(variation, source, tools);
    const detail = `${shortened(expected.seen)} → ${shortened(seen)}`;
    if (seen === expected.seen) return { name, outcome: 'not available here', detail: `nothing changed: ${detail}`, files: [] };
    const different = differing(expected.files, files);
    return { name, outcome: different.length === 0 ? 'same' : 'different', detail, files: different };
  } catch (error) {
    return { name, outcome: 'failed', detail: (error as Error).message, files: [] };
  }
}

async function buildWith(variation: Variation, source: string, tools: Tools): Promise<Built> {
  const { name, env: more = {}, wrap = (command) => command, nodeOptions = [], user } = variation;
  const folder = path.join(tools.workspace, name);
  const clone = path.join(folder, variation.folder ?? 'clone');
  await mkdir(path.dirname(clone), { recursive: true });
  const node = (await variation.node?.(tools)) ?? process.execPath;
  await cloneOf(source, clone, variation.cloneOptions ?? []);
  try {
    const cwd = (await variation.prepare?.(clone, tools)) ?? clone;
    const options = { cwd, env: typeof more === 'function' ? more() : { ...USUAL, ...more }, user };
    const seen = (await run(wrap([node, ...nodeOptions, '-p', variation.seen]), options)).trim();
    await run(wrap([node, ...nodeOptions, tools.cli, 'build']), options);
    return { seen, files: await bytesBelow(path.join(cwd, 'dist')) };
  } finally {
    await variation.cleanUp?.(clone);
    await rm(folder, { recursive: true, force: true });
  }
}

async function buildIn(clone: string, cli: string): Promise<void> {
  await run([process.execPath, cli, 'build'], { cwd: clone, env: USUAL });
}

/** A URL, so that Git clones as it does from elsewhere: by a path it would copy, and not make a shallow clone. */
async function cloneOf(source: string, clone: string, options: readonly string[]): Promise<void> {
  await run(['git', 'clone', '--quiet', ...options, pathToFileURL(source).href, clone]);
}

async function bytesBelow(folder: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  const files = new Map<string, Buffer>();
  for (const name of names.toSorted()) files.set(name, await readFile(path.join(folder, name)));
  return files;
}

/** The names of the files that are not in both, or not the same in both. */
function differing(a: ReadonlyMap<string, Buffer>, b: ReadonlyMap<string, Buffer>): string[] {
  const names = [...new Set([...a.keys(), ...b.keys()])];
  return names.filter((name) => a.get(name)?.equals(b.get(name) ?? Buffer.from('\0')) !== true).toSorted();
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
