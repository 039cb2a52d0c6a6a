/** A report of drift for people at a terminal. */
import { styleText } from 'node:util';
import type { DriftReport, GroupReport, SentenceReport } from '../../drift/report.js';
import { levelText, meansText, numberText, pText, rateText, seenText, timeText, windowText } from '../../drift/wording.js';
import { visible } from '../diagnostics/visible.js';

const VERDICTS = { moved: ['red', 'it moved'], steady: ['green', 'steady'], too_few: ['dim', 'too few answers to tell'] } as const;

export function driftText({ groups }: DriftReport, { colour }: { readonly colour: boolean }): string {
  const paint = (style: 'red' | 'green' | 'dim' | 'bold', text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  return groups.map(groupText).join('\n');

  function groupText(group: GroupReport): string {
    const { bundle, version, baseline, current, verdict, unit, answers, measured } = group;
    const [style, text] = VERDICTS[verdict];
    const lines = [
      `${paint('bold', `${visible(bundle)} ${visible(version)}`)}: ${paint(style, text)}`,
      `  baseline ${windowText(baseline, unit)}, ${baseline.answers} answers; current ${windowText(current, unit)}, ${current.answers} answers`,
      ...(measured < answers ? [`  a sample: ${measured} of ${answers} answers`] : []),
      ...block('what moved', ['baseline', 'current', 'distance', 'stability', 'p', ''], movedRows(group)),
      ...block('broken constraints', ['baseline', 'current', 'p', ''], violationRows(group)),
      ...block('words', ['baseline', 'current', 'p', ''], wordRows(group)),
      ...listed('changes', changeLines(group)),
      ...listed('sentences that show it', sentenceLines(group.sentences)),
    ];
    return `${lines.join('\n')}\n`;
  }

  function block(title: string, heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
    if (rows.length === 0) return [];
    const all = [[title, ...heads], ...rows];
    const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
    const lines = all.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i]!)).join('  ')}`.trimEnd());
    return [paint('dim', lines[0]!), ...lines.slice(1)];
  }

  function listed(title: string, lines: readonly string[]): string[] {
    return lines.length === 0 ? [] : [paint('dim', `  ${title}`), ...lines.map((line) => `    ${line}`)];
  }
}

function movedRows({ features, vocabulary }: GroupReport): string[][] {
  const rows = features
    .filter(({ moved }) => moved)
    .map((one) => [one.label, ...meansText(one), numberText(one.jensen_shannon), numberText(one.stability_index), pText(one.p), one.size]);
  if (vocabulary?.moved === true) {
    const { jensen_shannon, stability_index, p, size } = vocabulary;
    rows.push(['vocabulary', '', '', numberText(jensen_shannon), numberText(stability_index), pText(p), size]);
  }
  return rows;
}

/** All of them: how often a constraint is broken is of interest also where it does not move. */
function violationRows({ violations }: GroupReport): string[][] {
  return violations.map(({ constraint, severity, baseline, current, p, moved, size }) => [
    `${constraint} (${severity})`,
    rateText(baseline),
    rateText(current),
    pText(p),
    moved ? size : '',
  ]);
}

function wordRows({ words }: GroupReport): string[][] {
  return words.map(({ word, baseline, current, p, size }) => [visible(word), rateText(baseline), rateText(current), pText(p), size]);
}

function changeLines({ change_points, unit }: GroupReport): string[] {
  return change_points.map(({ time, moves }) => {
    const texts = moves.map(({ label, kind, before, after }) => `${label} ${levelText(kind, before)} → ${levelText(kind, after)}`);
    return `${timeText(time, unit)}: ${texts.join('; ')}`;
  });
}

/** Below what they show. */
function sentenceLines(sentences: readonly SentenceReport[]): string[] {
  return sentences.flatMap(({ of, window, text, line, seen }, i) => {
    const times = seen === undefined ? '' : `, ${seenText(seen)}`;
    const own = `  ${window}, line ${line}${times}: "${visible(text)}"`;
    return of === sentences[i - 1]?.of ? [own] : [of, own];
  });
}
