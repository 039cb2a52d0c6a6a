/** Measured answers → the columns of features and constraints, and their counts. */
import type { Demand } from '../measuring/broken-constraints.js';
import { type Feature, FEATURES } from '../measuring/features.js';
import type { Measured } from '../measuring/history.js';
import { binEnds, binOf } from '../statistics/bins.js';
import type { Block, Blocks, Column } from '../statistics/column.js';
import type { AnswerBlocks } from './blocks.js';

/** What a column is about. */
export type Subject =
  | { readonly kind: 'feature'; readonly feature: Feature; readonly index: number; readonly ends: readonly number[] }
  | { readonly kind: 'constraint'; readonly demand: Demand; readonly index: number }
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'vocabulary' };

export type NamedColumn = Column & { readonly subject: Subject };

export interface Table {
  readonly columns: readonly NamedColumn[];
  readonly blocks: Blocks;
}

/** A table that is being laid out. */
export class Layout {
  readonly columns: NamedColumn[] = [];
  /** How many counts a block has. */
  size = 0;

  put(subject: Subject, bins: number): void {
    this.columns.push({ from: this.size, bins, isOrdered: subject.kind === 'feature', subject });
    this.size += bins;
  }
}

export function personaTable(demands: readonly Demand[], { all, baseline, current }: AnswerBlocks): Table {
  const answers = all.flat();
  const layout = new Layout();
  for (const [index, feature] of FEATURES.entries()) {
    const ends = binEnds(answers.map(({ values }) => values[index]!));
    if (ends.length > 0) layout.put({ kind: 'feature', feature, index, ends }, ends.length + 1);
  }
  for (const [index, demand] of demands.entries()) layout.put({ kind: 'constraint', demand, index }, 1);
  return { columns: layout.columns, blocks: { all: all.map((block) => countBlock(block, layout)), baseline, current } };
}

function countBlock(answers: readonly Measured[], { columns, size }: Layout): Block {
  const counts = new Float64Array(size);
  for (const { from, subject } of columns) {
    for (const { values, broken } of answers) {
      if (subject.kind === 'feature') {
        const value = values[subject.index]!;
        if (!Number.isNaN(value)) counts[from + binOf(value, subject.ends)]!++;
      } else if (subject.kind === 'constraint' && broken.includes(subject.index)) counts[from]!++;
    }
  }
  return { answers: answers.length, counts };
}
