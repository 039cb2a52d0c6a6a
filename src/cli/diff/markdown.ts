/**
 * A diff as a comment on a pull request: a table of what changed, then each prompt folded.
 *
 * What always holds: nothing that an author wrote stands outside of a code span or a fence that it cannot close, so
 * none of it becomes markup, a link or a mention; and the comment is no longer than GitHub takes.
 */
import { LEVELS } from '../../format/diff-rule.js';
import type { BundleDiff, Finding, ProjectDiff, PromptDiff, TemplateDiff, TextDiff } from '../../versions/diff/project-diff.js';
import type { Sentence } from '../../versions/diff/sentence.js';
import type { TextChange } from '../../versions/diff/text-change.js';
import { visible } from '../diagnostics/visible.js';
import { rowsOf, SIGNS } from './rows.js';
import { causeText, countText, exampleText, sizeLines, templateText, versionsText, yankedText } from './words.js';

/** GitHub takes 65,536 characters for a comment, and whoever posts it has a title and more to add. */
const GITHUB_LIMIT = 65_000;

interface Prompt {
  readonly kind: 'bundle' | 'template';
  readonly diff: BundleDiff | TemplateDiff;
}

/** @param limit - the most UTF-16 code units of the comment */
export function diffMarkdown(diff: ProjectDiff, { limit = GITHUB_LIMIT }: { readonly limit?: number } = {}): string {
  const yanked = yankedLines(diff);
  if (diff.bundles.length + diff.templates.length === 0) return `No prompt changed.\n${yanked}`;
  const prompts: Prompt[] = [
    ...diff.bundles.map((one): Prompt => ({ kind: 'bundle', diff: one })),
    ...diff.templates.map((one): Prompt => ({ kind: 'template', diff: one })),
  ];
  const summary = `${summaryOf(diff, prompts, limit - NOTE_ROOM - yanked.length)}${yanked}`;
  let left = limit - NOTE_ROOM - summary.length;
  const details: string[] = [];
  let shortened = 0;
  const shown = new Map<TextChange, string>();
  for (const prompt of prompts) {
    const full = detailsOf(prompt, shown);
    const text = [full, detailsOf(prompt, undefined), ''].find((one) => one.length + 1 <= left) ?? '';
    if (text !== full) shortened++;
    else rememberTexts(prompt, shown);
    if (text === '') continue;
    details.push(text);
    left -= text.length + 1;
  }
  const note = shortened === 0 ? [] : [noteOf(shortened)];
  return [summary, ...details, ...note].join('\n');
}

/** As much as the note takes, or the last row of a table that is cut, whatever the number. */
const NOTE_ROOM = noteOf(Number.MAX_SAFE_INTEGER).length + 1;

function noteOf(count: number): string {
  return `_The texts of ${count} ${count === 1 ? 'prompt do' : 'prompts do'} not fit into a comment; \`promptc diff\` prints them._\n`;
}

/** The heaviest first, and of these the ones whose version says too little. */
function summaryOf(diff: ProjectDiff, prompts: readonly Prompt[], limit: number): string {
  const uncovered = prompts.filter((prompt) => prompt.diff.version?.covered === false).length;
  const covered =
    uncovered === 0
      ? 'Every version covers what changed.'
      : `**${uncovered} ${uncovered === 1 ? 'version does' : 'versions do'} not cover what changed.**`;
  const head = [
    `### Prompts: ${countText(diff)} changed, ${emphasised(diff.verdict)}`,
    '',
    covered,
    '',
    '| prompt | version | changes | verdict | version covers it |',
    '| ------ | ------- | ------- | ------- | ----------------- |',
  ];
  const rank = ({ diff: { verdict, version } }: Prompt): number =>
    2 * (verdict === 'none' ? LEVELS.length : LEVELS.indexOf(verdict)) + (version?.covered === false ? 0 : 1);
  const rows = prompts.toSorted((a, b) => rank(a) - rank(b)).map(summaryRow);
  // Thousands of prompts do not fit, and then the lightest are counted.
  const shown: string[] = [];
  let room = limit - NOTE_ROOM - [...head, ''].join('\n').length;
  for (const row of rows) {
    room -= row.length + 1;
    if (room < 0) break;
    shown.push(row);
  }
  const left = rows.length - shown.length;
  const more = left === 0 ? [] : [`| … | | | | ${left} more, none of them heavier |`];
  return `${[...head, ...shown, ...more].join('\n')}\n`;
}

const MAX_YANKED = 20;

/** A list of its own behind what goes before; nothing, if it is empty. */
function yankedLines({ yanked }: ProjectDiff): string {
  const lines = yanked.slice(0, MAX_YANKED).map((one) => `- ${sentenceText(yankedText(one))}`);
  if (yanked.length > MAX_YANKED) lines.push(`- … and ${yanked.length - MAX_YANKED} more are yanked.`);
  return lines.length === 0 ? '' : `\n${lines.join('\n')}\n`;
}

const MAX_RULES = 4;

function summaryRow({ kind, diff }: Prompt): string {
  const { id, verdict, version, findings } = diff;
  const rules = [...new Set(findings.map(({ rule }) => rule))];
  const shown = rules.slice(0, MAX_RULES).join(', ') + (rules.length > MAX_RULES ? ', …' : '');
  const covers = version === undefined ? '' : version.covered ? 'yes' : `**no**: needs ${version.least}`;
  return `| ${kind} ${codeSpan(id)} | ${versionsText(diff)} | ${shown} | ${emphasised(verdict)} | ${covers} |`;
}

/** @param shown - texts that stand in the comment already, and where; without it, no text is shown */
function detailsOf({ kind, diff }: Prompt, shown: ReadonlyMap<TextChange, string> | undefined): string {
  // An id holds nothing that HTML would read as markup.
  const lines = [`<details><summary>${kind} <code>${diff.id}</code> ${versionsText(diff)}: ${diff.verdict}</summary>`, ''];
  if ('texts' in diff && diff.bundles.length > 0) {
    lines.push(`As shown for ${diff.bundles.map(codeSpan).join(', ')}.`);
  } else {
    lines.push(...diff.findings.flatMap((finding) => findingLines(finding, shown !== undefined)));
    if (shown !== undefined) lines.push(...('texts' in diff ? textLines(diff.texts, shown) : bundleLines(diff, shown)));
  }
  return [...lines, '', '</details>', ''].join('\n');
}

function findingLines({ level, rule, message, through, detail }: Finding, full: boolean): string[] {
  const causes = through.map((cause) => `, ${sentenceText(causeText(cause))}`).join('');
  const line = `- **${level}** ${rule}: ${sentenceText(message)}${causes === '' ? '' : ` (${causes.slice(2)})`}`;
  return detail === undefined || !full ? [line] : [line, '', ...fence(detail), ''];
}

function bundleLines(diff: BundleDiff, shown: ReadonlyMap<TextChange, string>): string[] {
  const lines: string[] = [];
  for (const { slot, before, after, texts } of diff.slots) {
    lines.push('', `**Slot ${slot}**: ${sentenceText(templateText(before, after))}`, ...textLines(texts, shown));
  }
  for (const example of diff.examples) {
    lines.push('', `**Example** ${codeSpan(example.name)}: ${exampleText(example, diff)}`);
    if (example.change !== undefined) lines.push(...changeLines(example.change, shown));
  }
  const sizes = sizeLines(diff);
  return sizes.length === 0 ? lines : [...lines, '', ...sizes.map((line) => `- ${line}`)];
}

function textLines(texts: readonly TextDiff[], shown: ReadonlyMap<TextChange, string>): string[] {
  return texts.flatMap(({ partial, change }) => [
    ...(partial === undefined ? [] : ['', `Partial ${codeSpan(partial)}:`]),
    ...changeLines(change, shown),
  ]);
}

function changeLines(change: TextChange, shown: ReadonlyMap<TextChange, string>): string[] {
  const place = shown.get(change);
  return place === undefined ? ['', ...fence(change)] : ['', `As shown for ${place}.`];
}

/** Notes which texts the comment shows now. */
function rememberTexts({ diff }: Prompt, shown: Map<TextChange, string>): void {
  const remember = (change: TextChange | undefined): void => {
    if (change !== undefined && !shown.has(change)) shown.set(change, codeSpan(diff.id));
  };
  if ('texts' in diff) return diff.texts.forEach(({ change }) => remember(change));
  for (const { texts } of diff.slots) texts.forEach(({ change }) => remember(change));
  diff.examples.forEach(({ change }) => remember(change));
}

function fence(change: TextChange): string[] {
  const rows = rowsOf(change).map(({ kind, text }) => `${SIGNS[kind]} ${text}`.trimEnd());
  const marks = '`'.repeat(Math.max(3, longestRun(rows.join('\n')) + 1));
  return [`${marks}diff`, ...rows, marks];
}

function sentenceText(sentence: Sentence): string {
  return sentence.map((part) => (typeof part === 'string' ? part : codeSpan(part.code))).join('');
}

/** A code span that nothing within can close. */
function codeSpan(text: string): string {
  const safe = visible(text);
  const marks = '`'.repeat(longestRun(safe) + 1);
  // One space on either side is taken off again.
  const room = /^[` ]|[` ]$/.test(safe) || safe === '' ? ' ' : '';
  return `${marks}${room}${safe}${room}${marks}`;
}

/** The longest run of back quotes. */
function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}

function emphasised(verdict: PromptDiff['verdict']): string {
  return verdict === 'major' ? `**${verdict}**` : verdict;
}
