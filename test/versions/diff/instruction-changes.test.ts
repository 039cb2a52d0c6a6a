import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileInline } from '../../../src/compile/inline.js';
import type { Operation } from '../../../src/format/operation.js';
import { instructionChanges } from '../../../src/versions/diff/instruction-changes.js';
import { instructionsOf } from '../../../src/versions/diff/instructions.js';
import { plainText } from '../../../src/versions/diff/sentence.js';

/** The operations of a text that uses `plan`, `name?`, `items`. */
function operations(content: string, partials: { [name: string]: string } = {}): readonly Operation[] {
  const inputs = { plan: 'string', 'name?': 'string', items: 'string[]', other: 'string' };
  const { templates } = compileInline({ templates: [{ id: 't', version: '1.0.0', role: 'user', inputs, content }], partials });
  return templates[0]!.artifact.operations;
}

function rules(before: readonly Operation[], after: readonly Operation[]): string[] {
  return instructionChanges(before, after).map(({ rule }) => rule);
}

describe('the sentences of a text', () => {
  it.each([
    ['marks', 'One. Two! Three? Four… Five', ['One.', 'Two!', 'Three?', 'Four…', 'Five']],
    ['quotes behind marks', 'Say "no." Then (stop.) End.', ['Say "no."', 'Then (stop.)', 'End.']],
    ['no space behind a mark', 'Use version 1.2.3 of a.b.', ['Use version 1.2.3 of a.b.']],
    ['lines of one paragraph', 'Be kind and\nbe brief.', ['Be kind and be brief.']],
    ['paragraphs', 'Be kind\n\nBe brief', ['Be kind', 'Be brief']],
    ['lists', 'Rules:\n- one\n* two\n10. three\n  - four\n    goes on', ['Rules:', 'one', 'two', 'three', 'four goes on']],
    ['headings, quotations, tables', '# Title\nText\n> said\n| a | b |', ['Title', 'Text', 'said', 'a | b |']],
    ['East Asian marks', '簡潔に答える。価格は言わない。', ['簡潔に答える。', '価格は言わない。']],
    ['values', 'Hello {{plan}}! {{plan}}', ['Hello {{…}}!']],
    ['blocks', 'A{{#if name}} b {{name}} c.{{else}}D{{/if}}E', ['A', 'b {{…}} c.', 'D', 'E']],
    ['rules and fences', '---\n```\ncode\n```', ['code']],
    ['partials', '{{> p}} B.', ['A.', 'B.']],
    ['bold', '**Never** lie.\n**Be kind.** Stop.', ['**Never** lie.', '**Be kind.**', 'Stop.']],
  ])('%s', (_name, text, expected) => {
    expect(instructionsOf(operations(text, { p: 'A.' })).sentences.map((one) => one.text)).toEqual(expected);
  });

  it('know the blocks that they stand in', () => {
    const text =
      'A.\n{{#if name}}\nB.\n{{#each items}}\nC.\n{{else}}\nD.\n{{/each}}\n{{else if (eq plan "x")}}\nE.\n{{else}}\nF.\n{{/if}}\nG.';
    const blocks = instructionsOf(operations(text)).sentences.map(({ text: sentence, block }) => `${sentence}${block}`);
    expect(new Set(blocks).size).toBe(7);
    expect([blocks[0], blocks.at(-1)]).toEqual(['A.', 'G.']);
    expect(blocks.filter((one) => one.includes('. '))).toEqual([]);
  });

  it('are found in large texts without delay', () => {
    const text = `a${'"'.repeat(500_000)} ${'b. '.repeat(100_000)}`;
    expect(instructionsOf([['text', text]]).sentences.length).toBe(100_000);
  });
});

describe('a change of instructions', () => {
  it.each([
    ['nothing', 'Be kind.', 'Be kind.', []],
    ['a sentence more', 'Be kind.', 'Be kind. Never ask for a password.', ['instructions-added']],
    ['an item more', '- one\n- two', '- one\n- two\n- three', ['instructions-added']],
    ['the same once more', 'Be kind.', 'Be kind. Be kind.', ['instructions-added']],
    ['a sentence less', 'Be kind. Be brief.', 'Be kind.', ['instructions-removed']],
    ['a sentence edited', 'Answer each customer kindly.', 'Answer each customer politely.', ['wording-changed']],
    ['a sentence for another', 'Answer each customer kindly.', 'Never mention our prices.', ['instructions-added', 'instructions-removed']],
    ['half of the words', 'Be kind.', 'Be brief.', ['instructions-added', 'instructions-removed']],
    [
      'one edited, one new',
      'Answer each customer kindly.',
      'Answer each customer politely. Stop then.',
      ['instructions-added', 'wording-changed'],
    ],
    ['the order of sentences', 'Be kind. Be brief.', 'Be brief. Be kind.', ['wording-changed']],
    ['line breaks', 'Be kind and\nbrief.', 'Be kind\nand brief.', ['wording-changed']],
    ['punctuation', '- one\n- two', '* one\n* two', ['wording-changed']],
    ['an East Asian sentence edited', '簡潔に答える。', '簡潔に書く。', ['wording-changed']],
    ['a value', '{{plan}}', '{{other}}', ['logic-changed']],
    ['a condition', '{{#if name}}Be kind.{{/if}}', '{{#unless name}}Be kind.{{/unless}}', ['logic-changed']],
    ['a sentence under a condition', 'Be kind.', '{{#if name}}Be kind.{{/if}}', ['logic-changed']],
    ['a sentence in another block', '{{#if name}}A.{{/if}} B.', '{{#if name}}A. B.{{/if}}', ['logic-changed']],
    ['a sentence in the other branch', '{{#if name}}A. B.{{else}}C.{{/if}}', '{{#if name}}A.{{else}}B. C.{{/if}}', ['logic-changed']],
    ['a comment', 'Be kind.', '{{! Why. }}Be kind.', []],
    ['white-space control', 'Be kind.{{#if name}} A{{/if}}', 'Be kind.   {{~#if name}} A{{/if}}', []],
  ])('%s', (_name, before, after, expected) => {
    expect(rules(operations(before), operations(after)).toSorted()).toEqual(expected);
  });

  it('does not see where texts come from', () => {
    const text = operations('Be kind.\nHello {{plan}}.\n{{#if name}}\nBe brief.\n{{/if}}');
    const split = operations('{{> head}}\n{{#if name}}\n{{> tail}}\n{{/if}}', { head: 'Be kind.\nHello {{plan}}.', tail: 'Be brief.' });
    expect(rules(text, split)).toEqual([]);
  });

  it('sees how a partial is indented', () => {
    expect(rules(operations('{{> p}}\n', { p: 'A.' }), operations('  {{> p}}\n', { p: 'A.' }))).toEqual(['wording-changed']);
  });

  it('tells what is new, gone and edited', () => {
    const before = operations('One stays here. Two goes away. Write three short sentences. Use four plain words.');
    const after = operations('One stays here. Write three long sentences. Use four simple words. Five! Six!');
    expect(instructionChanges(before, after).map(({ message }) => plainText(message))).toEqual([
      '`Five!` and 1 more are new.',
      '`Two goes away.` is gone.',
      '`Write three short sentences.` now reads `Write three long sentences.` (2 sentences differ).',
    ]);
  });

  it('pairs the most alike', () => {
    const change = instructionChanges(operations('a b c d. a b c x.'), operations('a b c d e.')).find(
      ({ rule }) => rule === 'wording-changed',
    );
    expect(change!.sentences).toEqual(['a b c d.', 'a b c d e.']);
  });

  it('calls a large text new if all of it is', () => {
    const text = (seed: string): Operation[] => [['text', Array.from({ length: 3000 }, (_, i) => `The ${seed}${i} is here.`).join('\n- ')]];
    expect(rules(text('a'), text('b'))).toEqual(['instructions-added', 'instructions-removed']);
  });

  it('seen from behind, is the same with added and removed exchanged', () => {
    const text = fc
      .array(
        fc.constantFrom(
          'Be kind.',
          'Be kind to all.',
          'Be brief.',
          'Be very brief.',
          'a b c',
          'a b d',
          'b c d',
          '{{#if name}}Hi.{{/if}}',
          '{{plan}}',
        ),
        { maxLength: 8 },
      )
      .map((parts) => `Begin.\n\n${parts.join('\n\n')}`);
    fc.assert(
      fc.property(text, text, (before, after) => {
        const there = instructionChanges(operations(before), operations(after));
        const back = instructionChanges(operations(after), operations(before));
        const count = (all: typeof there, rule: string) => all.find((one) => one.rule === rule)?.sentences?.length ?? 0;
        expect(count(back, 'instructions-removed')).toBe(count(there, 'instructions-added'));
        expect(count(back, 'wording-changed')).toBe(count(there, 'wording-changed'));
        expect(back.some(({ rule }) => rule === 'logic-changed')).toBe(there.some(({ rule }) => rule === 'logic-changed'));
      }),
    );
  });
});
