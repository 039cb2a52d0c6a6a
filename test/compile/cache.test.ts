/** Builds that use what earlier ones came to, beside builds that do not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCache, saveCache } from '../../src/compile/cache/cache-file.js';
import { KnownTemplate } from '../../src/compile/cache/known-template.js';
import { type Compiled, compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { IncrementalCompiler } from '../../src/compile/recompile.js';
import { nothingPublished, outcome, WholeCounter } from './compiled.js';

/** What each file can hold: what is fine, what is warned of, and what is wrong, by itself or with what others hold. */
const template = (id: string, version: string, inputs: string, body: string, more = ''): string =>
  `---\nid: ${id}\nversion: ${version}\nrole: system\n${more}${inputs === '' ? '' : `inputs: ${inputs}\n`}---\n${body}\n`;
const bundle = (id: string, slots: string, more = ''): string => `---\nid: ${id}\nversion: 1.0.0\nslots: ${slots}\n${more}---\nA bundle.\n`;

const A = [
  template('a', '1.0.0', '{ name: string }', 'Hello {{name}}. {{> p}}'),
  template('a', '1.0.0', '{ name: string }', 'Hello {{name}}. {{> p}}', 'description: Another one\n'),
  template('a', '1.1.0', '{ name: string, never: string }', 'Hello {{name}} 🙂. {{> q extra=name}}'),
  template('a', '1.0.0', '{ name: string, never: string }', '{{! promptc-ignore check/unused-input: later }}Hello {{name}}.'),
  template('a', '1.0.0', '{ name: string }', '{{! promptc-ignore check/unused-input: idle }}Hello {{name}}. {{> p}}'),
  template('a', '1.0.0', '{ name: string }', `{{name}} ${'Fixed text, and much of it. '.repeat(90)}`),
  template('a', '1.0.0', '{ name: string }', 'Hello {{nobody}}.'),
  template('a', '1.0.0', '{ name: string }', 'Hello {{#if name}}'),
  template('b', '1.0.0', '{ name: string }', 'The same as b'),
  template('a', '1.0.0', '{ name: { type: object } }', 'Hello {{name}}\u200b. {{> gone}}'),
];
const B = [
  template('b', '1.0.0', '', 'Be brief. {{> p}}'),
  template('b', '1.0.0', '{ plan?: string }', '{{#if plan}}{{plan}}{{/if}} {{> q extra=1}}', 'constraints: { NO_EMOJI: true }\n'),
  template('b', '1.0.1', '{ plan: string }', '{{> q extra=plan}} {{plan}}', 'constraints: { ASSERTIVENESS_LEVEL: 0.4 }\n'),
  template('b', '1.0.0', '{ list: { type: array, items: { type: string } } }', '{{> q extra=list}}'),
];
const P = [
  'A partial 🙂.',
  'A partial {{task}}.',
  'A partial. {{> q extra=2}}',
  'A partial {{',
  'Not \u200b seen',
  '{{#each extra}}{{this}}{{/each}}',
];
const Q = ['With {{extra}}.', 'Without.', 'With {{#if (gt extra 1)}}more{{/if}}.', '{{> p}}', '{{unknown}}'];
const X = [
  bundle('x', '{ system: a }'),
  bundle('x', '{ system: a@^1.0.0, task: b }', 'constraints: { NO_EMOJI: true }\n'),
  bundle('x', '{ system: a, task: b }', 'examples:\n  - name: one\n    input: { task: t, inputs: { name: Ada, plan: pro } }\n'),
  bundle('x', '{ system: a }', 'examples:\n  - name: one\n    input: { inputs: { name: Ada } }\nmax_tokens: 2\n'),
  bundle('x', '{ system: a@9 }'),
  bundle('x', '{ system: c }', 'constraints: { ASSERTIVENESS_LEVEL: 0.9 }\n'),
];
const Y = [
  bundle('y', '{ system: b }'),
  bundle('y', '{ personality: a, task: b@1.0 }', 'tags: [m]\nconstraints: { ASSERTIVENESS_LEVEL: 0.9, FORBIDDEN_TOKENS: [partial] }\n'),
  bundle('y', '{ system: b, activity: a }', 'constraints: { FORBIDDEN_TOKENS: [hello] }\nmin_static_prefix: 100\n'),
  bundle('x', '{ system: b }'),
];
const CONFIG = ['{}', '{ "max_tokens": 3 }', '{ "diagnostics": { "check/unused-input": "error" } }', '{ "limits": { "blockDepth": 3 } }'];

const POOLS: { readonly [path: string]: readonly string[] } = {
  'prompts/templates/a.md': A,
  'prompts/templates/b.md': B,
  'prompts/templates/sub/c.md': [...A, ...B].map((text) => text.replace(/id: \w/, 'id: c')),
  'prompts/templates/again.md': A,
  'prompts/partials/p.md': P,
  'prompts/partials/q.md': Q,
  'prompts/bundles/x.md': X,
  'prompts/bundles/y.md': Y,
  'promptc.config.json': CONFIG,
};
const START = {
  'prompts/templates/a.md': A[0]!,
  'prompts/templates/b.md': B[0]!,
  'prompts/partials/p.md': P[0]!,
  'prompts/partials/q.md': Q[0]!,
  'prompts/bundles/x.md': X[0]!,
  'prompts/bundles/y.md': Y[0]!,
};

/** A file gets another text, or goes. The first texts of each pool, which are fine, come more often than the rest. */
const edits = fc.constantFrom(...Object.keys(POOLS)).chain((path) =>
  fc.record({
    path: fc.constant(path),
    text: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...POOLS[path]!.slice(0, 3)) },
      { weight: 3, arbitrary: fc.constantFrom(...POOLS[path]!) },
      { weight: 1, arbitrary: fc.constant(undefined) },
    ),
    /** Whether the build after it is another process's. */
    isFresh: fc.boolean(),
  }),
);

/** More of them by hand: `CACHE_RUNS=2000 npx vitest run test/compile/cache.test.ts`. */
const RUNS = Number(process.env['CACHE_RUNS'] ?? 60);

describe('a build with a cache', () => {
  it('has the bytes and the diagnostics of one without, whatever was edited', async () => {
    let used = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(edits, { minLength: 1, maxLength: 12 }), async (list) => {
        const files: { [path: string]: string } = { ...START };
        const kept = new MemoryDisk({});
        let cache = await openCache(kept);
        for (const { path, text, isFresh } of [{ path: 'promptc.config.json', text: '{}', isFresh: false }, ...list]) {
          if (text === undefined) delete files[path];
          else files[path] = text;
          if (isFresh) cache = await openCache(kept);
          const cached = await compile(new MemoryDisk(files), { cache: async () => cache });
          expect(outcome(cached), JSON.stringify(files)).toEqual(outcome(await compile(new MemoryDisk(files))));
          used += cached.build?.templates.filter(({ prompt }) => prompt instanceof KnownTemplate).length ?? 0;
          await saveCache(cache, kept);
        }
      }),
      { numRuns: RUNS },
    );
    expect(used).toBeGreaterThan(RUNS);
  }, 600_000);

  it('in one process, is told what changed, and has them too', async () => {
    let fromEdits = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(edits, { minLength: 1, maxLength: 12 }), async (list) => {
        const disk = new MemoryDisk(START);
        const publishing = nothingPublished();
        const wholes = new WholeCounter(publishing);
        const compiler = new IncrementalCompiler({ disk, publishing: async () => publishing });
        await compiler.compile(undefined);
        for (const { path, text } of list) {
          if (text === undefined) await disk.remove(path);
          else await disk.write(path, new TextEncoder().encode(text));
          const again = await compiler.compile(new Set([path]));
          expect(outcome(again)).toEqual(outcome(await compile(disk)));
        }
        fromEdits += list.length + 1 - wholes.count;
      }),
      { numRuns: RUNS },
    );
    expect(fromEdits).toBeGreaterThan(RUNS / 4);
  }, 600_000);

  it('compiles what was edited alone, also when an edit mends what the one before broke', async () => {
    const disk = new MemoryDisk(START);
    const publishing = nothingPublished();
    const wholes = new WholeCounter(publishing);
    const compiler = new IncrementalCompiler({ disk, publishing: async () => publishing });
    const edit = async (path: string, text: string): Promise<Compiled> => {
      await disk.write(path, new TextEncoder().encode(text));
      return compiler.compile(new Set([path]));
    };
    const { build } = await compiler.compile(undefined);
    expect((await edit('prompts/templates/a.md', A[7]!)).build).toBeUndefined();
    expect((await edit('prompts/bundles/x.md', X[4]!)).build).toBeUndefined();
    expect((await edit('prompts/templates/a.md', A[1]!)).build).toBeUndefined();
    const before = wholes.count;
    const mended = await edit('prompts/bundles/x.md', X[0]!);
    expect(wholes.count).toBe(before);
    expect(outcome(mended)).toEqual(outcome(await compile(disk)));
    expect(mended.build!.bundles.find(({ prompt }) => prompt.id === 'y')).toBe(build!.bundles.find(({ prompt }) => prompt.id === 'y'));
  });
});
