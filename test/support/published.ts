/** A project that is published, and a branch to change it on. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Files } from './project.js';
import { repository, type TestRepository } from './repository.js';
import { type Outcome, runCommand } from './terminal.js';

export const TONE = 'prompts/templates/tone.md';
export const SAFETY = 'prompts/partials/safety.md';
export const OPEN = 'prompts/bundles/open.md';
export const RANGED = 'prompts/bundles/ranged.md';
export const PINNED = 'prompts/bundles/pinned.md';

/** A template with a partial, and a bundle for each way to refer to it. */
export const PROJECT: Files = {
  [TONE]: '---\nid: tone\nversion: 1.2.0\nrole: system\ninputs:\n  name: string\n---\nYou answer {{name}}.\nBe brief.\n{{> safety}}\n',
  [SAFETY]: 'Never ask for a password.\n',
  [OPEN]: '---\nid: open\nversion: 2.0.0\nslots: { system: tone }\n---\nFor tests.\n',
  [RANGED]: '---\nid: ranged\nversion: 2.0.0\nslots: { system: tone@^1.0.0 }\n---\nFor tests.\n',
  [PINNED]: '---\nid: pinned\nversion: 2.0.0\nslots: { system: tone@1.2.0 }\n---\nFor tests.\n',
};

/** The text of a template or bundle of this project, with something else in it. */
export function changed(file: string, from: string | RegExp, to: string): Files {
  const before = PROJECT[file] as string;
  const now = before.replace(from, () => to);
  if (now === before) throw new Error(`${file} does not hold ${String(from)}`);
  return { [file]: now };
}

/** A repository whose main branch has published these files, with a branch `work` checked out. */
export async function publishedProject(files: Files = PROJECT): Promise<TestRepository> {
  const made = await repository({ ...files, '.gitignore': 'dist/\n' });
  await build(made);
  made.commit({}, 'publish');
  made.git('checkout', '--quiet', '-b', 'work');
  return made;
}

/** Builds, which has to succeed. */
export async function build({ folder }: TestRepository, ...args: string[]): Promise<void> {
  expect(await runCommand(folder, ['build', ...args])).toMatchObject({ code: 0 });
}

/** Raises versions, builds, and commits all of it. */
export async function publish(made: TestRepository, files: Files, message: string): Promise<string> {
  made.write(files);
  expect(await runCommand(made.folder, ['bump'])).toMatchObject({ code: 0 });
  await build(made);
  return made.commit({}, message);
}

export function text({ folder }: TestRepository, file: string): string {
  return readFileSync(path.join(folder, file), 'utf8');
}

export function versionOf(made: TestRepository, file: string): string | undefined {
  return /^version: (.*)$/m.exec(text(made, file))?.[1];
}

export function bump({ folder }: TestRepository, ...args: string[]): Promise<Outcome> {
  return runCommand(folder, ['bump', ...args]);
}

export function check({ folder }: TestRepository): Promise<Outcome> {
  return runCommand(folder, ['check']);
}
