/**
 * Hashes and texts that must never change while `spec` is 1: a published version means the same for ever.
 * The project in this folder is never edited. If this test fails, the semantics have changed: that needs a
 * new `spec`, not a new golden file. `UPDATE=1` writes the file anew.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { compile } from '../../src/compile/compile.js';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';

const PROJECT = fileURLToPath(new URL('project', import.meta.url));
const GOLDEN = fileURLToPath(new URL('golden.json', import.meta.url));

it('keeps every hash, every operation and every text', async () => {
  const { build, examples, diagnostics } = await compile(new NodeDisk(PROJECT));
  expect(diagnostics).toEqual([]);
  const found = {
    templates: Object.fromEntries(build!.templates.map(({ artifact }) => [`${artifact.id}@${artifact.version}`, artifact])),
    bundles: Object.fromEntries(build!.bundles.map(({ artifact }) => [`${artifact.id}@${artifact.version}`, artifact])),
    renders: Object.fromEntries(
      examples.map(({ example, result: { rendered_prompt, messages, personality_hash, prompt_hash } }) => [
        example.name,
        { rendered_prompt, messages, personality_hash, prompt_hash },
      ]),
    ),
    manifest: build!.manifestDigest,
  };
  if (process.env['UPDATE'] === '1') await writeFile(GOLDEN, `${JSON.stringify(found, null, 2)}\n`);
  const golden = JSON.parse(await readFile(GOLDEN, 'utf8')) as unknown;
  expect(Object.keys((golden as typeof found).renders)).toEqual(['full', 'bare']);
  expect(JSON.parse(JSON.stringify(found))).toEqual(golden);
});
