import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type TextChange, textChange } from '../../../src/versions/diff/text-change.js';

/** A change in one line: `=same`, `-removed`, `+added`. */
function shown(change: TextChange): string[] {
  return change.map(({ kind, text }) => `${{ same: '=', removed: '-', added: '+' }[kind]}${text}`);
}

function sideOf(change: TextChange, without: 'added' | 'removed'): string {
  return change.map(({ kind, text }) => (kind === without ? '' : text)).join('');
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** Words that no other text has. */
function words(count: number, seed: string, perLine: number): string {
  return Array.from({ length: count }, (_, i) => `${seed}${i}${i % perLine === perLine - 1 ? '\n' : ' '}`).join('');
}

describe('a change of text', () => {
  it.each([
    ['nothing', 'a\nb', 'a\nb', ['=a\nb\n']],
    ['no text at all', '', '', []],
    ['a text that comes', '', 'a', ['+a\n']],
    ['a text that goes', 'a', '', ['-a\n']],
    ['a word', 'Answer in one short sentence.', 'Answer in one long sentence.', ['=Answer in one ', '-short', '+long', '= sentence.\n']],
    ['a line behind the last', 'a', 'a\nb', ['=a\n', '+b\n']],
    ['a line between', 'a\nc', 'a\nb\nc', ['=a\n', '+b\n', '=c\n']],
    ['a line that has little left', 'Be kind to all.', 'Never mention any prices.', ['-Be kind to all.\n', '+Never mention any prices.\n']],
    ['two stretches', 'a b\nx\nc d', 'a e\nx\nc f', ['=a ', '-b', '+e', '=\nx\nc ', '-d', '+f', '=\n']],
    ['white space', 'a  b', 'a b', ['=a', '-  ', '+ ', '=b\n']],
    ['a character beyond the basic plane', 'a 😀 b', 'a 😁 b', ['=a ', '-😀', '+😁', '= b\n']],
  ])('%s', (_name, before, after, expected) => {
    expect(shown(textChange(before, after))).toEqual(expected);
  });

  it('holds both texts, its neighbours of different kinds', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'a b', '\n', ' ', 'the same line\n', 'é😀'), { maxLength: 30 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const change = textChange(before, after);
        expect(sideOf(change, 'added')).toBe(ended(before));
        expect(sideOf(change, 'removed')).toBe(ended(after));
        expect(change.every(({ text: part }, i) => part !== '' && change[i + 1]?.kind !== change[i]!.kind)).toBe(true);
      }),
    );
  });

  it.each([
    ['lines', 12],
    ['one line', Infinity],
  ])('replaces large texts of which all differs as a whole: %s', (_name, perLine) => {
    const [before, after] = [words(100_000, 'old', perLine), words(100_000, 'new', perLine)];
    expect(before.length).toBeGreaterThan(800_000);
    expect(textChange(before, after).map(({ kind }) => kind)).toEqual(['removed', 'added']);
  });

  it('finds a few words in large texts', () => {
    const before = words(100_000, 'word', 12);
    const change = textChange(before, before.replace('word50000 ', 'another '));
    expect(shown(change).filter((part) => !part.startsWith('='))).toEqual(['-word50000', '+another']);
  });

  it('shares its work between stretches', () => {
    // Each of 400 stretches alone would be cheap, all of them would not.
    const lines = (seed: string): string =>
      Array.from({ length: 400 }, (_, i) => `line ${i}\n${'kept '.repeat(100)}${words(100, `${seed}${i}x`, Infinity)}\n`).join('');
    const change = textChange(lines('a'), lines('b'));
    const sizes = change.filter(({ kind }) => kind === 'removed').map(({ text }) => text.length);
    expect(Math.min(...sizes)).toBeLessThan(20);
    expect(Math.max(...sizes)).toBeGreaterThan(500);
  });
});
