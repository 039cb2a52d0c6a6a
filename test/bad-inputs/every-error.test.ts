/** A build tells every error of every file in one run, sorted by file and place, and writes nothing. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { buildProject } from '../../src/cli/project.js';
import { type Files, projectFolder, SMALL_PROJECT } from '../support/project.js';
import { found, hints, refused, template } from '../support/rejection.js';

const BROKEN: Files = {
  'promptc.config.json': '{ "limit": 5, "limits": { "blockDeepth": 1 } }',
  'prompts/templates/z.md': '---\nid: Z\nversion: 1\nrole: usr\nrol: user\n---\n{{#if task}}\n{{nme}}\n',
  'prompts/templates/a.md': template(
    '{{nme}} {{/if}} {{> nowhere}}\n{{#each names}}{{@idx}}',
    'inputs: { names: "string[]", 1st: string }\nconstraints: { NO_EMOJI: yes, LOUD: 5 }',
  ),
  'prompts/templates/m.md': '---\nid: m\ndescription: How: why\n---\n{{else}}\n{{join task}}\n{{oops',
  'prompts/templates/n.md': 'No frontmatter.\n',
  'prompts/templates/o.md': Buffer.from([0xef, 0xbb, 0xbf, 0x2d]),
  'prompts/templates/p.txt': 'stray',
  'prompts/partials/a.md': '{{> b}}\n{{#if}}{{/if}}',
  'prompts/partials/b.md': '{{> a}}',
  'prompts/partials/empty.md': '\n',
  'prompts/bundles/b.md':
    '---\nid: b\nversion: v1\nslots: { system: nowhere, task: fine, tasc: fine }\ntags: [x, x]\nexamples: [{ name: e, input: {} }, { name: e, input: {} }]\n---\n',
  'prompts/bundles/a.md': '---\nid: a\nversion: 1.0.0\nslots: { system: fine@9.9.9, task: other }\n---\n',
  // Nothing is wrong with these two but that they do not go together; nor with the bundle's other template.
  'prompts/templates/fine.md': template('{{x}}', 'inputs: { x: string }\nadapter_version: "1"', 'fine'),
  'prompts/templates/other.md': template('{{x}}', 'inputs: { x: number }\nadapter_version: "2"', 'other'),
  'prompts/bundles/linked.md': '---\nid: linked\nversion: 1.0.0\nslots: { system: fine, task: other }\n---\n',
  'prompts/bundles/rendered.md': '---\nid: rendered\nversion: 1.0.0\nslots: { task: fine }\nexamples: [{ name: e, input: {} }]\n---\n',
};

it('tells all of them', async () => {
  const diagnostics = await refused(BROKEN);
  expect(found(diagnostics, '')).toEqual([
    'promptc.config.json discover/config 1:3',
    'promptc.config.json discover/config 1:27',
    'prompts/bundles/a.md check/unknown-version 4:18',
    'prompts/bundles/b.md check/version 3:10',
    'prompts/bundles/b.md check/unknown-key 4:39',
    'prompts/bundles/b.md check/wrong-value 5:7',
    'prompts/bundles/b.md check/duplicate-example 6:44',
    'prompts/bundles/linked.md link/adapter-version 4:1',
    'prompts/bundles/linked.md link/input-conflict 4:1',
    'prompts/bundles/rendered.md link/example-failed 5:20',
    'prompts/partials/a.md parse/syntax 2:1',
    'prompts/partials/b.md check/partial-cycle 1:1',
    'prompts/partials/empty.md parse/empty-body 1:1',
    'prompts/templates/a.md check/input-name 5:30',
    'prompts/templates/a.md check/constraint-value 6:26',
    'prompts/templates/a.md check/unknown-constraint 6:31',
    'prompts/templates/a.md check/unknown-name 8:3',
    'prompts/templates/a.md parse/stray-close 8:9',
    'prompts/templates/a.md check/partial-unknown 8:17',
    'prompts/templates/a.md parse/unclosed-block 9:1',
    'prompts/templates/a.md parse/unsupported 9:18',
    'prompts/templates/m.md parse/yaml-syntax 3:14',
    'prompts/templates/m.md parse/stray-else 5:1',
    'prompts/templates/m.md parse/unclosed-tag 7:1',
    'prompts/templates/n.md parse/no-frontmatter 1:1',
    'prompts/templates/o.md discover/byte-order-mark 1:1',
    'prompts/templates/p.txt discover/stray-file 1:1',
    'prompts/templates/z.md check/id 2:5',
    'prompts/templates/z.md check/version-not-text 3:10',
    'prompts/templates/z.md check/wrong-value 4:7',
    'prompts/templates/z.md check/unknown-key 5:1',
    'prompts/templates/z.md parse/unclosed-block 7:1',
    'prompts/templates/z.md check/unknown-name 8:3',
  ]);
  expect(hints(diagnostics)).not.toContain('(none)');
});

it('tells them in the same order whatever the order of the files on the disk', async () => {
  const first = found(await refused(BROKEN), '');
  expect(found(await refused(Object.fromEntries(Object.entries(BROKEN).toReversed())), '')).toEqual(first);
});

it('a template that cannot be read is not missed by those that refer to it', async () => {
  const files = {
    'prompts/templates/a.md': template('{{#if', '', 'a'),
    'prompts/templates/b.md': '---\nid: b\nversion: 1\n---\nHi.\n',
    'prompts/bundles/x.md': '---\nid: x\nversion: 1.0.0\nslots: { system: a, task: b@^2.0.0 }\n---\n',
  };
  expect(found(await refused(files), '')).toEqual([
    'prompts/templates/a.md parse/unclosed-tag 6:1',
    'prompts/templates/b.md check/missing-key 1:1',
    'prompts/templates/b.md check/version-not-text 3:10',
  ]);
  // An id that nobody could read may be the one that is wanted.
  expect(found(await refused({ ...files, 'prompts/templates/b.md': '---\nid: [b\n---\nHi.\n' }), '')).toEqual([
    'prompts/templates/a.md parse/unclosed-tag 6:1',
    'prompts/templates/b.md parse/yaml-syntax 2:5',
  ]);
});

it('a partial’s error is told once, however many templates include it', async () => {
  const templates = Object.fromEntries(['a', 'b', 'c'].map((id) => [`prompts/templates/${id}.md`, template('{{> p}}', '', id)]));
  const diagnostics = await refused({ ...templates, 'prompts/partials/p.md': '{{nme}} {{/if}}' });
  expect(found(diagnostics, '')).toEqual(['prompts/partials/p.md check/unknown-name 1:3', 'prompts/partials/p.md parse/stray-close 1:9']);
});

it('leaves an earlier build as it was', async () => {
  const folder = await projectFolder(SMALL_PROJECT);
  await buildProject(folder, 'dist');
  const before = await contents(path.join(folder, 'dist'));
  await mkdir(path.join(folder, 'prompts/templates'), { recursive: true });
  await writeFile(path.join(folder, 'prompts/templates/broken.md'), '---\n');
  expect((await buildProject(folder, 'dist')).written).toBeUndefined();
  expect(await contents(path.join(folder, 'dist'))).toEqual(before);
});

async function contents(folder: string): Promise<{ [file: string]: string }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  expect(files.length).toBeGreaterThan(2);
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await readFile(file, 'hex')] as const)));
}
