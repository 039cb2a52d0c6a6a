/** What of a prompt never changes: lowered where literals decide, measured, and held to budgets. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import type { SlotName, TemplateArtifact } from '../../src/format/artifact.js';
import { bundleStaticText } from '../../src/render/static-text.js';
import { loadTokenCounter } from '../../src/tokens/count-tokens.js';

interface Bodies {
  readonly [slot: string]: string;
}

/** A bundle whose slots have these texts. */
function project(bodies: Bodies, frontmatter = '', partials: Bodies = {}): { [path: string]: string } {
  const slots = Object.keys(bodies).map((slot) => `  ${slot}: t/${slot}\n`);
  return {
    'prompts/bundles/b.md': `---\nid: b\nversion: 1.0.0\nslots:\n${slots.join('')}${frontmatter}---\n`,
    ...Object.fromEntries(
      Object.entries(bodies).map(([slot, body]) => [
        `prompts/templates/${slot}.md`,
        `---\nid: t/${slot}\nversion: 1.0.0\nrole: system\n---\n${body}\n`,
      ]),
    ),
    ...Object.fromEntries(Object.entries(partials).map(([name, text]) => [`prompts/partials/${name}.md`, text])),
  };
}

async function built(files: { [path: string]: string }) {
  const { build, diagnostics } = await compile(new MemoryDisk(files));
  if (build === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return build;
}

async function operations(body: string, partials: Bodies = {}): Promise<unknown[]> {
  return [...(await built(project({ task: body }, '', partials))).templates[0]!.artifact.operations];
}

describe('what literals decide is decided when compiling', () => {
  const TASK = { path: [0, 'task'] };

  it.each([
    ['a true condition', '{{#if true}}a{{else}}b{{/if}}', [['text', 'a']]],
    ['a false one', '{{#if 0}}a{{else}}b{{/if}}', [['text', 'b']]],
    ['nothing left', 'x{{#if ""}}a{{/if}}', [['text', 'x']]],
    ['unless', '{{#unless null}}a{{/unless}}', [['text', 'a']]],
    ['a call', '{{#if (and (gt 2 1) (includes "abc" "b"))}}a{{/if}}', [['text', 'a']]],
    [
      'a chain that begins open',
      '{{#if task}}a{{else if true}}b{{else}}c{{/if}}',
      [
        ['jump-unless', TASK, 3],
        ['text', 'a'],
        ['jump', 4],
        ['text', 'b'],
      ],
    ],
    ['with', '{{#with "x" as |n|}}{{n}}{{this}}{{else}}b{{/with}}', [['text', 'xx']]],
    ['with of nothing', '{{#with ""}}a{{else}}b{{/with}}', [['text', 'b']]],
    ['printed calls', '{{length "abc"}} {{default null "d"}} {{json "q" indent=2}}', [['text', '3 d "q"']]],
    ['a call of a value is kept', '{{default task "d"}}', [['print', { call: 'default', args: [TASK, { value: 'd' }] }]]],
  ])('%s', async (_what, body, expected) => {
    expect(await operations(body)).toEqual(expected);
  });

  it('by what a partial is given', async () => {
    const partials = { p: '{{#if (eq kind "short")}}Be brief.{{else}}Take your time.{{/if}}' };
    expect(await operations('{{> p kind="short"}} {{> p kind="long"}}', partials)).toEqual([['text', 'Be brief. Take your time.']]);
  });
});

describe('the text that all prompts begin with', () => {
  async function prefix(bodies: Bodies, frontmatter = '', partials: Bodies = {}) {
    const { bundles, templates } = await built(project(bodies, frontmatter, partials));
    const bySlot: { [slot in SlotName]?: TemplateArtifact } = {};
    for (const { artifact } of templates) bySlot[artifact.id.slice(2) as SlotName] = artifact;
    return bundleStaticText(bundles[0]!.artifact, bySlot);
  }

  it.each([
    ['ends before the first value', { task: '\n\nHello {{task}} bye' }, 'Hello '],
    ['ends before the first condition', { task: 'a\n{{#if task}}\nb\n{{/if}}\n' }, 'a\n'],
    ['is all of a prompt that never changes', { system: 'a  \n', task: 'b\n' }, 'a\n\nb'],
    ['goes on over slots', { system: 'a', task: 'b {{task}}' }, 'a\n\nb '],
    ['ends with a slot, if the next begins with a value', { system: 'a', task: '{{task}}' }, 'a'],
    ['passes over a slot without text', { system: '{{! nothing }}', task: 'b {{task}}' }, 'b '],
    ['ends in the first slot that changes', { system: 'a {{stress}}', task: 'b' }, 'a '],
    ['holds indented partials', { task: '- x\n  {{> p}}\n{{task}}' }, '- x\n  one\n  two\n'],
    ['ends within an indented partial', { task: '- x\n  {{> q}}\n' }, '- x\n  one\n  two '],
    ['holds the constraints', { task: '{{constraints}}\n{{task}}' }, '- Use no emoji.\n'],
  ])('%s', async (_what, bodies, expected) => {
    const partials = { p: 'one\ntwo\n', q: 'one\ntwo {{task}}\nthree' };
    expect((await prefix(bodies as Bodies, 'constraints: { NO_EMOJI: true }\n', partials)).prefix).toBe(expected);
  });

  it('is told slot by slot, beside all text that is fixed', async () => {
    const { slots, fixed } = await prefix({ system: 'a {{stress}} b', task: 'c{{#if task}}d{{/if}}' });
    expect([...slots]).toEqual([
      ['system', { prefix: 'a ', fixed: ['a ', ' b'] }],
      ['task', { prefix: 'c', fixed: ['c', 'd'] }],
    ]);
    expect(fixed).toEqual(['a ', ' b', 'c', 'd']);
  });
});

describe('tokens', () => {
  it('are those of o200k_base, and control tokens are text', async () => {
    const countTokens = await loadTokenCounter();
    expect(countTokens('Hello, world!')).toBe(4);
    expect(countTokens('')).toBe(0);
    expect(countTokens('<|endoftext|>')).toBeGreaterThan(1);
  });

  it.each([
    ['a long word', 'a'],
    ['spaces', ' '],
    ['line ends', '\n'],
    ['signs', '-'],
    ['Han', '\u6f22'],
    ['emoji', '\u{1f600}'],
  ])('of %s are counted in time that grows with its length', async (_what, unit) => {
    const countTokens = await loadTokenCounter();
    const start = performance.now();
    const tokens = countTokens(unit.repeat(200_000));
    expect(performance.now() - start).toBeLessThan(5000);
    expect(tokens).toBeGreaterThan(500);
  });

  it('cutting a long word changes the count by little', async () => {
    const { countTokens: plain } = await import('gpt-tokenizer/encoding/o200k_base');
    const countTokens = await loadTokenCounter();
    for (const text of ['ab'.repeat(2000), 'word '.repeat(500), '\u6f22\u5b57'.repeat(500)]) {
      expect(Math.abs(countTokens(text) - plain(text))).toBeLessThanOrEqual(text.length / 128);
    }
  });
});

describe('budgets', () => {
  const EXAMPLES = 'examples:\n  - { name: short, input: { task: Hi } }\n  - { name: long, input: { task: one two three four five } }\n';
  const bodies = { system: 'Be kind and brief.', task: 'Answer: {{task}}' };

  async function told(frontmatter: string, config = '{}') {
    const { diagnostics, build } = await compile(new MemoryDisk({ ...project(bodies, frontmatter), 'promptc.config.json': config }));
    return { told: diagnostics.map(({ code, message }) => `${code}: ${message}`), built: build !== undefined };
  }

  it('fail a build whose examples are too long', async () => {
    expect(await told(`max_tokens: 10\n${EXAMPLES}`)).toEqual({
      told: ['link/too-many-tokens: The example "long" makes a prompt of 12 tokens; `max_tokens` is 10.'],
      built: false,
    });
    expect((await told(`max_tokens: 12\n${EXAMPLES}`)).built).toBe(true);
  });

  it('fail a build whose prompts have too little in common', async () => {
    expect((await told('min_static_prefix: 9\n')).told).toEqual([
      'link/short-static-prefix: All prompts of this bundle share only their first 8 tokens; `min_static_prefix` is 9.',
    ]);
    expect((await told('min_static_prefix: 8\n')).built).toBe(true);
  });

  it('come from the configuration, where a bundle sets none', async () => {
    const config = '{ "max_tokens": 10, "min_static_prefix": 9 }';
    expect((await told(EXAMPLES, config)).told.map((one) => one.split(':')[0])).toEqual([
      'link/short-static-prefix',
      'link/too-many-tokens',
    ]);
    expect((await told(`max_tokens: 20\nmin_static_prefix: 1\n${EXAMPLES}`, config)).built).toBe(true);
  });

  it('are in no hash', async () => {
    const plain = await built(project(bodies));
    const held = await built(project(bodies, 'max_tokens: 100\n'));
    expect(held.manifestDigest).toBe(plain.manifestDigest);
  });
});
