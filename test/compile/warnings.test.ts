/** Warnings about a whole project, and how a project turns them off or makes them errors. */
import { describe, expect, it } from 'vitest';
import { WARNING_CODES } from '../../src/base/codes.js';
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';

const GREETING = '---\nid: greeting\nversion: 1.0.0\nrole: user\n';

/** `file:line code severity` of each diagnostic, and whether there was a build. */
async function found(files: { [path: string]: string }): Promise<{ told: string[]; built: boolean }> {
  const { diagnostics, build } = await compile(new MemoryDisk(files));
  const told = diagnostics.map(({ code, severity, span }) => {
    const { line } = span.source.position(span.start);
    return `${span.source.path.replace('prompts/', '')}:${line} ${code}${severity === 'error' ? ' error' : ''}`;
  });
  return { told, built: build !== undefined };
}

const told = async (files: { [path: string]: string }): Promise<string[]> => (await found(files)).told;

function template(frontmatter: string, body: string): { [path: string]: string } {
  return { 'prompts/templates/greeting.md': `${GREETING}${frontmatter}---\n${body}\n` };
}

describe('unused inputs', () => {
  it('are told at their declaration', async () => {
    expect(await told(template('inputs:\n  name: string\n  plan?: string\n', '{{name}}'))).toEqual([
      'templates/greeting.md:7 check/unused-input',
    ]);
  });

  it.each([
    ['in a condition', '{{#if name}}x{{/if}}'],
    ['in a helper', '{{#if (and task (eq name "a"))}}x{{/if}}'],
    ['as a loop', '{{#each name}}x{{/each}}', 'any'],
    ['by a block parameter', '{{#with name as |n|}}{{n}}{{/with}}'],
    ['below ../', '{{#with task}}{{../name}}{{/with}}'],
    ['in a partial', '{{> p}}'],
    ['as a parameter', '{{> p name=name}}'],
    ['with everything else', '{{json this}}'],
    ['in a loop over everything', '{{#each this}}{{@key}}{{/each}}'],
    ['in a branch that is never reached', '{{#if false}}{{name}}{{/if}}'],
  ])('%s is a use', async (_where, body, type = 'string') => {
    const files = { ...template(`inputs: { name: ${type} }\n`, body), 'prompts/partials/p.md': '{{name}}' };
    expect((await told(files)).filter((one) => one.includes('unused-input'))).toEqual([]);
  });

  it('a narrowing of an input that every template has is a rule for callers, not a use', async () => {
    expect(await told(template('inputs: { task: { type: string, maxLength: 9 } }\n', 'Hello'))).toEqual([]);
  });

  it('nothing is told of a template that has errors, or whose partials have', async () => {
    expect(await told(template('inputs: { name: string }\n', 'Hello {{nmae}}'))).toEqual([
      'templates/greeting.md:7 check/unknown-name error',
    ]);
    const files = { ...template('inputs: { name: string }\n', '{{> p}}'), 'prompts/partials/p.md': '{{#if name}}' };
    expect(await told(files)).toEqual(['partials/p.md:1 parse/unclosed-block error']);
  });
});

describe('unused partials', () => {
  const files = {
    ...template('', '{{> a}}'),
    'prompts/partials/a.md': '{{> b}}',
    'prompts/partials/b.md': 'B',
    'prompts/partials/c.md': 'C',
  };

  it('are those that no template reaches', async () => {
    expect(await told(files)).toEqual(['partials/c.md:1 check/unused-partial']);
  });

  it('are not told where something could not be read', async () => {
    expect(await told({ ...files, 'prompts/templates/x.md': '---\nid: x\n---\nX' })).not.toContain('partials/c.md:1 check/unused-partial');
  });
});

describe('text that breaks a constraint', () => {
  const bundle = (constraints: string) => ({
    'prompts/bundles/b.md': `---\nid: b\nversion: 1.0.0\nslots: { task: greeting }\nconstraints: ${constraints}\nconstraints_in_prompt: append\n---\n`,
  });

  it.each([
    ['whatever its case', '{ FORBIDDEN_TOKENS: [extremely] }', 'Extremely good', ['templates/greeting.md:6 link/breaks-constraint']],
    ['as a sign', '{ FORBIDDEN_TOKENS: ["!"] }', 'one\ntwo!', ['templates/greeting.md:7 link/breaks-constraint']],
    ['not as a part of a word', '{ FORBIDDEN_TOKENS: [art, "über"] }', 'start, party, darüber, ärt', []],
    ['not in values', '{ FORBIDDEN_TOKENS: ["!"] }', '{{default task "none!"}}', []],
    [
      'an emoji',
      '{ NO_EMOJI: true }',
      'so \u{1f44d}\u{1f3fd}, 1\ufe0f\u20e3 and \u{1f1e9}\u{1f1ea}',
      Array(3).fill('templates/greeting.md:6 link/breaks-constraint'),
    ],
    ['signs that are no emoji', '{ NO_EMOJI: true }', '© 2025 ™ 1 # → ✓', []],
    ['with the rule off', '{ NO_EMOJI: false }', '\u{1f44d}', []],
    ['in a partial', '{ FORBIDDEN_TOKENS: [Zoë] }', '{{> p}}', ['partials/p.md:1 link/breaks-constraint']],
  ])('%s', async (_what, constraints, body, expected) => {
    const files = { ...template('', body), ...bundle(constraints), 'prompts/partials/p.md': 'zoË' };
    expect((await told(files)).filter((one) => one.includes('breaks'))).toEqual(expected);
  });

  it.each([
    ['words', 'MAX_WORDS: 200', 'Answer in about 300 words.', '"about 300 words"'],
    ['sentences', 'MAX_SENTENCES: 3', 'Use exactly 4 sentences.', '"exactly 4 sentences"'],
    ['paragraphs, only warned of', 'MAX_PARAGRAPHS: { value: 1, severity: warn }', 'Write 2 paragraphs', '"Write 2 paragraphs"'],
    ['tokens', 'MAX_TOKENS: 50', 'Up to 51 tokens, please.', '"Up to 51 tokens"'],
    ['as much as is allowed', 'MAX_WORDS: 300', 'Answer in about 300 words.', undefined],
    ['words of each sentence', 'MAX_WORDS: 10', 'with at most 20 words per sentence', undefined],
    ['what was written by others', 'MAX_WORDS: 10', 'The letter has 300 words.', undefined],
  ])('is told of what it asks for: %s', async (_what, constraint, body, asked) => {
    const { diagnostics } = await compile(new MemoryDisk({ ...template('', body), ...bundle(`{ ${constraint} }`) }));
    const limit = /\d+/.exec(constraint)![0];
    const messages = diagnostics.filter(({ code }) => code.startsWith('link/')).map(({ message }) => message);
    const name = /\w+/.exec(constraint)![0];
    expect(messages).toEqual(asked === undefined ? [] : [`The prompt asks for more than ${name} allows, which is ${limit}: ${asked}.`]);
  });

  it('is shown where it stands, behind escapes as well', async () => {
    const { diagnostics } = await compile(
      new MemoryDisk({ ...template('', 'a \\{{b}} {{~! c ~}}  bad'), ...bundle('{ FORBIDDEN_TOKENS: [bad] }') }),
    );
    expect(diagnostics.map(({ span }) => span.source.text.slice(span.start, span.end))).toEqual(['bad']);
  });
});

describe('fixed text behind what changes', () => {
  const LONG = 'Name the next step, and promise nothing. '.repeat(60);
  const bundle = { 'prompts/bundles/b.md': '---\nid: b\nversion: 1.0.0\nslots: { system: fixed, task: greeting }\n---\n' };
  const fixed = { 'prompts/templates/fixed.md': `---\nid: fixed\nversion: 1.0.0\nrole: system\n---\n${LONG}\n` };

  it.each([
    ['behind a value', `{{task}}\n${LONG}`, ['templates/greeting.md:6 link/late-static-text']],
    ['behind a block', `{{#if task}}\nx\n{{/if}}\n${LONG}`, ['templates/greeting.md:6 link/late-static-text']],
    ['in several partials', `{{task}}{{> part}}{{> part}}{{> part}}`, ['templates/greeting.md:6 link/late-static-text']],
    ['before it', `${LONG}\n{{task}}`, []],
    ['within a block', `{{task}}{{#if task}}${LONG}{{/if}}`, []],
    ['within a loop', `{{#each semantic_traits}}${LONG}{{/each}}`, []],
    ['behind what a partial is given', `{{> title text="Title"}}${LONG}{{task}}`, []],
    ['short pieces', `{{task}}${`${LONG.slice(0, 900)}{{task}}`.repeat(3)}`, []],
  ])('%s', async (_where, body, expected) => {
    const partials = {
      'prompts/partials/part.md': LONG.slice(0, 800),
      'prompts/partials/title.md': '# {{text}}{{#if (eq text "Title")}}:{{/if}}',
    };
    const files = { ...template('', body), ...bundle, ...fixed, ...partials };
    expect((await told(files)).filter((one) => !one.includes('unused'))).toEqual(expected);
  });

  it('counts only in the first template that changes', async () => {
    const early = { 'prompts/templates/fixed.md': '---\nid: fixed\nversion: 1.0.0\nrole: system\n---\n{{task}} early\n' };
    expect(await told({ ...template('', `{{task}}\n${LONG}`), ...bundle, ...early })).toEqual([]);
  });
});

describe('severities', () => {
  const project = template('inputs: { name: string }\n', 'Hello');
  const config = (severity: string) => ({ 'promptc.config.json': JSON.stringify({ diagnostics: { 'check/unused-input': severity } }) });

  it('turn a warning off, keep it, or make it an error', async () => {
    const at = 'templates/greeting.md:5 check/unused-input';
    expect(await found(project)).toEqual({ told: [at], built: true });
    expect(await found({ ...project, ...config('warning') })).toEqual({ told: [at], built: true });
    expect(await found({ ...project, ...config('error') })).toEqual({ told: [`${at} error`], built: false });
    expect(await found({ ...project, ...config('off') })).toEqual({ told: [], built: true });
  });

  it.each([
    ['{ "diagnostics": { "check/unused-inptu": "off" } }', 'Did you mean "check/unused-input"?'],
    ['{ "diagnostics": { "check/unguarded": "off" } }', 'check/unguarded is an error, and only warnings can be set. Delete this line.'],
    ['{ "diagnostics": { "check/unused-input": "none" } }', 'docs/frontmatter.md lists the settings and their limits.'],
  ])('%s is refused', async (text, hint) => {
    const { diagnostics } = await compile(new MemoryDisk({ ...project, 'promptc.config.json': text }));
    const refused = diagnostics.filter(({ code }) => code === 'discover/config');
    expect(refused.map((one) => one.hint)).toEqual([hint]);
  });

  it('every warning can be set', () => {
    expect(WARNING_CODES.length).toBeGreaterThan(8);
  });
});

describe('promptc-ignore', () => {
  it.each([
    ['on its own line', '{{bag}}{{! promptc-ignore check/printed-as-json: why }}', []],
    ['on the line before', '{{! promptc-ignore check/printed-as-json: why }}\n{{bag}}', []],
    ['as a long comment', '{{!-- promptc-ignore\n check/printed-as-json: why --}}\n{{bag}}', []],
    ['of several codes', '{{! promptc-ignore check/unreachable, check/printed-as-json: why }}\n{{#if true}}{{bag}}{{else}}x{{/if}}', []],
    [
      'two lines before',
      '{{! promptc-ignore check/printed-as-json: why }}\n\n{{bag}}',
      ['6 check/unused-ignore', '8 check/printed-as-json'],
    ],
    [
      'on the line behind',
      '{{bag}}\n{{! promptc-ignore check/printed-as-json: why }}',
      ['6 check/printed-as-json', '7 check/unused-ignore'],
    ],
    ['of another code', '{{! promptc-ignore check/unreachable: why }}\n{{bag}}', ['6 check/unused-ignore', '7 check/printed-as-json']],
    ['without a reason', '{{! promptc-ignore check/printed-as-json }}\n{{bag}}', ['6 check/bad-ignore', '7 check/printed-as-json']],
    ['without a code', '{{! promptc-ignore: why }}\n{{bag}}', ['6 check/bad-ignore', '7 check/printed-as-json']],
    ['of an error', '{{! promptc-ignore check/unguarded: why }}\n{{json bag}}', ['6 check/bad-ignore']],
    ['that is only mentioned', '{{! see promptc-ignore }}\n{{json bag}}', []],
  ])('%s', async (_where, body, expected) => {
    const files = template('inputs: { bag: object }\n', body);
    expect(await told(files)).toEqual(
      expected.map((one) => `templates/greeting.md:${Number(one.split(' ')[0]) + 1} ${one.split(' ')[1]!}`),
    );
  });

  it('in a text counts for the frontmatter above, and for no other file', async () => {
    const files = {
      ...template('inputs: { name: string }\n', 'Hello\n\n{{! promptc-ignore check/unused-input: the next release uses it }}'),
      'prompts/templates/other.md': '---\nid: other\nversion: 1.0.0\nrole: user\ninputs: { name: string }\n---\nHello\n',
    };
    expect(await told(files)).toEqual(['templates/other.md:5 check/unused-input']);
  });

  it('in frontmatter is a comment of YAML, for its line and the next', async () => {
    const ignore = '# promptc-ignore check/unused-input: for later';
    expect(await told(template(`inputs:\n  a: string ${ignore}\n  ${ignore}\n  b: string\n  c: string\n`, 'Hello'))).toEqual([
      'templates/greeting.md:9 check/unused-input',
    ]);
    expect(
      await told({
        ...template('', 'x'),
        'prompts/bundles/b.md': `---\nid: b\nversion: 1.0.0\n${ignore}\nslots: { task: greeting }\n---\n`,
      }),
    ).toEqual(['bundles/b.md:4 check/unused-ignore']);
  });

  it('counts in partials', async () => {
    const files = {
      ...template('inputs: { bag: object }\n', '{{> p}}'),
      'prompts/partials/p.md': '{{! promptc-ignore check/printed-as-json: why }}\n{{bag}}',
    };
    expect(await told(files)).toEqual([]);
  });

  it('is not called unused where its warning is off, or where errors keep checks from running', async () => {
    const files = template('inputs: { bag: object }\n', '{{! promptc-ignore link/breaks-constraint: why }}\n{{json bag}}');
    expect(await told({ ...files, 'promptc.config.json': '{ "diagnostics": { "link/breaks-constraint": "off" } }' })).toEqual([]);
    expect(await told({ ...files, 'prompts/partials/p.md': '{{#if task}}' })).toEqual(['partials/p.md:1 parse/unclosed-block error']);
  });
});
