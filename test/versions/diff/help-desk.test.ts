/**
 * One project before and after, with something of everything, in all three formats. `UPDATE=1` rewrites the
 * expected files; read the difference.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { diffJson } from '../../../src/cli/diff/json.js';
import { diffMarkdown } from '../../../src/cli/diff/markdown.js';
import { diffText } from '../../../src/cli/diff/text.js';
import { compile } from '../../../src/compile/compile.js';
import { NodeDisk } from '../../../src/compile/discover/node-disk.js';
import { diffProjects } from '../../../src/versions/diff/diff-projects.js';
import type { ProjectDiff } from '../../../src/versions/diff/project-diff.js';
import { type ProjectView, type PromptSizes, projectView } from '../../../src/versions/diff/project-view.js';

const FOLDER = fileURLToPath(new URL('help-desk', import.meta.url));

const SIZES: { readonly [side: string]: readonly [string, PromptSizes][] } = {
  before: [['support-agent@2.1.0', { prefixTokens: 9, prefixBytes: 35, fixedTokens: 84, exampleTokens: { refund: 90, greeting: 108 } }]],
  after: [['support-agent@2.2.0', { prefixTokens: 9, prefixBytes: 35, fixedTokens: 131, exampleTokens: { refund: 130, outage: 137 } }]],
};

async function sideOf(side: string): Promise<ProjectView> {
  const { build, examples, diagnostics } = await compile(new NodeDisk(path.join(FOLDER, side)));
  expect(diagnostics).toEqual([]);
  return projectView(build!, examples, { sizes: new Map(SIZES[side]) });
}

let diff: ProjectDiff;

beforeAll(async () => {
  diff = diffProjects(await sideOf('before'), await sideOf('after'));
});

describe('the help desk', () => {
  it.each([
    ['expected.txt', () => diffText(diff, { colour: false })],
    ['expected.md', () => diffMarkdown(diff)],
    ['expected.json', () => diffJson(diff)],
  ])('%s', async (name, print) => {
    const file = path.join(FOLDER, name);
    if (process.env['UPDATE'] === '1') await writeFile(file, print());
    expect(print()).toBe(await readFile(file, 'utf8'));
  });

  it('is told in JSON by the keys that the page lists', async () => {
    const page = await readFile(new URL('../../../docs/versions.md', import.meta.url), 'utf8');
    const keys = new Set<string>();
    JSON.parse(diffJson(diff), (key, value: unknown) => {
      // The names of examples are no keys of the form.
      if (key !== '' && !/^[0-9]+$/.test(key) && !['refund', 'greeting', 'outage'].includes(key)) keys.add(key);
      return value;
    });
    expect(keys.size).toBeGreaterThan(20);
    const section = page.slice(page.indexOf('### As JSON'), page.indexOf('## Rules'));
    const listed = new Set([...section.matchAll(/[a-z_]+/g)].map(([word]) => word));
    expect([...keys].filter((key) => !listed.has(key))).toEqual([]);
  });
});
