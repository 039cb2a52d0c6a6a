import { describe, expect, it } from 'vitest';
import { explain } from '../../src/drift/explaining/explain.js';
import { RepeatedSentences } from '../../src/drift/explaining/repeated-sentences.js';
import { driftPage } from '../../src/drift/page/drift-page.js';
import { place, roundScale } from '../../src/drift/page/scale.js';
import type { DriftReport, GroupReport } from '../../src/drift/report.js';
import { answersOf, type Bundles, judged } from './compared.js';
import { CALM, generate, type Generated } from './persona.js';

const MOVING = { seed: 12, days: 28, perDay: 15, drift: { day: 20, manner: { lists: 0.8, emoji: 0.5, phrase: 0.6, hedges: 0.6 } } };

async function reportOf(make: () => Bundles): Promise<DriftReport> {
  const groups = await explain(await judged(make()), answersOf(make()));
  const drift = groups.some(({ verdict }) => verdict === 'moved');
  return {
    drift,
    false_alarm_rate: 0.005,
    answers: groups.reduce((sum, { answers }) => sum + answers, 0),
    groups,
    notes: ['A note with <b>.'],
  };
}

function* evil(answers: Iterable<Generated>): Iterable<Generated> {
  for (const { time, text } of answers)
    yield { time, text: text.replaceAll('Great question', '<script>alert(1)</script>\u0000 & "great" question') };
}

describe('the page', () => {
  it('has charts with titles, tables, and what moved first', async () => {
    const report = await reportOf(() => ({
      calm: generate({ seed: 3, days: 28, perDay: 15 }),
      few: generate({ seed: 4, days: 2, perDay: 4 }),
      moving: generate(MOVING),
    }));
    const page = driftPage(report);
    expect(page).toMatch(/^<!doctype html>\n\s*<html lang="en">/);
    expect(page).toContain('<h1>1 of 3 moved</h1>');
    const titles = [...page.matchAll(/<h2 id="title-\d">(\w+)/g)].map(([, name]) => name);
    expect(titles).toEqual(['moving', 'calm', 'few']);
    expect(page.match(/<svg\s[^>]*role="img"\s+aria-label="[^"]+"/g)!.length).toBe(page.match(/<svg/g)!.length);
    const headings = [...page.matchAll(/<h[23][^>]*>([\w ]+)/g)].map(([, text]) => text!.trim());
    expect(headings.slice(0, 4)).toEqual(['moving 1', 'What moved', 'Changes', 'Sentences that show it']);
    expect(headings.filter((text) => text === 'What moved')).toHaveLength(1);
    expect(page).toContain('items of lists, over time; changed 2026-01-2');
    expect(page).toContain('Great question, let us dive in.');
    expect(page).toContain('A window needs at least 30 answers.');
    expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  it('loads nothing, runs nothing, and escapes all', async () => {
    const page = driftPage(await reportOf(() => ({ 'x"><img src=y>': evil(generate(MOVING)) })));
    expect(page).toContain("default-src 'none'; style-src 'unsafe-inline'");
    expect(page).not.toMatch(/<script|<img|<link|<iframe|\bon\w+="|url\(|@import|https?:/);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;\ufffd &amp; &quot;great&quot; question');
    expect(page).toContain('A note with &lt;b&gt;.');
    expect(page).not.toContain('\u0000');
  });

  it('is well-formed: every element that is opened is closed', async () => {
    const page = driftPage(await reportOf(() => ({ moving: generate(MOVING) })));
    const open: string[] = [];
    const wrong: string[] = [];
    for (const [tag, slash, name, self] of page.replace(/<style>[^]*?<\/style>/, '').matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/g)) {
      if (slash === '/' && open.pop() !== name) wrong.push(tag);
      if (slash === '' && self === '' && name !== 'meta') open.push(name!);
    }
    expect({ open, wrong }).toEqual({ open: [], wrong: [] });
  });

  it('says what it is where nothing moved, or nothing can be told', async () => {
    expect(driftPage(await reportOf(() => ({ calm: generate({ seed: 3, days: 28, perDay: 15 }) })))).toContain('<h1>Nothing moved</h1>');
    const few = driftPage(await reportOf(() => ({ few: generate({ seed: 4, days: 2, perDay: 4 }) })));
    expect(few).toContain('<h1>Too few answers to tell</h1>');
    expect(few).not.toContain('<svg');
  });
});

describe('sentences', () => {
  const sentencesOf = async (make: () => Bundles): Promise<GroupReport['sentences']> => (await reportOf(make)).groups[0]!.sentences;

  it('show what moved: those that came up, and those that went away', async () => {
    const up = await sentencesOf(() => ({ agent: generate(MOVING) }));
    const phrase = up.find(({ text }) => text === 'Great question, let us dive in.')!;
    expect(phrase).toMatchObject({ of: 'sentences that keep coming back', window: 'current' });
    expect(phrase.seen!.baseline.count).toBe(0);
    expect(phrase.seen!.current.count).toBeGreaterThan(20);
    const items = up.filter(({ of }) => of === 'items of lists');
    expect(items.length).toBe(3);
    for (const { text, window } of items) expect([text.slice(0, 6), window]).toEqual(['- step', 'current']);

    const other = { ...MOVING, manner: { ...CALM, ...MOVING.drift.manner }, drift: { day: 20, manner: CALM } };
    const down = await sentencesOf(() => ({ agent: generate(other) }));
    expect(down.find(({ text }) => text === 'Great question, let us dive in.')).toMatchObject({ window: 'baseline' });
    expect(down.find(({ of }) => of === 'items of lists')).toMatchObject({ window: 'baseline' });
  });

  it('lead to their answers', async () => {
    const answers = [...generate(MOVING)];
    for (const { text, line, time } of await sentencesOf(() => ({ agent: answers }))) {
      expect(answers[line - 1]!.text).toContain(text);
      expect(new Date(answers[line - 1]!.time).toISOString()).toBe(time);
    }
  });

  it('that are very long are cut, between characters', async () => {
    const long = (answers: Iterable<Generated>): Generated[] =>
      [...answers].map(({ time, text }) => ({ time, text: text.replace('Great question', `Great ${'🎈'.repeat(300)} question`) }));
    const sentences = await sentencesOf(() => ({ agent: long(generate(MOVING)) }));
    expect(sentences.some(({ text }) => text.endsWith('…'))).toBe(true);
    for (const { text } of sentences) {
      expect(text.length).toBeLessThanOrEqual(240);
      expect(text.isWellFormed()).toBe(true);
    }
  });

  it('are none where nothing moved', async () => {
    expect(await sentencesOf(() => ({ agent: generate({ seed: 3, days: 28, perDay: 15 }) }))).toEqual([]);
  });
});

describe('sentences that keep coming back', () => {
  const shown = (text: string, line: number) => ({ text, line, time: line });

  it('are those whose frequencies differ most', () => {
    const repeated = new RepeatedSentences(100);
    for (let line = 1; line <= 40; line++) {
      const window = line <= 20 ? 'baseline' : 'current';
      repeated.add(window, [shown('Always.', line), shown('ALWAYS.', line), shown(window === 'current' ? 'New.' : `Own ${line}.`, line)]);
    }
    expect(repeated.most(5, { baseline: 20, current: 20 })).toEqual([{ text: 'New.', line: 21, time: 21, baseline: 0, current: 20 }]);
  });

  it('are counted in bounds', () => {
    const repeated = new RepeatedSentences(10);
    for (let line = 1; line <= 1000; line++) repeated.add('baseline', [shown(`One ${line}.`, line)]);
    for (let line = 1; line <= 20; line++) repeated.add('current', [shown('One 3.', line), shown('Too late.', line)]);
    expect(repeated.most(5, { baseline: 1000, current: 20 }).map(({ text }) => text)).toEqual(['One 3.']);
  });
});

describe('scales', () => {
  it('begin and end with round values around what is shown', () => {
    expect(roundScale([0.13, 0.41], 0, 100).ticks).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(roundScale([0, 83], 0, 100).ticks).toEqual([0, 50, 100]);
    expect(roundScale([5], 0, 100)).toMatchObject({ ticks: [4.5, 5, 5.5] });
    expect(roundScale([], 0, 100).ticks.length).toBeGreaterThan(1);
  });

  it('put values where they belong', () => {
    const { at, ticks } = roundScale([0, 83], 100, 0);
    expect([at(ticks[0]!), at(ticks.at(-1)!), at(50)]).toEqual([100, 0, 50]);
    expect(place(3, 3, 0, 10)(3)).toBe(5);
  });
});
