/** Whatever an author types: parsing ends soon, never throws, and shows its errors at places in the text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, render } from './render.js';

const PIECES = [
  ...'{}~#/>!"\'.()|@[]\\^&*= \n\tax0',
  ...['{{', '}}', '{{{', '}}}', '{{{{raw}}}}', '{{{{/raw}}}}', '{{!--', '--}}', '\\{{', '../', 'this', 'else', 'else if ', 'if ', 'each '],
  ...[
    '{{#if a}}',
    '{{/if}}',
    '{{#each a as |x|}}',
    '{{/each}}',
    '{{else}}',
    '{{#with a}}',
    '{{/with}}',
    '(eq a "x")',
    '@index',
    '\ufeff',
    '🎉',
    '\ud800',
  ],
];
const soup = fc.array(fc.constantFrom(...PIECES), { maxLength: 40, size: 'max' }).map((pieces) => pieces.join(''));

describe('random text', () => {
  it('never throws, and every diagnostic has its place in the text', () => {
    let withErrors = 0;
    fc.assert(
      fc.property(soup, (text) => {
        const { diagnostics } = parse(text);
        if (diagnostics.length > 0) withErrors++;
        for (const { span, related = [] } of diagnostics) {
          for (const { start, end } of [span, ...related.map((one) => one.span)]) {
            expect([start >= 0, start <= end, end <= text.length], `${start} to ${end} of ${JSON.stringify(text)}`).toEqual([
              true,
              true,
              true,
            ]);
          }
        }
      }),
      { numRuns: 10_000 },
    );
    expect(withErrors).toBeGreaterThan(1_000);
    expect(withErrors).toBeLessThan(9_990);
  });

  it('renders, or says what is wrong', () => {
    const outcome = (text: string): string => {
      try {
        return `rendered ${render(text, { a: ['b'], x: { a: 1 } })}`;
      } catch (error) {
        return String(error);
      }
    };
    fc.assert(
      fc.property(soup, (text) => {
        // No partial is known here.
        expect(outcome(text.replaceAll('>', ''))).toMatch(/^(?:rendered |Error: (?:(?:parse|check)\/[a-z-]+: |unchecked path ))/);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('deep nesting', () => {
  it.each([
    ['10,000 blocks', '{{#if a}}'.repeat(10_000) + '{{/if}}'.repeat(10_000), ['parse/block-depth']],
    ['10,000 blocks that never close', '{{#if a}}'.repeat(10_000), ['parse/block-depth', 'parse/unclosed-block']],
    ['10,000 parentheses', `{{#if ${'(not '.repeat(10_000)}a${')'.repeat(10_000)}}}{{/if}}`, ['parse/expression-depth']],
    ['200,000 braces', '{'.repeat(200_000), ['parse/unsupported']],
  ])('%s', (_what, template, codes) => {
    expect([...new Set(parse(template).diagnostics.map((one) => one.code))].toSorted()).toEqual(codes);
  });
});

/**
 * A mebibyte each, made so that whoever looks for the end of something would look through all of it: what
 * is quadratic takes minutes here.
 */
describe('a large text is read in time', () => {
  const SIZE = 2 ** 20;
  /** Of the processor's time: the wall clock also counts what else the machine does. */
  const SECONDS = 6;
  const full = (piece: string, size = SIZE): string => piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
  const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `a${i}`);

  it.each([
    ['braces', full('{{')],
    ['triple braces', full('{{{a ')],
    ['tags that never end', full('{{a ')],
    ['quotes', full('{{"')],
    ['quotes of both kinds', full(`{{a '" `)],
    ['escaped quotes', `{{"${full('\\"')}`],
    ['escaped quotes in tags', `${full('{{\\"')}"`],
    ['brackets', `{{${full('[')}`],
    ['brackets in tags', `${full('{{[ ')}]`],
    ['comments', full('{{!')],
    ['dashed comments', full('{{!--')],
    ['dashes', `{{!--${full('-')}`],
    ['raw blocks', full('{{{{raw}}}}')],
    ['raw blocks within each other', full('{{{{raw}}}}') + full('{{{{/raw}}}}', SIZE / 2)],
    ['blocks', full('{{#if a}}')],
    ['blocks, and other closing tags', full('{{#if a}}', SIZE / 2) + full('{{/x}}', SIZE / 2)],
    ['blocks closed by one around them', `{{#with a}}${'{{#each a}}'.repeat(40_000)}{{/with}}${'{{/x}}'.repeat(90_000)}`],
    ['blocks closed out of order', full('{{#if a}}{{#each a}}{{/if}}{{/each}}')],
    ['blocks and raw blocks', full('{{#if a}}', SIZE / 2) + full('{{{{raw}}}}', SIZE / 2)],
    ['closing tags', full('{{/if}}')],
    ['else', `{{#if a}}${full('{{else if a}}')}`],
    ['words', `{{${full('ab ')}}}`],
    ['words in a block', `{{#if ${full('ab ')}}}{{/if}}`],
    ['arguments', `{{and ${full('ab ')}}}`],
    ['parameters', `{{> p ${names(100_000).join('=1 ')}=1}}`],
    ['options', `{{json a ${names(100_000).join('=1 ')}=1}}`],
    ['block parameters', `{{#each a as |${names(150_000).join(' ')}|}}{{/each}}`],
    ['parentheses', `{{#if ${full('(not ')}`],
    ['dots', `{{a${full('.a')}}}`],
    ['steps up', `{{${full('../')}a}}`],
    ['spaces in a block', `{{#if a${full(' ')}b}}{{/if}}`],
    ['spaces before a line end', `${full(' ')}\n{{! c }}\n`],
    ['spaces before a tag', `a\n${full(' ')}{{> p}}\n`],
    ['lines of spaces', `${full('\n ')}{{! c }}${full('\n ')}`],
    ['prints', full('{{a}} ')],
    ['escapes', full('\\{{')],
    ['text', full('text ')],
  ])('%s', (_what, text) => {
    const before = process.cpuUsage();
    parse(text);
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(SECONDS);
  });
});
