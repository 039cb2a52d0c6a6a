/**
 * What must hold whatever the input: the tests look at some hundred cases of each, `npm run fuzz` at as many as
 * its time allows.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Diagnostic } from '../../src/base/diagnostic.js';
import { diagnosticsJson } from '../../src/cli/diagnostics/json.js';
import { diagnosticsText } from '../../src/cli/diagnostics/text.js';
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { BundleRenderer } from '../../src/generator/bundle-renderer.js';
import { BuildStore } from '../../src/sources/inline.js';
import { StoreSource } from '../../src/sources/store.js';
import type { Files } from '../support/project.js';
import { change, changed } from './mutated-project.js';
import { drawParted, drawParts, drawTemplate, PARTIALS, schemaOf } from './typed-prompt.js';

/** No input may keep the compiler longer than this, on a machine that does other work as well. */
const MOST_SECONDS = 20;

/** How many cases were of which sort, so that a test can see that it saw something. */
export type Seen = Map<string, number>;

export const PROPERTIES = { bytes, mutations, nesting, types };

/** Bytes that are no prompts at all. */
function bytes(seen: Seen) {
  const name = fc.constantFrom(
    'templates/a.md',
    'bundles/b.md',
    'partials/p.md',
    'partials/p.txt',
    '../promptc.config.json',
    'promptc.lock',
  );
  const head = fc.constantFrom('', '---\n', '---\nid: a\nversion: 1.0.0\nrole: user\n---\n', '{', '{{#if');
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.string({ unit: 'binary', maxLength: 200 }).map((text) => new TextEncoder().encode(text)),
  );
  const file = fc.tuple(name, head, content);
  return fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 4 }), async (list) => {
    const files = Object.fromEntries(
      list.map(([path, start, rest]) => [
        path.startsWith('../') ? path.slice(3) : `prompts/${path}`,
        Buffer.concat([Buffer.from(start), rest]),
      ]),
    );
    await compileAnything(files, seen);
  });
}

/** A project that was fine, changed at a few places. */
function mutations(seen: Seen) {
  return fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
    const { templates, bundles } = await compileAnything(changed(changes), seen);
    // Nothing is dropped in silence.
    assert.equal(templates ?? 1, 1);
    assert.equal(bundles ?? 1, 1);
  });
}

/** What can stand within itself: how it opens, what is innermost, how it closes. */
const NESTED: readonly (readonly [open: string, inside: string, close: string])[] = [
  ['{{#if task}}', 'x', '{{/if}}'],
  ['{{#each semantic_traits}}', '{{this}}', '{{/each}}'],
  ['{{#with task}}', '', '{{/with}}'],
  ['{{#if task}}{{else}}', 'x', '{{/if}}'],
  ['{{#if ', 'task', '}}'],
  ['{{', 'task', '}}'],
  ['{{{{raw}}}}', 'x', '{{{{/raw}}}}'],
  ['(not ', 'task', ')'],
  ['[', '', ']'],
  ['{ a: ', '1', ' }'],
  ['../', 'task', ''],
  ['.a', '', ''],
  ['{{!-- ', '', ' --}}'],
  ['{{> p}}', '', ''],
  ['- ', 'x', '\n'],
  [' ', 'a: 1', '\n'],
  ['{"a":', '1', '}'],
];

/** One thing within itself, again and again. */
function nesting(seen: Seen) {
  const wrapping = fc.constantFrom(...NESTED);
  const place = fc.constantFrom('body', 'tag', 'partial', 'inputs', 'config', 'settings');
  return fc.asyncProperty(
    wrapping,
    place,
    fc.integer({ min: 1, max: 20_000 }),
    fc.boolean(),
    async ([open, inside, close], where, depth, closes) => {
      const nested = open.repeat(depth) + inside + (closes ? close.repeat(depth) : '');
      const head = (inputs: string): string => `---\nid: a\nversion: 1.0.0\nrole: user\n${inputs}---\n`;
      const body = where === 'body' ? nested : where === 'tag' ? `{{#if ${nested}}}x{{/if}}` : '{{> p}}';
      await compileAnything(
        {
          'prompts/templates/a.md': `${head(where === 'inputs' ? `inputs: { x: ${nested} }\n` : '')}${body}\n`,
          'prompts/partials/p.md': where === 'partial' ? nested : 'P',
          'prompts/bundles/b.md': `---\nid: b\nversion: 1.0.0\nslots: { task: a }\n${where === 'config' ? `config: ${nested}\n` : ''}---\n`,
          ...(where === 'settings' && { 'promptc.config.json': nested }),
        },
        seen,
      );
    },
  );
}

/** What is accepted renders for every input that its schemas accept, without holes and without an object's name. */
function types(seen: Seen) {
  return fc.asyncProperty(fc.gen(), async (draw) => {
    const inputs = drawParts(draw, 2);
    const body = drawTemplate(draw, inputs);
    const declared = inputs.map((part) => `  ${part.name}${part.isOptional ? '?' : ''}: ${JSON.stringify(schemaOf(part))}\n`);
    const files = {
      'prompts/templates/a.md': `---\nid: a\nversion: 1.0.0\nrole: user\ninputs:\n${declared.join('')}---\n${body}\n`,
      'prompts/bundles/b.md': '---\nid: b\nversion: 1.0.0\nslots: { task: a }\n---\n',
      ...Object.fromEntries(Object.entries(PARTIALS).map(([name, text]) => [`prompts/partials/${name}.md`, text])),
    };
    const { build, diagnostics } = await compile(new MemoryDisk(files));
    check(diagnostics, build !== undefined);
    count(seen, build === undefined ? 'refused' : 'accepted');
    if (build === undefined) return;
    const source = new StoreSource(new BuildStore(build));
    const renderer = new BundleRenderer({ bundles: source, templates: source });
    for (let i = 0; i < 4; i++) {
      const values = drawParted(draw, inputs);
      const { rendered_prompt: text } = await renderer.render('b', undefined, { inputs: values });
      assert.doesNotMatch(text, /\u27e6\u27e7/, `a hole in ${declared.join('')}${body} with ${JSON.stringify(values)}`);
      assert.doesNotMatch(text, /\[object|undefined/, `${body} with ${JSON.stringify(values)}`);
      count(seen, 'rendered');
    }
  });
}

/** Compiles; whatever comes of it, it must end soon, and say what is wrong if something is. */
async function compileAnything(files: Files, seen: Seen): Promise<{ templates: number | undefined; bundles: number | undefined }> {
  const start = performance.now();
  const { diagnostics, build } = await compile(new MemoryDisk(files));
  assert.ok(performance.now() - start < MOST_SECONDS * 1000, 'it takes too long');
  check(diagnostics, build !== undefined);
  count(seen, build === undefined ? 'refused' : 'accepted');
  return { templates: build?.templates.length, bundles: build?.bundles.length };
}

/** What every diagnostic owes its reader. */
function check(diagnostics: readonly Diagnostic[], isBuilt: boolean): void {
  assert.equal(isBuilt, !diagnostics.some(({ severity }) => severity === 'error'));
  for (const { message, hint = '', span } of diagnostics) {
    assert.match(message, /\.$/s);
    assert.notEqual(hint, '');
    assert.doesNotMatch(message + hint, /undefined|\[object|NaN\b/);
    assert.ok(span.start >= 0 && span.end > span.start && span.end <= Math.max(1, span.source.text.length), 'a place within its file');
  }
  assert.doesNotMatch(diagnosticsText(diagnostics, false).replaceAll('\n', ''), /[\p{Cc}\u2028\u2029\u200b\ufeff]/u);
  assert.equal((JSON.parse(diagnosticsJson(diagnostics)) as { diagnostics: unknown[] }).diagnostics.length, diagnostics.length);
}

function count(seen: Seen, sort: string): void {
  seen.set(sort, (seen.get(sort) ?? 0) + 1);
}
