import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../../src/compile/compile.js';
import { MemoryDisk } from '../../../src/compile/discover/memory-disk.js';
import { NodeDisk } from '../../../src/compile/discover/node-disk.js';
import { DEFAULT_RULE_LEVELS, DIFF_RULES, RULE_IDS, type RuleId } from '../../../src/format/diff-rule.js';
import { diffProjects } from '../../../src/versions/diff/diff-projects.js';
import type { BundleDiff, Finding, ProjectDiff } from '../../../src/versions/diff/project-diff.js';
import { projectView } from '../../../src/versions/diff/project-view.js';
import { plainText } from '../../../src/versions/diff/sentence.js';
import { type Files, REPOSITORY } from '../../support/project.js';
import { viewOf } from './view.js';

const BUNDLE = 'prompts/bundles/b.md';
const SYSTEM = 'prompts/templates/system.md';
const TASK = 'prompts/templates/task.md';
const PARTIAL = 'prompts/partials/rules.md';

const FILES: Files = {
  [BUNDLE]: `---
id: b
version: 1.0.0
slots: { system: system, task: task }
tags: [m1, m2]
config: { temperature: 0.2 }
output: { schema: { type: object } }
constraints: { MAX_PARAGRAPHS: 4, NO_EMOJI: true }
examples:
  - { name: one, input: { task: Hello, inputs: { plan: pro } } }
---
Notes.
`,
  [SYSTEM]: `---
id: system
version: 1.0.0
role: system
inputs:
  plan: { enum: [free, pro] }
  name?: string
constraints: { FORBIDDEN_TOKENS: [a, b], NO_EMOJI: true }
---
You answer customers on the {{plan}} plan.
{{#if name}}
Call them {{name}}.
{{/if}}
{{> rules}}
`,
  [TASK]: `---
id: task
version: 1.0.0
role: user
inputs: { plan: { enum: [free, pro] } }
---
{{task}}
`,
  [PARTIAL]: '- Be kind to everybody.\n- Be brief.\n',
};

function edit(files: Files, path: string, ...replacements: readonly (readonly [string, string])[]): Files {
  let text = files[path] as string;
  for (const [from, to] of replacements) {
    if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
    text = text.replace(from, () => to);
  }
  return { ...files, [path]: text };
}

/** With an example that sends what a narrowed input needs. */
const STRESSED = edit(FILES, BUNDLE, ['{ task: Hello,', '{ task: Hello, stress: 0.5,']);

async function diffOf(after: Files, before: Files = FILES, levels = DEFAULT_RULE_LEVELS): Promise<ProjectDiff> {
  return diffProjects(await viewOf(before), await viewOf(after), levels);
}

/** A finding in one line, with what it came through. */
function shown({ rule, message, through }: Finding): string {
  const causes = through.map((cause) =>
    'partial' in cause
      ? ` < ${cause.partial}`
      : ` < ${cause.before?.id}@${cause.before?.version} ${cause.after?.id}@${cause.after?.version}`,
  );
  return `${rule}: ${plainText(message)}${causes.join('')}`;
}

async function bundleDiff(after: Files, before: Files = FILES): Promise<BundleDiff> {
  const { bundles } = await diffOf(after, before);
  expect(bundles.map(({ id }) => id)).toEqual(['b']);
  return bundles[0]!;
}

describe('two projects', () => {
  it('that are one do not differ', async () => {
    const demo = await compile(new NodeDisk(REPOSITORY));
    const view = projectView(demo.build!, demo.examples);
    expect(view.bundles.length).toBeGreaterThan(3);
    expect(diffProjects(view, view)).toEqual({ verdict: 'none', covered: true, bundles: [], templates: [], yanked: [] });
    const again = await compile(new NodeDisk(REPOSITORY));
    expect(diffProjects(view, projectView(again.build!, again.examples)).bundles).toEqual([]);
  });

  it.each<[string, Files, string[]]>([
    [
      'a partial',
      edit(FILES, PARTIAL, ['- Be brief.', '- Be brief.\n- Never ask for a password.']),
      ['instructions-added: `Never ask for a password.` is new. < rules'],
    ],
    [
      'a partial and the text',
      edit(edit(FILES, PARTIAL, ['kind to', 'polite to']), SYSTEM, ['{{> rules}}', '{{> rules}}\nStop when you are done.']),
      [
        'instructions-added: `Stop when you are done.` is new.',
        'wording-changed: `Be kind to everybody.` now reads `Be polite to everybody.`. < rules',
      ],
    ],
    [
      'logic in a partial',
      edit(FILES, PARTIAL, ['- Be brief.', '{{#if name}}\n- Be brief.\n{{/if}}']),
      ['logic-changed: A condition, a loop or an inserted value differs. < rules'],
    ],
    [
      'a template in place',
      edit(FILES, SYSTEM, ['You answer customers', 'You help customers']),
      ['wording-changed: `You answer customers on the {{…}} plan.` now reads `You help customers on the {{…}} plan.`.'],
    ],
    [
      'a template in a new version',
      edit(FILES, SYSTEM, ['1.0.0', '1.1.0'], ['  name?: string', '  name?: string\n  nick?: string']),
      [
        'input-added: The input `nick` is new, and optional. < system@1.0.0 system@1.1.0',
        'reference-changed: The slot `system` is filled by `system@1.1.0` instead of `system@1.0.0`.',
      ],
    ],
    [
      'an input of one of two templates',
      edit(edit(FILES, SYSTEM, ['free, pro', 'free, pro, team']), TASK, ['free, pro', 'free, pro, team']),
      ['input-widened: `plan` now takes `"team"`. < system@1.0.0 system@1.0.0 < task@1.0.0 task@1.0.0'],
    ],
    [
      'constraints of a template',
      edit(FILES, SYSTEM, ['[a, b]', '[b, c]']),
      [
        'constraint-tightened: `FORBIDDEN_TOKENS` now lists `"c"`. < system@1.0.0 system@1.0.0',
        'constraint-loosened: `FORBIDDEN_TOKENS` no longer lists `"a"`. < system@1.0.0 system@1.0.0',
      ],
    ],
    [
      'a constraint that comes',
      edit(FILES, BUNDLE, ['MAX_PARAGRAPHS: 4', 'MAX_PARAGRAPHS: 4, MAX_SENTENCE_LENGTH: 9']),
      ['constraint-tightened: `MAX_SENTENCE_LENGTH` is new: `9`.'],
    ],
    ['a constraint that goes', edit(FILES, BUNDLE, ['MAX_PARAGRAPHS: 4, ', '']), ['constraint-loosened: `MAX_PARAGRAPHS` is gone.']],
    [
      'a constraint that the templates have anyway',
      edit(FILES, BUNDLE, [', NO_EMOJI: true', '']),
      ['source-changed: The files differ, and nothing that the prompt says, takes or returns.'],
    ],
    [
      'an input that another template has anyway',
      edit(FILES, TASK, ['inputs: { plan: { enum: [free, pro] } }\n', '']),
      ['source-changed: The files differ, and nothing that the prompt says, takes or returns.'],
    ],
    [
      'the order of tags',
      edit(FILES, BUNDLE, ['[m1, m2]', '[m2, m1]']),
      ['source-changed: The files differ, and nothing that the prompt says, takes or returns.'],
    ],
    [
      'tags that come',
      edit(FILES, BUNDLE, ['[m1, m2]', '[m1, m3]']),
      ['tag-removed: The bundle is no longer for `m2`.', 'tag-added: The bundle is also for `m3`.'],
    ],
    [
      'no tags any more',
      edit(FILES, BUNDLE, ['tags: [m1, m2]\n', '']),
      ['tag-added: The bundle is for any model; it was only for `m1`, `m2`.'],
    ],
    [
      'config and output that go',
      edit(FILES, BUNDLE, ['config: { temperature: 0.2 }\n', ''], ['output: { schema: { type: object } }\n', '']),
      ['output-changed: `output` is gone.', 'config-changed: `config` is gone.'],
    ],
    [
      'another role',
      edit(FILES, SYSTEM, ['role: system', 'role: developer']),
      ['role-changed: The slot `system` speaks as `developer` instead of `system`.'],
    ],
    [
      'a persona input narrowed',
      edit(STRESSED, TASK, ['inputs: {', 'inputs: { stress: { type: number, minimum: 0.1 },'], ['{{task}}', '{{task}} {{stress}}']),
      [
        'input-required: The input `stress` is required; it was optional. < task@1.0.0 task@1.0.0',
        'input-narrowed: `stress` no longer takes numbers below 0.1. < task@1.0.0 task@1.0.0',
        'logic-changed: A condition, a loop or an inserted value differs.',
      ],
    ],
    [
      'a persona input with another default',
      edit(FILES, TASK, ['inputs: {', 'inputs: { task: { type: string, default: Hello },']),
      ['default-changed: The default of `task` is `"Hello"` instead of `""`. < task@1.0.0 task@1.0.0'],
    ],
    [
      'another template',
      edit({ ...FILES, 'prompts/templates/other.md': '---\nid: other\nversion: 2.0.0\nrole: user\n---\n{{task}}\n' }, BUNDLE, [
        'task: task',
        'task: other',
      ]),
      ['reference-changed: The slot `task` is filled by `other@2.0.0` instead of `task@1.0.0`.'],
    ],
  ])('tell of %s', async (_name, after, expected) => {
    const { findings, verdict } = await bundleDiff(after);
    expect(findings.map(shown)).toEqual(expected);
    expect(verdict).toBe(findings[0]!.level);
  });

  it('tell of an adapter version', async () => {
    const with1 = (version: string) =>
      edit(edit(FILES, SYSTEM, ['role: system', `role: system\nadapter_version: ${version}`]), TASK, [
        'role: user',
        `role: user\nadapter_version: ${version}`,
      ]);
    const messages = async (after: Files, before: Files) =>
      (await bundleDiff(after, before)).findings.map(({ message }) => plainText(message));
    expect(await messages(with1('v1'), FILES)).toEqual(['`adapter_version` is `v1`; there was none.']);
    expect(await messages(with1('v2'), with1('v1'))).toEqual(['`adapter_version` is `v2` instead of `v1`.']);
    expect(await messages(FILES, with1('v1'))).toEqual(['`adapter_version` is gone; it was `v1`.']);
  });

  it('tell of config that comes', async () => {
    const { findings } = await bundleDiff(FILES, edit(FILES, BUNDLE, ['config: { temperature: 0.2 }\n', '']));
    expect(findings.map(shown)).toEqual(['config-changed: `config` is new.']);
  });

  it('tell of tags that come', async () => {
    const { findings } = await bundleDiff(FILES, edit(FILES, BUNDLE, ['tags: [m1, m2]\n', '']));
    expect(findings.map(shown)).toEqual(['tag-removed: The bundle is only for `m1`, `m2`; it was for any model.']);
  });

  it('show config and output as JSON with sorted keys', async () => {
    const after = edit(FILES, BUNDLE, ['config: { temperature: 0.2 }', 'config: { top_p: 1, temperature: 0.2 }']);
    const { findings } = await bundleDiff(after);
    const side = (without: string) =>
      findings.map(({ detail }) => detail!.map(({ kind, text }) => (kind === without ? '' : text)).join(''));
    expect(side('added')).toEqual(['{\n  "temperature": 0.2\n}\n']);
    expect(side('removed')).toEqual(['{\n  "temperature": 0.2,\n  "top_p": 1\n}\n']);
  });

  it('name at most five clauses of an input', async () => {
    const wide = Array.from({ length: 7 }, (_, i) => `k${i}: { type: string }`).join(', ');
    const withBag = (properties: string) =>
      edit(FILES, SYSTEM, ['  name?: string', `  name?: string\n  bag?: { type: object, properties: { ${properties} } }`]);
    const { findings } = await bundleDiff(withBag(wide.replaceAll('string', 'number')), withBag(wide));
    expect(findings.map(({ rule }) => rule)).toEqual(['input-changed']);
    expect(plainText(findings[0]!.message)).toMatch(/^`bag\.k0` no longer takes a text; .*; and 9 more\.$/);
  });

  it('show texts by slot, and what fills it', async () => {
    const after = edit(edit(FILES, SYSTEM, ['1.0.0', '1.0.1'], ['You answer', 'You help']), PARTIAL, ['brief', 'short']);
    const { slots } = await bundleDiff(after);
    expect(slots.map(({ slot, before, after: now }) => [slot, before, now])).toEqual([
      ['system', { id: 'system', version: '1.0.0', role: 'system' }, { id: 'system', version: '1.0.1', role: 'system' }],
    ]);
    expect(slots[0]!.texts.map(({ partial }) => partial)).toEqual([undefined, 'rules']);
  });

  it('show the text of a slot that comes or goes', async () => {
    const without = edit(FILES, BUNDLE, [', task: task', '']);
    const [came, went] = [await bundleDiff(FILES, without), await bundleDiff(without)];
    expect(came.slots).toEqual([
      { slot: 'task', after: { id: 'task', version: '1.0.0', role: 'user' }, texts: [{ change: [{ kind: 'added', text: '{{task}}\n' }] }] },
    ]);
    expect(went.slots[0]!.texts).toEqual([{ change: [{ kind: 'removed', text: '{{task}}\n' }] }]);
  });

  it('take partials that come and go as texts', async () => {
    const after = edit({ ...FILES, 'prompts/partials/more.md': 'More.\n' }, SYSTEM, ['{{> rules}}', '{{> more}}']);
    const { slots, findings } = await bundleDiff(after);
    expect(slots[0]!.texts.slice(1).map(({ partial, change }) => [partial, change.map(({ kind }) => kind)])).toEqual([
      ['more', ['added']],
      ['rules', ['removed']],
    ]);
    expect(findings.map(shown)).toEqual([
      'instructions-added: `More.` is new. < more',
      'instructions-removed: `Be kind to everybody.` and 1 more are gone. < rules',
    ]);
  });

  it('render each example before and after', async () => {
    const after = edit(edit(FILES, PARTIAL, ['brief', 'short']), BUNDLE, [
      'examples:',
      'examples:\n  - { name: two, input: { inputs: { plan: free } } }',
    ]);
    const before = edit(FILES, BUNDLE, ['examples:', 'examples:\n  - { name: zero, input: { inputs: { plan: free } } }']);
    const { examples } = await bundleDiff(after, before);
    expect(
      examples.map(({ name, before: was, after: is, edited }) => [
        name,
        was?.prompt.includes('brief'),
        is?.prompt.includes('short'),
        edited,
      ]),
    ).toEqual([
      ['one', true, true, false],
      ['two', undefined, true, false],
      ['zero', true, undefined, false],
    ]);
    expect(examples.map(({ change }) => change?.map(({ kind }) => kind))).toEqual([
      ['same', 'removed', 'added', 'same'],
      ['added'],
      undefined,
    ]);
  });

  it('tell of an example that was edited, without a verdict', async () => {
    const { verdict, version, findings, examples } = await bundleDiff(edit(FILES, BUNDLE, ['task: Hello', 'task: Bye']));
    expect([verdict, version, findings, examples[0]!.edited]).toEqual(['none', { covered: true, least: '1.0.0' }, [], true]);
  });

  it('tell nothing of descriptions, notes and files', async () => {
    const { [SYSTEM]: moved, ...rest } = edit(edit(FILES, BUNDLE, ['Notes.', 'Other notes.']), SYSTEM, [
      'role: system',
      'role: system\ndescription: New.',
    ]);
    expect(await diffOf({ ...rest, 'prompts/templates/elsewhere.md': moved! })).toEqual(await diffOf(FILES));
  });

  it('tell of a version that was raised for nothing', async () => {
    const { verdict, before, after, version } = await bundleDiff(edit(FILES, BUNDLE, ['1.0.0', '1.0.1']));
    expect([verdict, before, after, version!.covered]).toEqual(['none', '1.0.0', '1.0.1', true]);
  });

  it('weigh by the levels of the project', async () => {
    const after = edit(edit(FILES, BUNDLE, ['0.2', '0.4'], ['[m1, m2]', '[m1]'], ['1.0.0', '1.0.1']), PARTIAL, ['- Be brief.\n', '']);
    const levels = { ...DEFAULT_RULE_LEVELS, 'tag-removed': 'off', 'config-changed': 'patch', 'instructions-removed': 'off' } as const;
    const { bundles, templates, verdict } = await diffOf(after, FILES, levels);
    expect(bundles.map((one) => [one.findings.map(({ rule, level }) => [rule, level]), one.verdict, one.version!.covered])).toEqual([
      [[['config-changed', 'patch']], 'patch', true],
    ]);
    // What is off is not told, and not told as something else either.
    expect(templates.map(({ findings, verdict: one }) => [findings, one])).toEqual([[[], 'none']]);
    expect(verdict).toBe('patch');
  });

  it('compare templates that no bundle uses, and say which bundles show a change', async () => {
    const unused = { 'prompts/templates/unused.md': '---\nid: unused\nversion: 1.0.0\nrole: user\n---\nBe kind.\n' };
    const after = edit(
      edit({ ...FILES, ...unused }, 'prompts/templates/unused.md', ['Be kind.', 'Be kind. Be brief.']),
      SYSTEM,
      ['You answer', 'You help'],
      ['1.0.0', '1.0.1'],
    );
    const { templates, covered } = await diffOf(after, { ...FILES, ...unused });
    expect(templates.map(({ id, bundles, verdict, version }) => [id, bundles, verdict, version])).toEqual([
      ['system', ['b'], 'patch', { covered: true, least: '1.0.1' }],
      ['unused', [], 'minor', { covered: false, least: '1.1.0' }],
    ]);
    expect(templates.map(({ texts }) => texts.length)).toEqual([1, 1]);
    expect(covered).toBe(false);
  });

  it('tell of bundles and templates that come and go', async () => {
    const { [BUNDLE]: _bundle, [TASK]: _task, ...less } = FILES;
    const gone = await diffOf(less);
    expect(
      [...gone.bundles, ...gone.templates].map(({ id, before, after, version, findings }) => [
        id,
        before,
        after,
        version,
        findings.map(shown),
      ]),
    ).toEqual([
      ['b', '1.0.0', undefined, undefined, ['bundle-removed: The bundle is gone.']],
      ['task', '1.0.0', undefined, undefined, ['template-removed: The template is gone.']],
    ]);
    const come = await diffOf(FILES, less);
    expect([...come.bundles, ...come.templates].map(({ id, before, after, verdict }) => [id, before, after, verdict])).toEqual([
      ['b', undefined, '1.0.0', 'minor'],
      ['task', undefined, '1.0.0', 'minor'],
    ]);
    expect([gone.covered, come.covered]).toEqual([true, true]);
  });

  it('match versions of one id', async () => {
    const at = (...versions: string[]): Files => ({
      ...FILES,
      ...Object.fromEntries(
        versions.map((version) => [
          `prompts/templates/v/${version}.md`,
          `---\nid: v\nversion: ${version}\nrole: user\n---\nText of ${version}.\n`,
        ]),
      ),
    });
    const pairs = async (before: Files, after: Files) =>
      (await diffOf(after, before)).templates.map((one) => `${one.before ?? '-'} ${one.after ?? '-'}`);
    expect(await pairs(at('1.0.0'), at('2.0.0'))).toEqual(['1.0.0 2.0.0']);
    expect(await pairs(at('1.0.0'), at('1.0.0', '2.0.0'))).toEqual(['1.0.0 2.0.0']);
    expect(await pairs(at('1.0.0', '2.0.0'), at('2.0.0'))).toEqual([]);
    expect(await pairs(at('1.0.0', '2.0.0'), at('1.1.0', '2.1.0'))).toEqual(['1.0.0 1.1.0', '2.0.0 2.1.0']);
    expect(await pairs(at('1.0.0', '10.0.0'), at('9.0.0'))).toEqual(['10.0.0 9.0.0']);
    expect(await pairs(at('2.0.0'), at('1.0.0', '3.0.0'))).toEqual(['2.0.0 1.0.0', '2.0.0 3.0.0']);
    expect(await pairs(at('1.0.0-rc.1'), at('1.0.0'))).toEqual(['1.0.0-rc.1 1.0.0']);
    expect(await pairs(at(), at('1.0.0', '2.0.0'))).toEqual(['- 1.0.0', '- 2.0.0']);
  });

  it('carry the sizes that were counted', async () => {
    const sizes = { prefixTokens: 1, prefixBytes: 2, fixedTokens: 3, exampleTokens: { one: 4 } };
    const after = edit(FILES, BUNDLE, ['0.2', '0.3']);
    const { bundles } = diffProjects(await viewOf(FILES), await viewOf(after, new Map([['b@1.0.0', sizes]])));
    expect(bundles[0]!.sizes).toEqual({ after: sizes });
  });
});

/** What each edit does to the project above; any of them go together. */
const EDITS: readonly ((files: Files) => Files)[] = [
  (files) => edit(files, BUNDLE, ['version: 1.0.0', 'version: 1.1.0']),
  (files) => edit(files, SYSTEM, ['version: 1.0.0', 'version: 1.1.0']),
  (files) => edit(files, BUNDLE, ['[m1, m2]', '[m2, m3]']),
  (files) => edit(files, BUNDLE, ['temperature', 'top_p']),
  (files) => edit(files, BUNDLE, ['MAX_PARAGRAPHS: 4', 'MAX_PARAGRAPHS: 2']),
  (files) => edit(files, BUNDLE, [', NO_EMOJI: true', '']),
  (files) => edit(files, BUNDLE, ['system: system, ', '']),
  (files) => edit(files, BUNDLE, ['task: Hello', 'task: Bye']),
  (files) => edit(files, SYSTEM, ['[a, b]', '[b, c]']),
  (files) => edit(files, SYSTEM, ['name?: string', 'name?: [x]'.replace('[x]', '{ type: [string, "null"] }')]),
  (files) => edit(files, SYSTEM, ['You answer customers', 'You help customers']),
  (files) => edit(files, SYSTEM, ['{{#if name}}', '{{#if (eq plan "pro")}}'], ['{{name}}', '{{default name "them"}}']),
  (files) => edit(files, SYSTEM, ['You', '{{! Why. }}You']),
  (files) => edit(files, PARTIAL, ['- Be brief.', '- Never lie.']),
  (files) => edit(files, TASK, ['role: user', 'role: developer']),
  (files) => ({ ...files, 'prompts/bundles/c.md': '---\nid: c\nversion: 1.0.0\nslots: { task: task }\n---\n' }),
];

/** The rule that finds the same change seen from behind; rules about whether an input has to be sent are one. */
const MIRRORED: { readonly [rule in RuleId]?: string } = {
  'bundle-added': 'bundle-removed',
  'template-added': 'template-removed',
  'slot-added': 'slot-removed',
  'input-widened': 'input-narrowed',
  'tag-added': 'tag-removed',
  'constraint-tightened': 'constraint-loosened',
  'instructions-added': 'instructions-removed',
};
const PRESENCE: ReadonlySet<RuleId> = new Set(['input-added', 'input-removed', 'input-required', 'input-optional']);
const BACK = new Map(Object.entries(MIRRORED).flatMap(([one, other]) => [[one, other] as const, [other, one] as const]));

describe('any two projects', () => {
  const project = fc.subarray([...EDITS]).map((edits) => edits.reduce((files, one) => one(files), FILES));

  it('are the same seen from behind, with added and removed exchanged', async () => {
    const rulesOf = (diff: ProjectDiff, name: (rule: RuleId) => string): string[] =>
      [...diff.bundles, ...diff.templates]
        .flatMap(({ id, findings }) => findings.map(({ rule }) => `${id} ${PRESENCE.has(rule) ? 'presence' : name(rule)}`))
        .toSorted();
    await fc.assert(
      fc.asyncProperty(project, project, async (before, after) => {
        const [there, back] = [await diffOf(after, before), await diffOf(before, after)];
        expect(rulesOf(back, (rule) => BACK.get(rule) ?? rule)).toEqual(rulesOf(there, (rule) => rule));
        const texts = ({ bundles }: ProjectDiff, removed: string, added: string) =>
          bundles.map(({ slots }) =>
            slots.map((slot) =>
              slot.texts.map(({ change }) =>
                [removed, added].map(
                  (kind) =>
                    change
                      .filter((part) => part.kind === kind)
                      .map(({ text }) => text)
                      .join('').length,
                ),
              ),
            ),
          );
        expect(texts(back, 'added', 'removed')).toEqual(texts(there, 'removed', 'added'));
      }),
      { numRuns: 40 },
    );
  });

  it('that have other hashes have a finding for it, and those that have the same have none', async () => {
    await fc.assert(
      fc.asyncProperty(project, project, async (before, after) => {
        const [old, fresh] = [await viewOf(before), await viewOf(after)];
        const { bundles, templates } = diffProjects(old, fresh);
        for (const [was, is, diffs] of [
          [old.bundles, fresh.bundles, bundles],
          [old.templates, fresh.templates, templates],
        ] as const) {
          for (const { artifact } of is) {
            const other = was.find((one) => one.artifact.id === artifact.id);
            const diff = diffs.find(({ id }) => id === artifact.id);
            const isOther = other !== undefined && other.artifact.hash !== artifact.hash;
            const isTold = diff !== undefined && (diff.findings.length > 0 || diff.before !== diff.after);
            expect(isTold).toBe(other === undefined || isOther);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('the levels of a project', () => {
  const config = async (text: string) => compile(new MemoryDisk({ ...FILES, 'promptc.config.json': text }));

  it('are those of the rules, but for what is set', async () => {
    const { diagnostics, config: read } = await config('{ "diff": { "rules": { "config-changed": "off", "wording-changed": "minor" } } }');
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(read.diff.rules).toEqual({ ...DEFAULT_RULE_LEVELS, 'config-changed': 'off', 'wording-changed': 'minor' });
    expect((await config('{ "diff": {} }')).config.diff.rules).toEqual(DEFAULT_RULE_LEVELS);
  });

  it.each([
    [
      '{ "diff": { "rules": { "config-chnged": "off" } } }',
      '`diff.rules.config-chnged` is not known here.',
      'Did you mean "config-changed"?',
    ],
    [
      '{ "diff": { "rules": { "config-changed": "low" } } }',
      '`diff.rules.config-changed` must be one of "major", "minor", "patch", "off".',
      'docs/frontmatter.md lists the settings and their limits.',
    ],
    ['{ "diff": { "rule": {} } }', '`diff.rule` is not known here.', 'Did you mean "rules"?'],
  ])('%s is wrong', async (text, message, hint) => {
    const { diagnostics } = await config(text);
    expect(diagnostics.filter(({ severity }) => severity === 'error').map((one) => one.message)).toEqual([message]);
    expect(diagnostics[0]!.hint).toBe(hint);
  });

  it('give every rule its reason', () => {
    for (const id of RULE_IDS) expect(DIFF_RULES[id].why).toMatch(/^[A-Z`].*\.$/);
  });
});
