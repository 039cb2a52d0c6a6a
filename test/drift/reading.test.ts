import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer, AnswerLine, Problem } from '../../src/drift/reading/answer.js';
import { promptHashOf, readAnswers } from '../../src/drift/reading/read-answers.js';
import { RenderLog } from '../../src/drift/reading/render-log.js';
import { dayOf, parseTime } from '../../src/drift/reading/time.js';

const WHOLE = { time: '2026-03-05T09:26:53Z', bundle: 'agent', version: '1.0.0', prompt_hash: 'sha256:a', text: 'Yes.' };

async function read(texts: readonly string[], renders?: RenderLog): Promise<{ answers: Answer[]; problems: Problem[] }> {
  const problems: Problem[] = [];
  const answers: Answer[] = [];
  for await (const answer of readAnswers(lines(texts), { renders, report: (problem) => void problems.push(problem) })) answers.push(answer);
  return { answers, problems };
}

// oxlint-disable-next-line typescript/require-await -- what reads files has to wait, and this stands for it
async function* lines(texts: readonly string[]): AsyncGenerator<AnswerLine> {
  for (const [i, text] of texts.entries()) yield { number: i + 1, text };
}

describe('a line', () => {
  it('is an answer, whatever else it holds', async () => {
    const { answers, problems } = await read([JSON.stringify({ ...WHOLE, model: 'x', usage: { tokens: 3 } })]);
    expect(problems).toEqual([]);
    expect(answers).toEqual([{ line: 1, time: Date.UTC(2026, 2, 5, 9, 26, 53), bundle: 'agent', version: '1.0.0', text: 'Yes.' }]);
  });

  it.each([
    ['{"time": "2026-03-05T09:', 'ends at column 25, before its JSON does: it was cut off'],
    ['{"time": "2026-03-05T09:26:53Z", "text": "It is \\', 'it was cut off'],
    ['{"time": "2026-03-05T09:26:53Z",', 'it was cut off'],
    ['time,bundle', 'is not JSON: column 1: expected a value'],
    ['[1]', 'is no answer, which looks like {"time"'],
    ['null', 'is no answer'],
    [JSON.stringify({ ...WHOLE, time: undefined }), 'has no "time", which is a day or a time with its zone'],
    [JSON.stringify({ ...WHOLE, time: '2026-02-30' }), 'has a "time" that is not a day or a time'],
    [JSON.stringify({ ...WHOLE, time: 1_772_702_813 }), 'has a "time" that is not'],
    [JSON.stringify({ ...WHOLE, bundle: '' }), 'has no "bundle"'],
    [JSON.stringify({ ...WHOLE, bundle: 'x'.repeat(257) }), 'has no "bundle"'],
    [JSON.stringify({ ...WHOLE, version: 1 }), 'has no "version": the version of the bundle, as a string'],
    [JSON.stringify({ ...WHOLE, text: null }), 'has no "text"'],
    ['{"__proto__": {"text": "x"}}', 'has no "time"'],
  ])('%s is named, and the rest is read', async (line, message) => {
    const { answers, problems } = await read([JSON.stringify(WHOLE), line, JSON.stringify(WHOLE)]);
    expect(answers.map((answer) => answer.line)).toEqual([1, 3]);
    expect(problems).toEqual([{ line: 2, message: expect.stringContaining(message) as string }]);
  });

  it('of any kind is an answer or a problem, and never more or less than one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.nat(200).map((end) => JSON.stringify(WHOLE).slice(0, end)),
        ),
        async (text) => {
          const { answers, problems } = await read([text]);
          expect(answers.length + problems.length).toBe(1);
        },
      ),
    );
  });

  it('that is deeply nested is named', async () => {
    const { problems } = await read(['['.repeat(200_000)]);
    expect(problems[0]!.message).toContain('cut off');
  });
});

describe('a time', () => {
  it.each([
    ['2026-03-05', Date.UTC(2026, 2, 5)],
    ['2026-03-05T09:26Z', Date.UTC(2026, 2, 5, 9, 26)],
    ['2026-03-05T09:26:53.589Z', Date.UTC(2026, 2, 5, 9, 26, 53, 589)],
    ['2026-03-05T01:00:00+02:00', Date.UTC(2026, 2, 4, 23)],
    ['2026-03-05T09:26:53', undefined],
    ['2026-02-29', undefined],
    ['2026-13-01', undefined],
    ['2026-03-05T25:00Z', undefined],
    ['5 March 2026', undefined],
    ['', undefined],
  ])('%j is %d', (text, time) => {
    expect(parseTime(text)).toBe(time);
  });

  it('belongs to a day, which is one more than the day before', () => {
    expect(dayOf(Date.UTC(2026, 2, 6)) - dayOf(Date.UTC(2026, 2, 6) - 1)).toBe(1);
  });
});

describe('answers and renders', () => {
  const line = (hash: string, time?: string): string => JSON.stringify({ prompt_hash: hash, text: 'Yes.', ...(time && { time }) });
  const minute = (n: number): number => Date.UTC(2026, 2, 5, 9, n);
  const log = (): RenderLog => {
    const renders = new RenderLog(['a', 'b']);
    renders.add('a', { time: minute(1), bundle: 'one', version: '1.0.0' });
    renders.add('a', { time: minute(5), bundle: 'one', version: '1.1.0' });
    renders.add('b', { time: minute(2), bundle: 'two', version: '1.0.0' });
    renders.add('unasked', { time: minute(2), bundle: 'three', version: '1.0.0' });
    return renders;
  };

  it('are joined in order where answers have no time', async () => {
    const { answers, problems } = await read([line('a'), line('b'), line('a'), line('a'), line('unasked')], log());
    expect(answers.map(({ bundle, version, time }) => [bundle, version, time])).toEqual([
      ['one', '1.0.0', minute(1)],
      ['two', '1.0.0', minute(2)],
      ['one', '1.1.0', minute(5)],
      ['one', '1.1.0', minute(5)],
    ]);
    expect(problems).toEqual([{ line: 5, message: 'has a "prompt_hash" that the audit log does not hold' }]);
  });

  it('are joined by time where they have one', async () => {
    const times = ['2026-03-05T09:00:00Z', '2026-03-05T09:04:59Z', '2026-03-05T09:05:00Z', '2026-03-05T11:00:00Z'];
    const { answers } = await read(
      times.map((time) => line('a', time)),
      log(),
    );
    expect(answers.map(({ version }) => version)).toEqual(['1.0.0', '1.0.0', '1.1.0', '1.1.0']);
    expect(answers[3]!.time).toBe(Date.UTC(2026, 2, 5, 11));
  });

  it('are joined alike each time they are read', async () => {
    const renders = log();
    const first = await read([line('a'), line('a')], renders);
    expect(await read([line('a'), line('a')], renders)).toEqual(first);
  });

  it.each([
    ['{"text": "x"}', 'has no "prompt_hash"'],
    ['{"prompt_hash": "a"}', 'has no "text"'],
    ['{"prompt_hash": "a", "text": "x", "time": "now"}', 'has a "time" that is not'],
    ['7', 'is no answer, which looks like {"prompt_hash"'],
  ])('need both: %s', async (text, message) => {
    expect((await read([text], log())).problems[0]!.message).toContain(message);
  });

  it('are looked up by the hashes of lines', () => {
    expect(promptHashOf({ number: 1, text: line('a') })).toBe('a');
    expect(promptHashOf({ number: 1, text: '{' })).toBeUndefined();
    expect(promptHashOf({ number: 1, text: '{"prompt_hash": 7}' })).toBeUndefined();
    expect(promptHashOf({ number: 1, problem: 'is not UTF-8' })).toBeUndefined();
  });
});
