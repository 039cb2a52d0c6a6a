/** docs/lock.md: the lock that it shows is the one that a build writes. `UPDATE=1` rewrites it; read the difference. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { INIT_LINES } from '../../src/cli/init-files.js';
import { buildProject } from '../../src/cli/project.js';
import { LOCK_FILE, LOCK_LINE_SCHEMA } from '../../src/format/lock.js';
import { projectFolder, REPOSITORY } from '../support/project.js';
import { readPage, section, tableRows } from './page.js';

const PAGE = readPage('lock.md');

it('shows what a build writes', async () => {
  const files = PAGE.blocks.filter(({ language, meta }) => language === 'markdown' && meta.startsWith('file='));
  const folder = await projectFolder(Object.fromEntries(files.map(({ meta, text }) => [meta.slice('file='.length), `${text}\n`])));
  const { compiled } = await buildProject(folder, 'dist');
  expect(compiled.diagnostics).toEqual([]);
  const lock = readFileSync(path.join(folder, LOCK_FILE), 'utf8').trimEnd();
  const { line, text } = PAGE.blocks.find(({ meta }) => meta === `file=${LOCK_FILE}`)!;
  const lines = PAGE.text.split('\n');
  lines.splice(line, lines.indexOf('```', line) - line, lock);
  if (process.env['UPDATE'] === '1') writeFileSync(path.join(REPOSITORY, 'docs/lock.md'), lines.join('\n'));
  expect(process.env['UPDATE'] === '1' ? lock : text).toBe(lock);
});

it('names every field of a line', () => {
  const { version, template, bundle } = LOCK_LINE_SCHEMA['$defs'] as unknown as { [kind: string]: { properties: object } };
  const fields = [version, template, bundle].flatMap((kind) => Object.keys(kind!.properties));
  const listed = tableRows(section(PAGE, '## The lock')).map(([field]) => field!);
  expect(new Set(listed.filter((field) => fields.includes(field)))).toEqual(new Set(fields));
});

it('shows the attributes that a new project has', () => {
  const { text } = PAGE.blocks.find(({ language }) => language === 'gitattributes')!;
  expect(text.split('\n')).toEqual(INIT_LINES['.gitattributes']);
});
