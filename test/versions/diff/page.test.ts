/**
 * docs/versions.md: a section for every rule of `promptc diff`, each with an example that this rule finds and no
 * other. `UPDATE=1` rewrites what the page says about the examples; read the difference.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DIFF_RULES, RULE_IDS, type RuleId } from '../../../src/format/diff-rule.js';
import { leastVersion } from '../../../src/versions/diff/version-cover.js';
import { diffProjects } from '../../../src/versions/diff/diff-projects.js';
import type { Finding, ProjectDiff } from '../../../src/versions/diff/project-diff.js';
import { plainText } from '../../../src/versions/diff/sentence.js';
import { type CodeBlock, readPage, section, tableRows } from '../../docs/page.js';
import { REPOSITORY } from '../../support/project.js';
import { compile } from '../../../src/compile/compile.js';
import { MemoryDisk } from '../../../src/compile/discover/memory-disk.js';
import { viewOf } from './view.js';

const PAGE = readPage('versions.md');
const UPDATE = process.env['UPDATE'] === '1';

describe('docs/versions.md', () => {
  it('has a row and a section for every rule, in order', () => {
    const rows = tableRows(section(PAGE, '## Rules').split('\n### ')[0]!).slice(1);
    expect(rows).toEqual(RULE_IDS.map((id) => [`[\`${id}\`](#${id})`, DIFF_RULES[id].level, DIFF_RULES[id].why]));
    const headings = [...section(PAGE, '## Rules').matchAll(/^### `(.*)`$/gm)].map((match) => match[1]!);
    expect(headings).toEqual(RULE_IDS);
  });

  it.each(RULE_IDS)('%s: its example is found by this rule, and by no other', async (id) => {
    const blocks = PAGE.blocks.filter((block) => block.heading === `\`${id}\``);
    const before = { ...filesOf('Rules'), ...filesOf(`\`${id}\``) };
    const diff = diffProjects(await viewOf(before), await viewOf(edited(before, blocks)));
    const findings = findingsOf(diff);
    expect([...new Set(findings.map(({ rule }) => rule))]).toEqual([id]);
    expect(diff.verdict).toBe(DIFF_RULES[id].level);
    const printed = [...new Set(findings.map(({ level, rule, message }) => `${level} ${rule}: ${plainText(message)}\n`))].join('');
    expect(onPage(blocks, printed)).toBe(printed);
  });

  it('says which version covers what', () => {
    const rows = tableRows(section(PAGE, '### Does the version cover it?')).slice(1);
    expect(rows.length).toBe(4);
    expect(rows).toEqual(
      rows.map(([before]) => [before, ...(['major', 'minor', 'patch'] as const).map((level) => leastVersion(before!, level))]),
    );
  });

  it('shows a configuration that sets levels', async () => {
    const block = PAGE.blocks.find((one) => one.meta === 'config')!;
    const { config, diagnostics } = await compile(new MemoryDisk({ ...filesOf('Rules'), 'promptc.config.json': block.text }));
    expect(diagnostics).toEqual([]);
    const { rules } = (JSON.parse(block.text) as { diff: { rules: Partial<Record<RuleId, string>> } }).diff;
    expect(Object.keys(rules).length).toBeGreaterThan(1);
    const defaults = Object.fromEntries(RULE_IDS.map((id) => [id, DIFF_RULES[id].level]));
    expect(config.diff.rules).toEqual({ ...defaults, ...rules });
  });
});

function findingsOf({ bundles, templates }: ProjectDiff): Finding[] {
  return [...bundles, ...templates].flatMap(({ findings }) => findings);
}

function filesOf(heading: string): { [name: string]: string } {
  const shown = PAGE.blocks.filter((block) => block.heading === heading && block.language === 'markdown');
  return Object.fromEntries(shown.map(({ meta, text }) => [meta.slice('file='.length), `${text}\n`]));
}

/** The files with a section's `diff` blocks applied; a file whose every line goes is gone. */
function edited(files: { readonly [name: string]: string }, blocks: readonly CodeBlock[]): { [name: string]: string } {
  const all = { ...files };
  const diffs = blocks.filter(({ language }) => language === 'diff');
  expect(diffs.length).toBeGreaterThan(0);
  for (const { meta, text, line } of diffs) {
    const name = meta.slice('file='.length);
    const side = (sign: string): string =>
      text
        .split('\n')
        .flatMap((row) => (row[0] === sign ? [] : [`${row.slice(1)}\n`]))
        .join('');
    const [old, fresh] = [side('+'), side('-')];
    const before = all[name] ?? '';
    if (!before.includes(old)) throw new Error(`line ${line}: the lines are not in ${name}`);
    all[name] = before.replace(old, () => fresh);
    if (all[name] === '') delete all[name];
  }
  return all;
}

/** What the page says in its one `text` block; with `UPDATE=1`, what it will say. */
function onPage(blocks: readonly CodeBlock[], printed: string): string {
  const [block, ...more] = blocks.filter(({ language }) => language === 'text');
  if (block === undefined || more.length > 0) throw new Error(`there must be one text block below ${blocks[0]!.heading}`);
  if (!UPDATE) return `${block.text}\n`;
  updates.push({ line: block.line, printed });
  return printed;
}

const updates: { line: number; printed: string }[] = [];

afterAll(() => {
  if (updates.length === 0) return;
  const lines = PAGE.text.split('\n');
  // From the end on, so that the lines above keep their numbers.
  for (const { line, printed } of updates.toSorted((a, b) => b.line - a.line)) {
    lines.splice(line, lines.indexOf('```', line) - line, ...printed.replace(/\n$/, '').split('\n'));
  }
  writeFileSync(path.join(REPOSITORY, 'docs/versions.md'), lines.join('\n'));
});
