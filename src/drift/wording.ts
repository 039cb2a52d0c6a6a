/** Numbers of a report, for people. */
import type { FeatureReport, GroupReport, RateReport, SentenceReport, WindowReport } from './report.js';

/** As many digits as one compares: `0.52`, `13.4`, `210`. */
export function numberText(value: number | null): string {
  if (value === null) return '–';
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

export function percentText(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.0995 ? 1 : 0)} %`;
}

/** `3.8 % (1.9 to 7.3)` */
export function rateText({ rate, low, high }: RateReport): string {
  return `${percentText(rate)} (${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)})`;
}

/** The mean of a feature, or the share of answers that break a constraint. */
export function levelText(kind: 'feature' | 'constraint', level: number | null): string {
  return level === null || kind === 'feature' ? numberText(level) : percentText(level);
}

/** How often a sentence came back. */
export function seenText({ baseline, current }: NonNullable<SentenceReport['seen']>): string {
  return `in ${baseline.count} of ${baseline.answers} answers of the baseline, ${current.count} of ${current.answers} now`;
}

export function pText(p: number): string {
  return p <= 0.0005 ? '≤ 0.0005' : p.toFixed(p < 0.01 ? 4 : 2);
}

/** The mean of a feature in a window, or that there is none. */
export function meansText({ baseline_mean, current_mean }: FeatureReport): [string, string] {
  return [numberText(baseline_mean), numberText(current_mean)];
}

/** `2026-01-05 to 2026-01-18`: both days belong to it. Where days are not what was compared, with the time of day. */
export function windowText({ from, until }: WindowReport, unit: Unit): string {
  const last = new Date(Date.parse(until) - 1).toISOString();
  return `${timeText(from, unit)} to ${timeText(last, unit)}`;
}

export function timeText(time: string, unit: Unit): string {
  return unit === 'day' ? time.slice(0, 10) : `${time.slice(0, 16).replace('T', ' ')} UTC`;
}

type Unit = GroupReport['unit'];
