/** Projects with a history: repositories whose commits publish versions. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostic.js';
import { Diagnostics } from '../../src/base/diagnostic.js';
import { buildProject, compileProject, type ProjectOptions } from '../../src/cli/project.js';
import { INIT_LINES } from '../../src/cli/init-files.js';
import { decode } from '../../src/compile/discover/decode.js';
import type { BuildIndex } from '../../src/format/artifact.js';
import { LOCK_FILE, type LockEntry } from '../../src/format/lock.js';
import { nameOf, parseLock } from '../../src/versions/lock.js';
import type { Files } from '../support/project.js';
import { repository, type TestRepository } from '../support/repository.js';

/** A pull request's run in a CI that says no more than that it is one. */
export const CI = { CI: 'true' };

export function template(id: string, version: string, body: string, keys = ''): Files {
  return { [`prompts/templates/${id}.md`]: `---\nid: ${id}\nversion: ${version}\nrole: user\n${keys}---\n${body}\n` };
}

/** @param slots - such as `task: tone@1.0.0` */
export function bundle(id: string, version: string, slots: string, keys = ''): Files {
  return { [`prompts/bundles/${id}.md`]: `---\nid: ${id}\nversion: ${version}\nslots: { ${slots} }\n${keys}---\nFor tests.\n` };
}

export function partial(name: string, text: string): Files {
  return { [`prompts/partials/${name}.md`]: `${text}\n` };
}

/** As `promptc init` writes them. */
export const SETTINGS: Files = Object.fromEntries(Object.entries(INIT_LINES).map(([name, lines]) => [name, `${lines.join('\n')}\n`]));

/** A template that includes a partial, which includes another, and a bundle of it. */
export const PROJECT: Files = {
  ...SETTINGS,
  ...template('tone', '1.0.0', 'Be calm.\n{{> rules}}'),
  ...partial('rules', 'Keep to the rules:\n{{> rules/privacy}}'),
  ...partial('rules/privacy', 'Tell nobody.'),
  ...bundle('agent', '1.0.0', 'task: tone'),
};

/** A repository whose first commit publishes a project. */
export async function published(files: Files = PROJECT, ...initArgs: string[]): Promise<TestRepository> {
  const made = await repository(undefined, ...initArgs);
  await publish(made, files);
  return made;
}

/** Writes files, builds, and commits them with the lock; returns the commit. */
export async function publish(made: TestRepository, files: Files, message = 'publish'): Promise<string> {
  made.write(files);
  await build(made);
  return made.commit({}, message);
}

/** Builds, which must succeed; returns what the build holds. */
export async function build(made: { readonly folder: string }, options: ProjectOptions = {}, out = 'dist'): Promise<BuildIndex> {
  const { compiled, written } = await buildProject(made.folder, out, options);
  expect(told(compiled.diagnostics.filter(({ severity }) => severity === 'error'))).toEqual([]);
  expect(written).toBeDefined();
  return compiled.build!.index;
}

/** As `promptc check`: its errors, as `told` writes them. */
export async function check(made: { readonly folder: string }, options: ProjectOptions = {}): Promise<string[]> {
  const { compiled } = await compileProject(made.folder, 'dist', { frozen: true, ...options });
  return told(compiled.diagnostics.filter(({ severity }) => severity === 'error'));
}

/** `path:line code message`, and below it each place that takes part. */
export function told(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.flatMap(({ code, message, span, related = [] }) => [
    `${lineOf(span)} ${code} ${message}`,
    ...related.map((one) => `  ${lineOf(one.span)} ${one.message}`),
  ]);
}

function lineOf({ source, start }: Diagnostic['span']): string {
  return `${source.path}:${source.position(start).line}`;
}

/** What the lock of a folder records. */
export async function lockOf(made: { readonly folder: string }): Promise<readonly LockEntry[]> {
  const diagnostics = new Diagnostics();
  const bytes = await readFile(path.join(made.folder, LOCK_FILE));
  const lock = parseLock(decode(LOCK_FILE, bytes, Infinity, diagnostics)!, diagnostics);
  expect(diagnostics.sorted()).toEqual([]);
  return lock!.entries;
}

/** Such as `template tone@1.0.0`. */
export async function lockedNames(made: { readonly folder: string }): Promise<string[]> {
  return (await lockOf(made)).map(nameOf);
}

/** Such as `tone@1.0.0`, of bundles and templates. */
export function namesOf({ bundles, templates }: BuildIndex): string[] {
  return [bundles, templates].flatMap((index) =>
    Object.entries(index).flatMap(([id, { versions }]) => Object.keys(versions).map((version) => `${id}@${version}`)),
  );
}
