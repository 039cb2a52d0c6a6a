/** How features and violations went over time, for charts. */
import type { SeriesReport } from '../report.js';
import type { AnswerBlocks } from './blocks.js';
import { levelOf, nameOf, movingColumns } from './changes.js';
import type { Table } from './columns.js';

/** The most points that a chart has use for. */
const MOST_POINTS = 100;

export function seriesReports(table: Table, { all }: AnswerBlocks): SeriesReport[] {
  const together = Math.ceil(all.length / MOST_POINTS);
  const groups = Array.from({ length: Math.ceil(all.length / together) }, (_, i) => all.slice(i * together, (i + 1) * together).flat());
  return movingColumns(table).map((column) => ({
    ...nameOf(column),
    points: groups.map((answers) => ({
      time: new Date(answers[0]!.time).toISOString(),
      answers: answers.length,
      mean: levelOf(column, answers),
    })),
  }));
}
