import { describe, expect, it } from 'vitest';
import { AnswerText } from '../../src/constraints/answer-text.js';
import { type Demand, prepareDemands } from '../../src/drift/measuring/broken-constraints.js';
import { distinctWords } from '../../src/drift/measuring/distinct-words.js';
import { FEATURES } from '../../src/drift/measuring/features.js';
import { measureAnswers } from '../../src/drift/measuring/histories.js';
import { History } from '../../src/drift/measuring/history.js';
import type { Answer } from '../../src/drift/reading/answer.js';

function measured(text: string, locale = 'en'): { readonly [name: string]: number } {
  const answer = new AnswerText(text, locale);
  return Object.fromEntries(FEATURES.map(({ name, measure }) => [name, measure(answer)]));
}

describe('features', () => {
  it('are counted', () => {
    const text = `## Refunds

We **always** pay back. Is that clear? Yes! \`refund()\` does it 🎉

- First, ask!!
- Then __wait__.
1. Done.

\`\`\`
- no item! ?
# none
\`\`\`
`;
    expect(measured(text)).toMatchObject({
      list_items: 3,
      headings: 1,
      bold: 2,
      code: 5,
      emoji: 1,
      exclamation_marks: 2,
      questions: 1,
    });
  });

  it('of sentences and words', () => {
    expect(measured('One two three. Four five six seven eight.\n\nNine ten.')).toMatchObject({
      words: 10,
      sentences: 3,
      paragraphs: 2,
      longest_sentence: 5,
      sentence_words: 10 / 3,
      word_letters: 3.9,
    });
  });

  it('of assertiveness', () => {
    const tentative = measured('Perhaps it works. Maybe it does not. It might fail.');
    const firm = measured('It always works. It never fails. That is certainly so.');
    expect(tentative['assertiveness']).toBe(0);
    expect(firm['assertiveness']).toBe(1);
    expect(measured('Vielleicht. Kann sein. Wer weiß.', 'de')['assertiveness']).toBeNaN();
  });

  it('of nothing are none, or nothing to measure', () => {
    for (const text of ['', ' \n ', '```\ncode\n```']) {
      const { words, emoji, sentence_words, longest_sentence } = measured(text);
      expect({ emoji, sentence_words, longest_sentence }).toEqual({ emoji: 0, sentence_words: NaN, longest_sentence: NaN });
      expect(words).toBe(text.includes('code') ? 1 : 0);
    }
    expect(measured('…')['word_letters']).toBeNaN();
  });

  it('have names and labels of their own', () => {
    for (const key of ['name', 'label'] as const) expect(new Set(FEATURES.map((one) => one[key])).size).toBe(FEATURES.length);
  });

  it.each([
    ['an endless sentence', 'word '.repeat(400_000)],
    ['emoji', '👩‍👩‍👧‍👦'.repeat(100_000)],
    ['marks', '**`'.repeat(300_000)],
    ['halves of surrogate pairs', '\ud800 \udc00'.repeat(100_000)],
    ['fences', '```\n'.repeat(200_000)],
  ])('of %s take time in proportion', (_name, text) => {
    const time = (part: string): number => {
      const start = performance.now();
      measured(part);
      return performance.now() - start;
    };
    time(text.slice(0, text.length / 8));
    const quarter = time(text.slice(0, text.length / 4));
    // Four times as much, and room for a machine that is busy.
    expect(time(text)).toBeLessThan(4 * 4 * quarter + 500);
  });
});

describe('words', () => {
  it('are told apart without regard to case and apostrophes', () => {
    expect([...distinctWords(new AnswerText("Don't panic: don’t, DON'T 42 ever-so Élan.", 'en'))]).toEqual([
      "don't",
      'panic',
      'ever',
      'so',
      'élan',
    ]);
  });

  it('of Chinese are those that the segmenter finds', () => {
    expect([...distinctWords(new AnswerText('我喜欢苹果。', 'zh'))]).toEqual(['我', '喜欢', '苹果']);
  });

  it('beyond the first 2,000 are not looked at', () => {
    const text = Array.from({ length: 3000 }, (_, i) => `w${String.fromCodePoint(0x4e00 + i)}`).join(' ');
    expect(distinctWords(new AnswerText(text, 'en')).size).toBeLessThanOrEqual(2000);
  });
});

describe('constraints', () => {
  const broken = (demands: readonly Demand[], text: string): string[] =>
    demands.filter(({ breach }) => breach(new AnswerText(text, 'en')) !== undefined).map(({ name }) => name);

  it('are checked in the order of the vocabulary, with the severity that is written', async () => {
    const demands = await prepareDemands(
      {
        constraints: {
          OUTPUT_SCHEMA: true,
          NO_EMOJI: { value: true, severity: 'warn' },
          MAX_WORDS: 3,
          MATCHES: ['^[A-Z]'],
          X_OWN: 1,
          ASSERTIVENESS_LEVEL: 0.4,
        },
        output: { schema: { type: 'object', required: ['answer'] } },
      },
      () => Promise.reject(new Error('nothing limits tokens')),
    );
    expect(demands.map(({ name, severity }) => [name, severity])).toEqual([
      ['NO_EMOJI', 'warn'],
      ['ASSERTIVENESS_LEVEL', 'advise'],
      ['MAX_WORDS', 'error'],
      ['MATCHES', 'error'],
      ['OUTPUT_SCHEMA', 'error'],
    ]);
    expect(broken(demands, '{"answer": 1}')).toEqual(['MATCHES']);
    expect(broken(demands, '{"other": 1}')).toEqual(['MATCHES', 'OUTPUT_SCHEMA']);
    expect(broken(demands, 'One two three four 🎉')).toEqual(['NO_EMOJI', 'MAX_WORDS', 'OUTPUT_SCHEMA']);
  });

  it('count tokens if a bundle limits them', async () => {
    const demands = await prepareDemands({ constraints: { MAX_TOKENS: 2 } }, () => Promise.resolve((text) => text.split(' ').length));
    expect(broken(demands, 'one two')).toEqual([]);
    expect(broken(demands, 'one two three')).toEqual(['MAX_TOKENS']);
  });

  it('that would take for ever to check are broken', async () => {
    const node = { anyOf: [{ items: { $ref: '#/$defs/node' } }, { items: { $ref: '#/$defs/node' }, minItems: 1 }] };
    const schema = { $defs: { node }, $ref: '#/$defs/node', type: 'array', contains: { const: 1 } };
    const demands = await prepareDemands({ constraints: { OUTPUT_SCHEMA: true }, output: { schema } }, () =>
      Promise.reject(new Error('no')),
    );
    expect(broken(demands, '['.repeat(60) + ']'.repeat(60))).toEqual(['OUTPUT_SCHEMA']);
  });
});

// oxlint-disable-next-line typescript/require-await -- what reads files has to wait, and this stands for it
async function* answers(count: number, versions: number): AsyncGenerator<Answer> {
  for (let line = 1; line <= count; line++)
    yield { line, time: line, bundle: 'b', version: `${line % versions}.0.0`, text: `Yes ${line}.` };
}

const NO_DEMANDS = { demandsOf: () => Promise.resolve(undefined), tokenCounter: () => Promise.reject(new Error('no')) };

describe('histories', () => {
  it('are kept in bounds, by samples that are even', async () => {
    const { all, leftOut } = await measureAnswers(answers(20_000, 2), { ...NO_DEMANDS, mostKept: 1000 });
    expect(leftOut).toBe(0);
    const kept = all.reduce((sum, history) => sum + history.answers.length, 0);
    expect(kept).toBeLessThanOrEqual(1000);
    expect(kept).toBeGreaterThan(400);
    for (const history of all) {
      expect(history.seen).toBe(10_000);
      const late = history.answers.filter(({ time }) => time > 10_000).length / history.answers.length;
      expect(Math.abs(late - 0.5)).toBeLessThan(0.12);
    }
  });

  it('are the first ones, if there are very many', async () => {
    const { all, leftOut } = await measureAnswers(answers(100, 10), { ...NO_DEMANDS, mostHistories: 4 });
    expect(all.map(({ version }) => version)).toEqual(['1.0.0', '2.0.0', '3.0.0', '4.0.0']);
    expect(leftOut).toBe(60);
  });

  it('keep no texts', () => {
    const history = new History('b', '1.0.0', []);
    history.add({ line: 1, time: 1, bundle: 'b', version: '1.0.0', text: 'A secret sentence of someone.' });
    expect(JSON.stringify(history.answers)).not.toContain('secret');
  });
});
