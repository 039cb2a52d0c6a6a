/**
 * Histories → what chance would make of them.
 *
 * In: measured answers. Out: for each version of a bundle its windows, and how far what was seen is from chance. What always holds: the
 * same answers give the same result. This is what takes time; what to make of it is for `judge.ts`.
 */
import type { History, Measured } from '../measuring/history.js';
import { testChanges } from '../statistics/change-point.js';
import { type Deviates, testWindows } from '../statistics/window-test.js';
import { type AnswerBlocks, blocksOf } from './blocks.js';
import { seriesOfTable } from './changes.js';
import { personaTable, type Table } from './columns.js';
import { ORDERS } from './level.js';
import { type Sides, sidesOf } from './moves.js';
import { wordTable } from './word-columns.js';
import { isWithin, type WindowOptions, type Windows, windowsOf } from './windows.js';

/** With fewer answers in a window, little can be said. */
export const FEWEST_ANSWERS = 30;

const SEED = 20_240_229;

export interface TestedHistory {
  readonly history: History;
  /** In the order of time. */
  readonly answers: readonly Measured[];
  readonly windows: Windows;
  readonly blocks: AnswerBlocks;
  /** `undefined` if there are too few answers. */
  readonly tests: Tests | undefined;
}

export interface Tests {
  readonly persona: { readonly table: Table; readonly sides: Sides; readonly deviates: Deviates };
  /** Not its table, which is large: there may be hundreds of histories. */
  readonly words: { readonly sides: Sides; readonly deviates: Deviates };
  readonly changes: ReturnType<typeof testChanges>;
}

/** @param progress - told how many histories are done */
export function testHistories(
  histories: readonly History[],
  options: WindowOptions = {},
  progress: (done: number, total: number) => void = () => undefined,
): TestedHistory[] {
  return histories.map((history, i) => {
    const answers = history.answers.toSorted((a, b) => a.time - b.time || a.line - b.line);
    const windows = windowsOf(answers[0]?.time ?? 0, answers.at(-1)?.time ?? 0, options);
    const blocks = blocksOf(answers, windows);
    const tests = canBeTold(answers, windows) ? test(history, blocks, SEED + 3 * i) : undefined;
    progress(i + 1, histories.length);
    return { history, answers, windows, blocks, tests };
  });
}

function canBeTold(answers: readonly Measured[], { baseline, current }: Windows): boolean {
  return [baseline, current].every((window) => answers.filter(({ time }) => isWithin(time, window)).length >= FEWEST_ANSWERS);
}

function test({ demands, words: names }: History, blocks: AnswerBlocks, seed: number): Tests {
  const [persona, words] = [personaTable(demands, blocks), wordTable(names, blocks)];
  return {
    persona: { table: persona, sides: sidesOf(persona), deviates: testWindows(persona.blocks, persona.columns, ORDERS, seed) },
    words: { sides: sidesOf(words), deviates: testWindows(words.blocks, words.columns, ORDERS, seed + 1) },
    changes: testChanges(seriesOfTable(persona), ORDERS, seed + 2),
  };
}
