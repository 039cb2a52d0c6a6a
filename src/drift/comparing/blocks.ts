/**
 * What is put into a random order: not single answers, which are like their neighbours (one customer, one incident, one Monday),
 * but days, or, where there are too few of those, slices of answers that follow on each other.
 */
import type { Measured } from '../measuring/history.js';
import { dayOf } from '../reading/time.js';
import { FEWEST_DAYS, type Windows } from './windows.js';

export interface AnswerBlocks {
  readonly unit: 'day' | 'slice';
  /** In the order of time. */
  readonly all: readonly (readonly Measured[])[];
  /** How many of the first ones are the baseline. */
  readonly baseline: number;
  /** How many of the last ones are the current window. */
  readonly current: number;
}

/** With fewer days in a window, its days can be put together in too few ways. */
const FEWEST_BASELINE_DAYS = 7;
const FEWEST_CURRENT_DAYS = 4;

/** As many slices are enough to tell chance; more are cut only to have some in a small window. */
const SLICES = 200;
const FEWEST_SLICES = 10;

/** More days or slices would take long to put into order. */
const MOST_BLOCKS = 2000;

/** @param answers - in the order of time; what is behind the current window is left out */
export function blocksOf(answers: readonly Measured[], { baseline, current }: Windows): AnswerBlocks {
  const parts = [
    answers.filter(({ time }) => time < baseline.until),
    answers.filter(({ time }) => time >= baseline.until && time < current.from),
    answers.filter(({ time }) => time >= current.from && time < current.until),
  ];
  const days = parts.map(daysOf);
  const [first, between, last] = days as [Measured[][], Measured[][], Measured[][]];
  const count = first.length + between.length + last.length;
  const hasEach = first.length >= FEWEST_BASELINE_DAYS && last.length >= FEWEST_CURRENT_DAYS;
  const hasDays = hasEach && count >= FEWEST_DAYS && count <= MOST_BLOCKS;
  if (hasDays) return { unit: 'day', all: [...first, ...between, ...last], baseline: first.length, current: last.length };

  const whole = parts.reduce((sum, part) => sum + part.length, 0);
  const small = Math.floor(Math.min(parts[0]!.length, parts[2]!.length) / FEWEST_SLICES);
  const size = Math.max(1, Math.ceil(whole / MOST_BLOCKS), Math.min(Math.ceil(whole / SLICES), small));
  const slices = parts.map((part) => slicesOf(part, size));
  return { unit: 'slice', all: slices.flat(), baseline: slices[0]!.length, current: slices[2]!.length };
}

function daysOf(answers: readonly Measured[]): Measured[][] {
  const days: Measured[][] = [];
  for (const answer of answers) {
    const day = days.at(-1);
    if (day !== undefined && dayOf(day[0]!.time) === dayOf(answer.time)) day.push(answer);
    else days.push([answer]);
  }
  return days;
}

function slicesOf(answers: readonly Measured[], size: number): Measured[][] {
  return Array.from({ length: Math.ceil(answers.length / size) }, (_, i) => answers.slice(i * size, (i + 1) * size));
}
