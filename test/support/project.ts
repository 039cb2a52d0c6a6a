/** Projects for tests: as values, and as real folders. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** This repository. */
export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

export interface Files {
  readonly [path: string]: string | Uint8Array;
}

/** A small project that compiles. */
export const SMALL_PROJECT: Files = {
  'prompts/templates/greet.md': `---
id: greet
version: 1.0.0
role: user
description: Says hello.
inputs:
  name: string
  tickets?: string[]
---
Hello {{name}}!
{{#each tickets}}
- {{this}}
{{else}}
Nothing is open.
{{/each}}
{{> sign/off}}
`,
  'prompts/partials/sign/off.md': 'Bye.\n',
  'prompts/bundles/hello.md': `---
id: hello
version: 1.0.0
slots: { task: greet@^1.0.0 }
tags: [model-a]
examples:
  - name: ada
    input: { inputs: { name: Ada, tickets: [one, two] } }
---
For tests.
`,
};

/** An empty folder that is gone when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'promptc-test-'));
  // Git may still be writing there, in a process of its own.
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  return folder;
}

/** A real folder with these files. */
export async function projectFolder(files: Files): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
  return folder;
}
