/** What there is to see in an answer beside its words: where each mark stands. */
import type { AnswerText } from '../../constraints/answer-text.js';
import type { Found } from '../../constraints/constraint.js';
import { isHeading, isListItem, type Line } from '../../constraints/lines.js';
import { noEmoji } from '../../constraints/no-emoji.js';

const BOLD = /\*\*[^*\n]+\*\*|__[^_\n]+__/g;
const INLINE_CODE = /`[^`\n]+`/g;
const EXCLAMATION = /[!！]+/g;
const QUESTION = /[?？؟]+/g;

export function listItems(answer: AnswerText): Iterable<Found> {
  return linesThat(answer, isListItem);
}

export function headings(answer: AnswerText): Iterable<Found> {
  return linesThat(answer, isHeading);
}

export function bold(answer: AnswerText): Iterable<Found> {
  return matchesIn(answer, BOLD);
}

/** Lines of blocks of code, and pieces of code within other lines. */
export function* code(answer: AnswerText): Iterable<Found> {
  for (const line of answer.lines) if (line.isCode) yield line;
  yield* matchesIn(answer, INLINE_CODE);
}

export function emoji({ text }: AnswerText): Iterable<Found> {
  return noEmoji.finder!(true)(text);
}

/** `!!!` is one. */
export function exclamations(answer: AnswerText): Iterable<Found> {
  return matchesIn(answer, EXCLAMATION);
}

export function questions(answer: AnswerText): Iterable<Found> {
  return matchesIn(answer, QUESTION);
}

function* linesThat(answer: AnswerText, is: (line: string) => boolean): Iterable<Found> {
  for (const line of proseLines(answer)) if (is(answer.text.slice(line.start, line.end))) yield line;
}

function* matchesIn(answer: AnswerText, pattern: RegExp): Iterable<Found> {
  for (const { start, end } of proseLines(answer)) {
    for (const { 0: found, index } of answer.text.slice(start, end).matchAll(pattern)) {
      yield { start: start + index, end: start + index + found.length };
    }
  }
}

function* proseLines({ lines }: AnswerText): Iterable<Line> {
  for (const line of lines) if (!line.isCode) yield line;
}
