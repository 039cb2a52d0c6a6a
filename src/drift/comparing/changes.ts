/** The times at which a history changed for good: one after the other, each within what the ones before leave whole. */
import type { Measured } from '../measuring/history.js';
import type { ChangeReport } from '../report.js';
import { deviatesIn, type Series, seriesOf, testChanges } from '../statistics/change-point.js';
import { ranksOf, sumOf, tableOf } from '../statistics/column.js';
import { significance } from '../statistics/significance.js';
import type { AnswerBlocks } from './blocks.js';
import type { NamedColumn, Table } from './columns.js';
import { ORDERS } from './level.js';
import { effectOf } from './effect.js';
import { meanOf, rounded } from './moves.js';

/** How many changes a history is searched for; whatever has more has no persona to lose. */
const MOST_CHANGES = 5;

/** A block from which on something is otherwise. */
interface Found {
  readonly at: number;
  readonly p: number;
  /** The numbers of the columns that moved. */
  readonly columns: readonly number[];
}

/** The columns whose changes are looked for: not those of words, of which there are too many. */
export function movingColumns({ columns }: Table): NamedColumn[] {
  return columns.filter(({ subject }) => subject.kind === 'feature' || subject.kind === 'constraint');
}

/** A series of each of these columns, of a stretch of blocks. */
export function seriesOfTable(table: Table, from = 0, to = table.blocks.all.length): Series[] {
  const blocks = table.blocks.all.slice(from, to);
  const whole = sumOf(blocks, blocks[0]!.counts.length);
  return movingColumns(table).map((column) => {
    const ranks = column.bins === 1 ? [0, 1] : ranksOf(tableOf(column, whole));
    const tables = blocks.map((block) => tableOf(column, block));
    return seriesOf(
      tables.map((counts) => weighted(counts, ranks)),
      tables.map((counts) => weighted(counts)),
    );
  });
}

function weighted(counts: readonly number[], weights?: readonly number[]): number {
  return counts.reduce((sum, count, i) => sum + count * (weights?.[i] ?? 1), 0);
}

/**
 * @param whole - what was found in the whole history
 * @param byChance - what chance comes to in all histories of the report
 * @param level - how rare by chance is too rare
 */
export function changesOf(table: Table, blocks: AnswerBlocks, whole: TestedChanges, byChance: Float64Array, level: number): ChangeReport[] {
  const { length } = table.blocks.all;
  const found: Found[] = [];
  const open: [from: number, to: number][] = [[0, length]];
  // In a history in which nothing changed, only the first of these is ever looked at.
  for (const [from, to] of open) {
    if (found.length >= MOST_CHANGES) break;
    const isWhole = to - from === length;
    const tested = isWhole ? whole : testChanges(seriesOfTable(table, from, to), ORDERS, from * length + to);
    const more = foundIn(seriesOfTable(table, from, to), tested, isWhole ? byChance : tested.byChance, level);
    if (more.length === 0) continue;
    found.push(...more.map((one) => ({ ...one, at: from + one.at })));
    const ends = [from, ...more.map(({ at }) => from + at), to];
    for (const [i, end] of ends.slice(1).entries()) open.push([ends[i]!, end]);
  }
  const ordered = found.toSorted((a, b) => a.at - b.at);
  return ordered.flatMap((change, i) => {
    const moves = movesAt(table, blocks, change, ordered[i - 1]?.at ?? 0, ordered[i + 1]?.at ?? length);
    if (moves.length === 0) return [];
    return [{ time: new Date(blocks.all[change.at]![0]!.time).toISOString(), p: change.p, moves }];
  });
}

type TestedChanges = ReturnType<typeof testChanges>;

/** The beginning of the stretch that stands out most, and its end, if that is not the end of all. */
function foundIn(series: readonly Series[], { seen, change }: TestedChanges, byChance: Float64Array, level: number): Found[] {
  if (change === undefined) return [];
  const p = significance(seen[change.series]!, byChance);
  if (p > level) return [];
  // Whatever moved at the same time belongs to the same change.
  const deviates = deviatesIn(series, change);
  const columns = [...deviates.keys()].filter((i) => i === change.series || significance(deviates[i]!, byChance) <= level);
  const ats = change.to === series[0]!.length ? [change.from] : [change.from, change.to];
  return ats.map((at) => ({ at, p, columns }));
}

function movesAt(table: Table, { all }: AnswerBlocks, { at, columns }: Found, from: number, to: number): ChangeReport['moves'] {
  const moving = movingColumns(table);
  const counts = table.blocks.all;
  const size = counts[0]!.counts.length;
  const [before, after] = [sumOf(counts.slice(from, at), size), sumOf(counts.slice(at, to), size)];
  const [answersBefore, answersAfter] = [all.slice(from, at).flat(), all.slice(at, to).flat()];
  return columns.flatMap((i) => {
    const column = moving[i]!;
    const { size: moved } = effectOf(column, before, after);
    if (moved === 'none') return [];
    return [{ ...nameOf(column), before: levelOf(column, answersBefore), after: levelOf(column, answersAfter), size: moved }];
  });
}

export function nameOf({ subject }: NamedColumn): { name: string; label: string; kind: 'feature' | 'constraint' } {
  if (subject.kind === 'feature') return { name: subject.feature.name, label: subject.feature.label, kind: 'feature' };
  const name = subject.kind === 'constraint' ? subject.demand.name : subject.kind;
  return { name, label: `answers that break ${name}`, kind: 'constraint' };
}

/** The mean of a feature; the share of answers that break a constraint. */
export function levelOf({ subject }: NamedColumn, answers: readonly Measured[]): number | null {
  if (subject.kind === 'feature') return meanOf(answers, subject.index);
  if (subject.kind !== 'constraint' || answers.length === 0) return null;
  return rounded(answers.filter(({ broken }) => broken.includes(subject.index)).length / answers.length);
}
