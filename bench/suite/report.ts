/** A run as text: aligned for terminals, or as Markdown. */
import { formatTable } from '../support/table.js';
import type { Line } from './compare.js';
import { checkGoals, formatFigure, goalLine } from './goals.js';
import { type BenchRun, mainFigure, seriesOf } from './run.js';
import { medianInterval, median, ratios } from './statistics.js';

export function benchText(bench: BenchRun): string {
  const { header, rows } = tableOf(bench);
  const table = rows.length === 0 ? [] : [formatTable(header, rows)];
  const notes = bench.missing.map((reason) => `Not measured: ${reason}`);
  return [`── ${bench.name}: ${bench.measures}`, ...table, ...notes, ...checkGoals(bench).map(goalLine)].join('\n');
}

/** A table for a page, and beneath it what was asked for. */
export function benchMarkdown(bench: BenchRun): string {
  const { header, rows } = tableOf(bench);
  const goals = checkGoals(bench).map((result) => `- ${goalLine(result)}`);
  const notes = bench.missing.map((reason) => `- Not measured: ${reason}`);
  return [markdownTable(header, rows), [...goals, ...notes].join('\n')].filter((part) => part !== '').join('\n\n');
}

export function linesText(lines: readonly Line[]): string {
  return formatTable(['', 'verdict', 'ratio', '95 %', 'limit', ''], lines.map(lineCells));
}

/** Red lines first, and white ones folded away: whoever reviews looks for what is red. */
export function linesMarkdown(lines: readonly Line[]): string {
  const of = (verdict: Line['verdict']): string[][] =>
    lines
      .filter((line) => line.verdict === verdict)
      .map((line) => lineCells(line))
      .map(([what, , ...more]) => [what!, MARKS[verdict], ...more]);
  const header = ['', '', 'ratio', '95 %', 'limit', ''];
  const told = [...of('red'), ...of('green')];
  const white = of('white');
  const folded =
    white.length === 0
      ? ''
      : `<details><summary>${white.length} that tell nothing</summary>\n\n${markdownTable(header, white)}\n\n</details>`;
  return [told.length === 0 ? '' : markdownTable(header, told), folded].filter((part) => part !== '').join('\n\n');
}

const MARKS = { red: '🔴', green: '🟢', white: '⚪' };

function lineCells({ what, verdict, estimate, limit, reason = '' }: Line): string[] {
  const interval = estimate === undefined ? '' : `${formatFigure(estimate.low)}–${formatFigure(estimate.high)}`;
  return [
    what,
    verdict,
    estimate === undefined ? '' : formatFigure(estimate.value),
    interval,
    limit === undefined ? '' : formatFigure(limit),
    reason,
  ];
}

function tableOf(bench: BenchRun): { header: string[]; rows: string[][] } {
  const figures = [...new Set(bench.series.flatMap((series) => Object.keys(series.figures)))];
  const hasRatios = bench.series.some(({ to }) => to !== undefined);
  const rows = bench.series.map((series) => {
    const values = figures.map((figure) => (series.figures[figure] === undefined ? '' : formatFigure(median(series.figures[figure]))));
    const base = series.to === undefined ? undefined : seriesOf(bench, series.to);
    if (base === undefined) return [series.name, ...values, ...(hasRatios ? ['', '', ''] : [])];
    const figure = mainFigure(series);
    const { value, low, high } = medianInterval(ratios(series.figures[figure]!, base.figures[figure]!));
    return [series.name, ...values, formatFigure(value), `${formatFigure(low)}–${formatFigure(high)}`, base.name];
  });
  return { header: ['', ...figures, ...(hasRatios ? ['times', '95 %', 'of'] : [])], rows };
}

function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(header), line(header.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
