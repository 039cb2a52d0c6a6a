/** What is said of histories of known make; `npm run drift:calibrate` has the figures of many more. */
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/drift/comparing/judge.js';
import { testHistories } from '../../src/drift/comparing/test-histories.js';
import { History } from '../../src/drift/measuring/history.js';
import type { GroupReport } from '../../src/drift/report.js';
import { judged, judgedOne, tested } from './compared.js';
import { generate, type GeneratedOptions, START } from './persona.js';
import { MOVED, STATIONARY } from './scenarios.js';

const LONG = 10 * 60 * 1000;
const DAY = 24 * 60 * 60 * 1000;

function movedNames({ features, violations, words }: GroupReport): string[] {
  return [
    ...features.filter(({ moved }) => moved).map(({ feature }) => feature),
    ...violations.filter(({ moved }) => moved).map(({ constraint }) => constraint),
    ...words.map(({ word }) => word),
  ];
}

describe('of histories in which nothing moves', () => {
  it.each(STATIONARY)(
    'hardly any is said to: $effect',
    async ({ options }) => {
      let alarms = 0;
      for (let seed = 1; seed <= 50; seed++) if ((await judgedOne({ ...options, seed })).report.verdict === 'moved') alarms++;
      // One in 200 is to be expected; three of fifty come by chance once in 500 times.
      expect(alarms).toBeLessThan(3);
    },
    LONG,
  );

  it(
    'together in one report, none is',
    async () => {
      const bundles = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`b${i}`, generate({ days: 28, perDay: 8, seed: 900 + i })]));
      const all = await judged(bundles);
      expect(all.length).toBe(12);
      expect(all.map(({ report }) => report.verdict)).toEqual(all.map(() => 'steady'));
    },
    LONG,
  );
});

describe('of histories in which something moves', () => {
  // What is found at least, of ten: less than the power in docs/drift.md, more than chance.
  it.each([
    ['sentences-0.8', 'sentence_words', 8],
    ['sentences-0.5-more', 'sentence_words', 7],
    ['hedges', 'assertiveness', 6],
    ['emoji-20', 'NO_EMOJI', 6],
    ['lists-45', 'list_items', 7],
    ['phrase', 'great', 6],
  ])(
    '%s is found as %s',
    async (name, what, least) => {
      const { options } = MOVED.find((scenario) => scenario.name === name)!;
      let found = 0;
      for (let seed = 1; seed <= 10; seed++) if (movedNames((await judgedOne({ ...options, seed })).report).includes(what)) found++;
      expect(found).toBeGreaterThanOrEqual(least);
    },
    LONG,
  );
});

const BOLD_MOVE: GeneratedOptions = { days: 42, perDay: 20, seed: 7, drift: { day: 20, manner: { lists: 0.7, emoji: 0.3 } } };

describe('a report', () => {
  it('has the time of a change, and what moved then', async () => {
    const { report } = await judgedOne(BOLD_MOVE);
    const [change, ...more] = report.change_points;
    expect(more).toEqual([]);
    expect(Math.abs(Date.parse(change!.time) - (START + 20 * DAY))).toBeLessThanOrEqual(DAY);
    expect(change!.moves.map(({ name }) => name)).toEqual(expect.arrayContaining(['list_items', 'emoji', 'NO_EMOJI']));
    const violations = change!.moves.find(({ name }) => name === 'NO_EMOJI')!;
    expect(violations).toMatchObject({ kind: 'constraint', size: 'large' });
    expect(violations.before).toBeLessThan(0.06);
    expect(violations.after).toBeGreaterThan(0.2);
  });

  it('has two changes where there are two, in their order', async () => {
    const one = [...generate({ ...BOLD_MOVE, drift: { day: 14, manner: { lists: 0.8 } } })].filter(({ time }) => time < START + 28 * DAY);
    const other = [...generate({ days: 42, perDay: 20, seed: 8 })].filter(({ time }) => time >= START + 28 * DAY);
    const { report } = (await judged({ agent: [...one, ...other] }))[0]!;
    const days = report.change_points.map(({ time }) => Math.floor((Date.parse(time) - START) / DAY));
    expect(days).toEqual([14, 28]);
    // It went back to what it was, so that only the changes tell.
    expect(movedNames(report)).not.toContain('list_items');
    expect(report.verdict).toBe('moved');
  });

  it('has rates with their intervals, shares that add up, and means by day', async () => {
    const { report } = await judgedOne(BOLD_MOVE);
    const { baseline, current } = report.violations.find(({ constraint }) => constraint === 'NO_EMOJI')!;
    for (const rate of [baseline, current]) {
      expect(rate.rate).toBeCloseTo(rate.count / rate.answers, 4);
      expect(rate.low).toBeLessThanOrEqual(rate.rate);
      expect(rate.high).toBeGreaterThanOrEqual(rate.rate);
    }
    expect([baseline.answers, current.answers]).toEqual([report.baseline.answers, report.current.answers]);
    for (const { bins, feature } of report.features) {
      expect(bins.length, feature).toBeGreaterThan(1);
      for (const window of ['baseline', 'current'] as const) {
        expect(bins.reduce((sum, bin) => sum + bin[window], 0)).toBeCloseTo(1, 2);
      }
    }
    const series = report.series.find(({ name }) => name === 'words')!;
    expect(series.points.length).toBe(42);
    expect(series.points.reduce((sum, { answers }) => sum + answers, 0)).toBe(report.answers);
  });

  it('is the same for the same answers, in whatever order they come', async () => {
    const answers = [...generate({ ...BOLD_MOVE, days: 24, drift: { day: 18, manner: { lists: 0.7 } } })];
    const [first] = await judged({ agent: answers });
    const [second] = await judged({ agent: answers });
    expect(second!.report).toEqual(first!.report);
  });

  it('says nothing of too few answers', async () => {
    const { report } = await judgedOne({ days: 28, perDay: 3, seed: 1 });
    expect(report).toMatchObject({ verdict: 'too_few', features: [], change_points: [] });
    expect(report.current.answers).toBeLessThan(30);
    const nothing = judge(testHistories([new History('b', '1', [])]));
    expect(nothing[0]!.report).toMatchObject({ verdict: 'too_few', answers: 0 });
    expect(judge([])).toEqual([]);
  });

  it('has no drift that is sure and too small to matter', async () => {
    const { report } = await judgedOne({ days: 28, perDay: 150, seed: 1, drift: { day: 14, manner: { questions: 0.28 } } });
    const questions = report.features.find(({ feature }) => feature === 'questions')!;
    expect(questions).toMatchObject({ size: 'none', moved: false });
    expect(questions.p).toBeLessThan(0.01);
  });

  it('compares windows of few days by slices', async () => {
    const { report } = await judgedOne({ days: 4, perDay: 80, seed: 3, drift: { day: 3, manner: { lists: 0.7 } } });
    expect(report.unit).toBe('slice');
    expect(movedNames(report)).toContain('list_items');
  });

  it('looks at the windows that are asked for', async () => {
    const answers = [...generate(BOLD_MOVE)];
    const early = await judged({ agent: answers }, { baselineUntil: START + 8 * DAY, since: START + 8 * DAY });
    expect(early[0]!.report.baseline).toMatchObject({ until: new Date(START + 8 * DAY).toISOString() });
    const { windows } = (await tested({ agent: answers }, { window: 3 * DAY }))[0]!;
    expect(windows.current.until - windows.current.from).toBe(3 * DAY);
  });
});
