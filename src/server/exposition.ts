/** Metrics → Prometheus' text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). */

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export interface Sample {
  /** Behind the metric's name, such as `_bucket`. */
  readonly suffix?: string;
  readonly labels?: { readonly [name: string]: string };
  readonly value: number;
}

/** One metric, with all its series. */
export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly samples: readonly Sample[];
}

export function exposition(metrics: Iterable<Metric>): string {
  let text = '';
  for (const { name, type, help, samples } of metrics) {
    text += `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n`;
    for (const { suffix = '', labels, value } of samples) text += `${name}${suffix}${labelsText(labels)} ${numberText(value)}\n`;
  }
  return text;
}

/** A histogram's samples from what is in each range; the last range has no end. */
export function histogramSamples(bounds: readonly number[], counts: ArrayLike<number>, sum: number): Sample[] {
  let count = 0;
  const buckets = Array.from(counts, (inRange, range): Sample => {
    count += inRange;
    return { suffix: '_bucket', labels: { le: range < bounds.length ? numberText(bounds[range]!) : '+Inf' }, value: count };
  });
  return [...buckets, { suffix: '_sum', value: sum }, { suffix: '_count', value: count }];
}

function labelsText(labels: Sample['labels']): string {
  const list = Object.entries(labels ?? {}).map(([name, value]) => `${name}="${escaped(value)}"`);
  return list.length === 0 ? '' : `{${list.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  return Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
