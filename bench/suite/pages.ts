/** Puts what was measured into docs/performance.md: a table and charts for each bench, between two comments. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { ChartPlan } from './bench.js';
import { type Bar, drawChart } from './chart.js';
import { formatFigure } from './goals.js';
import { benchMarkdown } from './report.js';
import { type BenchRun, seriesOf } from './run.js';
import { medianInterval } from './statistics.js';

/** @throws if the page has no place for the bench */
export async function updatePage(docs: string, bench: BenchRun, plans: readonly ChartPlan[]): Promise<void> {
  if (bench.series.length === 0) return;
  const drawn: string[] = [];
  await mkdir(path.join(docs, 'charts'), { recursive: true });
  for (const plan of plans) {
    const bars = barsOf(bench, plan);
    if (bars.length === 0) continue;
    await writeFile(path.join(docs, 'charts', `${plan.name}.svg`), drawChart(plan.title, bars));
    drawn.push(`![${plan.title}](charts/${plan.name}.svg)`);
  }
  const file = path.join(docs, 'performance.md');
  const page = await readFile(file, 'utf8');
  const [begin, end] = [`<!-- begin ${bench.name} -->`, `<!-- end ${bench.name} -->`];
  const [start, stop] = [page.indexOf(begin), page.indexOf(end)];
  if (start === -1 || stop < start) throw new Error(`${file} has no ${begin} … ${end}, where the figures of the bench go.`);
  const figures = [...drawn, benchMarkdown(bench)].join('\n\n');
  const text = `${page.slice(0, start + begin.length)}\n\n${figures}\n\n${page.slice(stop)}`;
  await writeFile(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}

function barsOf(bench: BenchRun, { figure, series }: ChartPlan): Bar[] {
  return series.flatMap((name) => {
    const values = seriesOf(bench, name)?.figures[figure];
    if (values === undefined) return [];
    const interval = medianInterval(values);
    return [{ label: name, ...interval, text: `${formatFigure(interval.value)} ${figure}`, isSubject: name.startsWith('promptc') }];
  });
}
