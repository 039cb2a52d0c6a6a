/** The results of a run, for people at a terminal. */
import { styleText } from 'node:util';
import type { Violation } from '../../answers/check-output.js';
import type { CaseResult } from '../../eval/run/results.js';
import { isFailing, type Report, totalsOf, type Verdict, verdictOf } from '../../eval/run/verdict.js';
import { counted } from '../counted.js';
import { clip, isSecondHalf, readable, visible } from '../diagnostics/visible.js';

export interface TableOptions {
  readonly colour: boolean;
  /** What stands before the path of a suite, with a slash at its end. */
  readonly folder: string;
}

/** Of one answer; the files that reports are written to hold them all. */
const MOST_SHOWN = 5;

const SIGNS: { readonly [verdict in Verdict]: readonly [sign: string, paint: Paint] } = {
  passed: ['pass', 'green'],
  failed: ['FAIL', 'red'],
  lacking: ['none', 'magenta'],
};

type Paint = Parameters<typeof styleText>[0];

/** A heading for each suite, a line for each case, and what its answer breaks below it. */
export function tableText(report: Report, { colour, folder }: TableOptions): string {
  const { cases } = report.results;
  const width = Math.max(0, ...cases.map(({ name }) => visible(name).length));
  const subjects = Math.max(0, ...cases.map((result) => subjectOf(result).length));
  let suite: string | undefined;
  let text = '';
  for (const result of cases) {
    if (result.suite !== suite) text += `${visible(folder + result.suite)}\n`;
    ({ suite } = result);
    const [sign, style] = SIGNS[verdictOf(result, report)];
    const cells = [paint(style, sign), visible(result.name).padEnd(width), subjectOf(result).padEnd(subjects), countsOf(result)];
    text += `  ${cells.join('  ').trimEnd()}\n`;
    if (result.failure !== undefined)
      text += `        ${visible(folder + result.suite)}:${result.place.line} ${readable(result.failure.message)}\n`;
    text += details(result);
  }
  return text;

  function details(result: CaseResult): string {
    // What fails the run comes first.
    const ranked = result.violations.toSorted((a, b) => rank(a) - rank(b));
    const lines = ranked.slice(0, MOST_SHOWN).flatMap((violation) => violationLines(violation, result.answer!));
    const left = ranked.length - MOST_SHOWN;
    if (left > 0) lines.push(paint('dim', `… and ${left} more; --json and --html write them all`));
    return lines.map((line) => `        ${line}\n`).join('');
  }

  function rank(violation: Violation): number {
    return isFailing(violation, report) ? 0 : violation.severity === 'error' ? 1 : violation.severity === 'warn' ? 2 : 3;
  }

  function violationLines(violation: Violation, answer: string): string[] {
    const { severity, constraint, message, span } = violation;
    const style = isFailing(violation, report) ? 'red' : 'yellow';
    const age = report.comparison === undefined ? '' : report.comparison.added.has(violation) ? 'new ' : 'known ';
    const line = `${paint(style, age + severity)} ${constraint} ${readable(message)}`;
    return span === undefined ? [line] : [line, `  ${excerpt(answer, span)}`];
  }

  function excerpt(answer: string, { start, end }: { readonly start: number; readonly end: number }): string {
    const from = Math.max(0, start - AROUND);
    const before = clip(answer.slice(0, start), isSecondHalf(answer, from) ? from + 1 : from, AROUND);
    const found = clip(answer.slice(start, end), 0, MOST_FOUND);
    return `${visible(before)}${paint(['red', 'bold'], `»${visible(found)}«`)}${visible(clip(answer.slice(end, end + AROUND + 1), 0, AROUND))}`;
  }

  function paint(style: Paint, part: string): string {
    return colour ? styleText(style, part, { validateStream: false }) : part;
  }
}

/** How much of an answer is shown before and behind a place. */
const AROUND = 32;
/** And of what was found there, such as a sentence that is too long. */
const MOST_FOUND = 120;

function subjectOf({ bundle, render }: CaseResult): string {
  return visible(render === undefined ? bundle : `${bundle}@${render.semver}`);
}

function countsOf({ violations }: CaseResult): string {
  const count = (severity: Violation['severity']): number => violations.filter((one) => one.severity === severity).length;
  return [
    ...(count('error') > 0 ? [counted(count('error'), 'error')] : []),
    ...(count('warn') > 0 ? [counted(count('warn'), 'warning')] : []),
    ...(count('advise') > 0 ? [counted(count('advise'), 'advice').replace('advices', 'pieces of advice')] : []),
  ].join(', ');
}

/** What came of it, in a line or two. */
export function summaryText(report: Report): string {
  const { cases, passed, failed, lacking, tokens, known } = totalsOf(report);
  const { comparison, results } = report;
  const parts = [`${passed} passed`, `${failed} failed`, ...(lacking > 0 ? [`${lacking} could not be checked`] : [])];
  const lines = [`Checked ${counted(cases, 'answer')}: ${parts.join(', ')}.`];
  if (comparison !== undefined) {
    const { added, gone, newCases } = comparison;
    const cameUp = newCases > 0 ? `, ${counted(newCases, 'case')} that it does not have` : '';
    lines.push(`Compared with ${visible(comparison.with)}: ${counted(added.size, 'new violation')}, ${gone} gone${cameUp}.`);
  }
  if (results.problems.length > 0) lines.push(`${counted(results.problems.length, 'mistake')} in suites, listed above.`);
  if (tokens.prompt + tokens.completion > 0) lines.push(`It took ${tokens.prompt} tokens of prompts and ${tokens.completion} of answers.`);
  if (known > 0) lines.push(`${counted(known, 'answer')} had been asked for before, and cost nothing.`);
  return `${lines.join('\n')}\n`;
}
