/** A project that was fine, changed at random: whatever comes of it, the compiler says so and keeps its promises. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { diagnosticsJson } from '../../src/cli/diagnostics/json.js';
import { diagnosticsText } from '../../src/cli/diagnostics/text.js';
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import type { Files } from '../support/project.js';

const PROJECT: { readonly [path: string]: string } = {
  'prompts/templates/a.md': `---
id: a/b
version: 1.2.0
role: system
description: "How: agents"
inputs:
  name: string
  open?: string[]
  plan: { enum: [free, pro], default: free }
  user: { type: object, properties: { id: { type: string }, tags: { type: array, items: { $ref: "#/$defs/t" } } }, required: [id, tags], $defs: { t: { type: string } } }
  stress: { maximum: 0.5 }
constraints:
  FORBIDDEN_TOKENS: ["!", 'x y']
  MAX_SENTENCE_LENGTH: 25
  X_A: |
    text
---
Hello {{name}} \\{{x}} {{{plan}}}
{{#if (eq plan "pro")}}
  {{~name~}}
{{else if (and open (not name))}}
{{else}}x{{/if}}
{{#each open as |o i|}}- {{o}} {{@index}} {{../name}}{{else}}none{{/each}}
{{#with user}}{{id}} {{join tags ", "}}{{/with}}
{{! c }}{{!-- d --}}{{{{raw}}}}{{x}}{{{{/raw}}}}
  {{> p title="T" items=open}}
{{constraints}} 👩‍🚀 é
`,
  'prompts/bundles/b.md': `---
id: b
version: 1.0.0
slots:
  system: a/b@^1.0.0
tags: [gpt-4o]
config: { temperature: 0.2 }
examples:
  - name: e
    input: { task: "x", inputs: { name: Ada, user: { id: "5", tags: [] } } }
---
Notes.
`,
  'prompts/partials/p.md': '{{title}}: {{#each items}}{{this}}{{/each}}\n{{default task "x"}}\n',
  'promptc.config.json': '{ "limits": { "blockDepth": 20 } }\n',
};

const PIECES = [
  ...[
    '{{',
    '}}',
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    '"',
    "'",
    '\n',
    '\t',
    ' ',
    ':',
    ': ',
    '- ',
    '? ',
    '---',
    '...',
    '#',
    '/',
    '|',
    '>',
    '&',
    '*',
    '!',
  ],
  ...[
    '%',
    '@',
    '`',
    '~',
    '\\',
    ',',
    '=',
    '..',
    '../',
    '<<',
    '{{#if ',
    '{{/if}}',
    '{{else}}',
    '{{#each ',
    '{{/',
    '{{>',
    '{{!--',
    '{{{{raw}}}}',
  ],
  ...['\u200b', '\u2028', '\u00a0', '\ufeff', '😀', '\r', '\0', 'null', '5', '1e400', '__proto__', 'constructor', '$ref', 'task', 'nme'],
];

interface Change {
  readonly file: string;
  /** Where, from 0 to 1. */
  readonly at: number;
  readonly deleted: number;
  readonly inserted: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  file: fc.constantFrom(...Object.keys(PROJECT), 'prompts/templates/a.md', 'prompts/templates/a.md'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  deleted: fc.oneof(fc.nat(2), fc.nat(30)),
  inserted: fc.oneof(fc.constant(''), fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 4 })),
});

function changed(changes: readonly Change[]): Files {
  const files = { ...PROJECT };
  for (const { file, at, deleted, inserted } of changes) {
    const text = files[file]!;
    const from = Math.floor(at * text.length);
    files[file] = text.slice(0, from) + inserted + text.slice(from + deleted);
  }
  return files;
}

it('the project is fine', async () => {
  const { diagnostics } = await compile(new MemoryDisk(PROJECT));
  expect(diagnosticsText(diagnostics, false)).toBe('');
});

it('is told of, with a place and a hint, or compiles whole', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      const { diagnostics, build } = await compile(new MemoryDisk(changed(changes)));
      // Nothing is dropped in silence.
      expect(build === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
      expect(build?.templates.length ?? 1).toBe(1);
      expect(build?.bundles.length ?? 1).toBe(1);
      for (const { message, hint, span } of diagnostics) {
        expect(message).toMatch(/\.$/s);
        expect(hint ?? '').not.toBe('');
        expect(message + hint!).not.toMatch(/undefined|\[object|NaN\b/);
        expect(span.start).toBeGreaterThanOrEqual(0);
        expect(span.end).toBeGreaterThan(span.start);
        expect(span.end).toBeLessThanOrEqual(Math.max(1, span.source.text.length));
      }
      expect(diagnosticsText(diagnostics, false).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028\u2029\u200b\ufeff]/u);
      expect((JSON.parse(diagnosticsJson(diagnostics)) as { diagnostics: unknown[] }).diagnostics).toHaveLength(diagnostics.length);
    }),
    { numRuns: 500 },
  );
}, 60_000);
