import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { diffJson } from '../../../src/cli/diff/json.js';
import { diffMarkdown } from '../../../src/cli/diff/markdown.js';
import { rowsOf, SIGNS } from '../../../src/cli/diff/rows.js';
import { diffText } from '../../../src/cli/diff/text.js';
import { diffProjects } from '../../../src/versions/diff/diff-projects.js';
import type { ProjectDiff } from '../../../src/versions/diff/project-diff.js';
import { textChange } from '../../../src/versions/diff/text-change.js';
import type { Files } from '../../support/project.js';
import { viewOf } from './view.js';

const NOTHING: ProjectDiff = { verdict: 'none', covered: true, bundles: [], templates: [], yanked: [] };

/** As many bundles as asked for, each with a template of its own that holds a text. */
function project(count: number, text: string): Files {
  const files: { [path: string]: string } = {};
  for (let i = 0; i < count; i++) {
    files[`prompts/templates/t${i}.md`] = `---\nid: t${i}\nversion: 1.0.0\nrole: system\n---\n${text} ${i}\n`;
    files[`prompts/bundles/b${i}.md`] =
      `---\nid: b${i}\nversion: 1.0.0\nslots: { system: t${i} }\nexamples: [{ name: one, input: {} }]\n---\n`;
  }
  return files;
}

async function diffOf(before: Files, after: Files): Promise<ProjectDiff> {
  return diffProjects(await viewOf(before), await viewOf(after));
}

describe('rows', () => {
  const rows = (before: string, after: string): string[] =>
    rowsOf(textChange(before, after)).map(({ kind, text }) => `${SIGNS[kind]}${text}`);

  it.each([
    ['a word', 'one two three four', 'one two 3 four', ['!one two [-three-]{+3+} four']],
    ['lines', 'a\nb\nc', 'a\nx x x\nc', [' a', '-b', '+x x x', ' c']],
    ['lines far from it', 'a\nb\nc\nd\ne\nf\ng', 'a\nb\nc\nd\ne\nf\nh', [' …', ' f', '-g', '+h']],
    ['one line between two', 'a\nb\nc\nd\ne', 'x\nb\nc\nd\ny', ['-a', '+x', ' b', ' c', ' d', '-e', '+y']],
    ['a blank line that goes', 'a\n\nb', 'a\nb', [' a', '-', ' b']],
    ['lines that are joined', 'Be kind and\nbe brief.', 'Be kind and be brief.', ['!Be kind and[-⏎-]{+ +}be brief.']],
    ['a line that is split', 'Be kind and be brief.', 'Be kind and\nbe brief.', ['!Be kind and[- -]{+⏎+}', ' be brief.']],
    ['control characters', 'a', 'a\u001b[31m\u202e\tb', ['-a', '+a\\u{1b}[31m\\u{202e} b']],
    ['nothing', 'a\nb\nc', 'a\nb\nc', [' …']],
  ])('%s', (_name, before, after, expected) => {
    expect(rows(before, after)).toEqual(expected);
  });

  it('shorten what is long, between characters', () => {
    const [before, after] = [
      `${'😀'.repeat(100)} one ${'x'.repeat(200)} two ${'y'.repeat(200)}`,
      `${'😀'.repeat(100)} 1 ${'x'.repeat(200)} 2 ${'y'.repeat(200)}`,
    ];
    expect(rows(before, after)).toEqual([
      `!…${'😀'.repeat(30)} [-one-]{+1+} ${'x'.repeat(59)}…${'x'.repeat(59)} [-two-]{+2+} ${'y'.repeat(59)}…`,
    ]);
    expect(rows('', 'z'.repeat(2000))).toEqual([`+${'z'.repeat(1000)}…`]);
    expect(rows(`${'z'.repeat(200)}\na`, `${'z'.repeat(200)}\nb`)).toEqual([` ${'z'.repeat(120)}…`, '-a', '+b']);
  });
});

describe('all formats', () => {
  it('say that nothing changed', () => {
    expect(diffText(NOTHING, { colour: false })).toBe('No prompt changed.\n');
    expect(diffMarkdown(NOTHING)).toBe('No prompt changed.\n');
    expect(JSON.parse(diffJson(NOTHING))).toEqual(NOTHING);
  });

  it('say what is yanked, whether anything changed or not', async () => {
    const reason = `It \`promises\` refunds.\u202e${'!'.repeat(200)}`;
    const yanked = Array.from({ length: 22 }, (_, i) => ({ kind: 'bundle' as const, id: 'b', version: `1.${i}.0`, reason }));
    const shown = `It \`promises\` refunds.\\u{202e}${'!'.repeat(77)}…`;
    for (const diff of [NOTHING, await diffOf(project(1, 'Be kind.'), project(1, 'Be brief.'))]) {
      const text = diffText({ ...diff, yanked }, { colour: false });
      const lines = yanked.map(({ version }) => `bundle \`b@${version}\` is yanked: \`${shown}\`\n`);
      expect(text).toBe(diffText(diff, { colour: false }) + lines.join(''));

      const markdown = diffMarkdown({ ...diff, yanked });
      const items = lines.slice(0, 20).map((line) => `- ${line.replace(`\`${shown}\``, `\`\`${shown}\`\``)}`);
      expect(markdown).toContain(`\n\n${items.join('')}- … and 2 more are yanked.\n`);
      expect(diffMarkdown({ ...diff, yanked }, { limit: 4000 }).length).toBeLessThanOrEqual(4000);
      expect((JSON.parse(diffJson({ ...diff, yanked })) as ProjectDiff).yanked).toEqual(yanked);
    }
  });

  it('colour only the text, and only if asked', async () => {
    const diff = await diffOf(project(2, 'Be kind.'), project(1, 'Be brief.'));
    const [plain, coloured] = [diffText(diff, { colour: false }), diffText(diff, { colour: true })];
    expect(stripVTControlCharacters(plain)).toBe(plain);
    expect(coloured).not.toBe(plain);
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });
});

describe('a slot that comes, goes, or is filled by another template', () => {
  const files = project(2, 'Be kind.');
  const slots = (text: string): Files => ({
    ...files,
    'prompts/bundles/b0.md': (files['prompts/bundles/b0.md'] as string).replace('{ system: t0 }', text),
  });

  it.each([
    ['{ system: t0, task: t1 }', '**Slot task**: `t1` 1.0.0, new', 'slot task `t1` 1.0.0, new'],
    ['{ task: t0 }', '**Slot system**: `t0` 1.0.0, gone', 'slot system `t0` 1.0.0, gone'],
    ['{ system: t1 }', '**Slot system**: `t0` 1.0.0 → `t1` 1.0.0', 'slot system `t0` 1.0.0 → `t1` 1.0.0'],
  ])('is told: %s', async (text, markdown, plain) => {
    const diff = await diffOf(files, slots(text));
    expect(diffMarkdown(diff)).toContain(`\n${markdown}\n`);
    expect(diffText(diff, { colour: false })).toContain(`\n  ${plain}\n`);
  });
});

/** What an author could write to get markup, links, mentions or commands into a comment. */
const HOSTILE = '</details><script>x</script> @octocat #12 https://example.com **bold** ``` ~~~ ````` `code` | <!-- ##[error] \u202e';

describe('hostile text', () => {
  const hostile = (more: string): Files => ({
    [`prompts/partials/@octocat#12<b>\`x.md`]: `Say ${HOSTILE} ${more}.\n`,
    'prompts/templates/t.md': `---
id: t
version: 1.0.0
role: system
adapter_version: ${JSON.stringify(HOSTILE + more)}
inputs:
  x?: { type: object, properties: { ${JSON.stringify(HOSTILE)}: { enum: [${JSON.stringify(HOSTILE + more)}] } } }
constraints: { FORBIDDEN_TOKENS: [${JSON.stringify(HOSTILE + more)}], ${JSON.stringify(`X_${HOSTILE}`)}: ${JSON.stringify(more)} }
---
Text ${HOSTILE} ${more}.

{{> @octocat#12<b>\`x}}
`,
    'prompts/bundles/b.md': `---
id: b
version: 1.0.0
slots: { system: t }
tags: [${JSON.stringify(HOSTILE + more)}]
config: { ${JSON.stringify(HOSTILE)}: ${JSON.stringify(more)} }
output: { ${JSON.stringify(HOSTILE)}: ${JSON.stringify(more)} }
examples: [{ name: ${JSON.stringify(`${HOSTILE}\n# Title`)}, input: { task: "${more}" } }]
---
`,
  });

  /** What of a markdown text is neither in a fence nor in a code span, by CommonMark's rules for both. */
  function outside(markdown: string): string {
    const prose = markdown.replaceAll(/^(`{3,})diff\n[^]*?^\1$/gm, '');
    return prose.replaceAll(/(?<!`)(`+)(?!`)(?:[^`\n]|(?!(?<!`)\1(?!`))`)*?(?<!`)\1(?!`)/g, '');
  }

  it('stays text in a comment', async () => {
    const markdown = diffMarkdown(await diffOf(hostile('one'), hostile('two')));
    for (const part of ['octocat', '#12', 'https://example.com', '<script>', '**bold**']) expect(markdown, part).toContain(part);
    const prose = outside(markdown);
    expect(prose).not.toMatch(/octocat|#12|https:|<script|bold|<!--|<b>|~~~|Title|error/);
    expect(
      prose.match(/<[^>]*>/g)!.filter((tag) => !['<details>', '</details>', '<summary>', '</summary>', '<code>', '</code>'].includes(tag)),
    ).toEqual([]);
    expect(prose.match(/<details>/g)!.length).toBe(prose.match(/<\/details>/g)!.length);
  });

  it.each([
    ['text', (diff: ProjectDiff) => diffText(diff, { colour: false })],
    ['markdown', (diff: ProjectDiff) => diffMarkdown(diff)],
    ['json', diffJson],
  ])('gives no orders to a terminal or a CI, in %s', async (_name, print) => {
    const printed = print(await diffOf(hostile('one'), hostile('two')));
    expect(printed).not.toMatch(/\u202e|##\[/);
  });

  it('is whole in JSON', async () => {
    const { bundles } = JSON.parse(diffJson(await diffOf(hostile('one'), hostile('two')))) as {
      bundles: { examples: { name: string }[] }[];
    };
    expect(bundles[0]!.examples[0]!.name).toBe(`${HOSTILE}\n# Title`);
  });
});

describe('a comment', () => {
  it('is no longer than GitHub takes, and has every prompt in its table', async () => {
    const diff = await diffOf(project(60, `Be kind. ${'word '.repeat(150)}`), project(60, `Be brief. ${'term '.repeat(150)}`));
    const markdown = diffMarkdown(diff);
    expect(markdown.length).toBeLessThanOrEqual(65_000);
    expect(markdown.length).toBeGreaterThan(60_000);
    expect(markdown.match(/^\| bundle `b\d+`/gm)!.length).toBe(60);
    expect(markdown.match(/^\| template `t\d+`/gm)!.length).toBe(60);
    expect(markdown).toMatch(/_The texts of \d+ prompts do not fit into a comment; `promptc diff` prints them\._\n$/);
    // What has no room for its texts still has its findings, as long as there is room for these.
    const found = [...markdown.matchAll(/<details><summary>bundle <code>b\d+<\/code>[^]*?<\/details>/g)].map(([block]) => block);
    expect(found.every((block) => block.includes('instructions-added'))).toBe(true);
    expect(found.some((block) => block.includes('```diff'))).toBe(true);
    expect(found.some((block) => !block.includes('```diff'))).toBe(true);
  });

  it.each([1500, 3000, 6000, 12_000])('keeps to a limit of %i', async (limit) => {
    const diff = await diffOf(project(20, 'Be kind.'), project(20, 'Be brief, please.'));
    const markdown = diffMarkdown(diff, { limit });
    expect(markdown.length).toBeLessThanOrEqual(limit);
    const rows = markdown.match(/^\| (?:bundle|template) /gm)!.length;
    const more = Number(/^\| … .*\| (\d+) more/m.exec(markdown)?.[1] ?? 0);
    expect(rows + more).toBe(40);
    expect(more > 0).toBe(limit < 6000);
  });

  it('has the heaviest first, and of these what the version does not cover', async () => {
    const files = project(3, 'Be kind.');
    const after = {
      ...files,
      'prompts/templates/t0.md': `${files['prompts/templates/t0.md'] as string}Stop.\n`,
      'prompts/templates/t1.md': (files['prompts/templates/t1.md'] as string)
        .replace('role: system', 'role: user')
        .replace('1.0.0', '2.0.0'),
      'prompts/bundles/b1.md': (files['prompts/bundles/b1.md'] as string).replace('1.0.0', '2.0.0'),
      'prompts/templates/t2.md': (files['prompts/templates/t2.md'] as string).replace('role: system', 'role: user'),
    };
    const markdown = diffMarkdown(await diffOf(files, after));
    expect([...markdown.matchAll(/^\| (?:bundle|template) `(\w+)`/gm)].map(([, id]) => id)).toEqual(['b2', 't2', 'b1', 't1', 'b0', 't0']);
  });
});
