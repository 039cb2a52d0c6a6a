/** Charts as SVG: they are read aloud by their titles, and every number in them is also in a table beside them. */
import { html, type Markup } from '../../base/markup.js';
import type { BinReport, GroupReport, SeriesReport, ViolationReport } from '../report.js';
import { numberText, percentText, timeText } from '../wording.js';
import { place, roundScale } from './scale.js';

const WIDTH = 640;

/** A mean over time, the windows behind it, and the times at which it changed. */
export function timeChart({ label, name, points }: SeriesReport, { baseline, current, change_points, unit }: GroupReport): Markup {
  const [left, right, top, bottom] = [52, WIDTH - 12, 12, 168];
  const means = points.flatMap(({ mean }) => mean ?? []);
  const y = roundScale(means, bottom, top);
  const until = Math.max(Date.parse(current.until), Date.parse(points.at(-1)?.time ?? current.until));
  const x = place(Date.parse(baseline.from), until, left, right);
  const at = (time: string): number => Math.min(right, Math.max(left, x(Date.parse(time))));
  const changes = change_points.filter(({ moves }) => moves.some((move) => move.name === name));
  const line = points.flatMap(({ time, mean }) => (mean === null ? [] : `${at(time)},${y.at(mean)}`)).join(' ');
  const title = `${label}, over time${changes.length === 0 ? '' : `; changed ${changes.map(({ time }) => timeText(time, unit)).join(', ')}`}`;
  return html`<svg viewBox="0 0 ${WIDTH} 200" role="img" aria-label="${title}">
    ${[baseline, current].map(
      (window, i) =>
        html`<rect
          class="${i === 0 ? 'baseline' : 'current'}-window"
          x="${at(window.from)}"
          y="${top}"
          width="${Math.max(0, at(window.until) - at(window.from)).toFixed(1)}"
          height="${bottom - top}"
        />`,
    )}
    ${y.ticks.map(
      (tick) =>
        html`<line class="grid" x1="${left}" x2="${right}" y1="${y.at(tick)}" y2="${y.at(tick)}" />
          <text class="tick" x="${left - 6}" y="${y.at(tick) + 4}" text-anchor="end">${String(tick)}</text>`,
    )}
    ${changes.map(({ time }) => html`<line class="change" x1="${at(time)}" x2="${at(time)}" y1="${top}" y2="${bottom}" />`)}
    <polyline class="line" points="${line}" />
    ${points.flatMap(({ time, mean, answers }) =>
      mean === null
        ? []
        : html`<circle class="point" cx="${at(time)}" cy="${y.at(mean)}" r="3">
            <title>${timeText(time, unit)}: ${numberText(mean)} (${answers} answers)</title>
          </circle>`,
    )}
    <text class="tick" x="${left}" y="188">${baseline.from.slice(0, 10)}</text>
    <text class="tick" x="${right}" y="188" text-anchor="end">${current.until.slice(0, 10)}</text>
  </svg>`;
}

/** The shares of both windows in each bin. */
export function binChart(label: string, bins: readonly BinReport[]): Markup {
  const [left, right, top, bottom] = [52, WIDTH - 12, 12, 150];
  const y = roundScale([0, ...bins.flatMap(({ baseline, current }) => [baseline, current])], bottom, top, 3);
  const width = (right - left) / bins.length;
  const bar = Math.min(40, width * 0.4);
  return html`<svg viewBox="0 0 ${WIDTH} 180" role="img" aria-label="${label}: shares of answers, baseline beside current window">
    ${y.ticks.map(
      (tick) =>
        html`<line class="grid" x1="${left}" x2="${right}" y1="${y.at(tick)}" y2="${y.at(tick)}" />
          <text class="tick" x="${left - 6}" y="${y.at(tick) + 4}" text-anchor="end">${percentText(tick)}</text>`,
    )}
    ${bins.map((bin, i) => {
      const middle = left + width * (i + 0.5);
      return html`${(['baseline', 'current'] as const).map(
          (window, side) =>
            html`<rect
              class="${window}-bar"
              x="${(middle - bar * (1 - side)).toFixed(1)}"
              y="${y.at(bin[window])}"
              width="${bar.toFixed(1)}"
              height="${(bottom - y.at(bin[window])).toFixed(1)}"
            >
              <title>${binText(bin)}: ${percentText(bin[window])} of the ${window} window</title>
            </rect>`,
        )}<text class="tick" x="${middle.toFixed(1)}" y="168" text-anchor="middle">${binText(bin)}</text>`;
    })}
  </svg>`;
}

/** What a bin holds: `≤ 12`, `12 – 14`, `> 18`. */
export function binText({ above, up_to }: BinReport): string {
  if (above === null) return up_to === null ? 'all' : `≤ ${short(up_to)}`;
  return up_to === null ? `> ${short(above)}` : `${short(above)} – ${short(up_to)}`;
}

function short(value: number): string {
  return String(Number(value.toFixed(Math.abs(value) >= 10 ? 1 : 2)));
}

/** The shares of answers that break each constraint, with their intervals. */
export function rateChart(violations: readonly ViolationReport[]): Markup {
  const [left, right, row] = [200, WIDTH - 16, 44];
  const height = violations.length * row;
  const x = roundScale([0, ...violations.flatMap(({ baseline, current }) => [baseline.high, current.high])], left, right);
  return html`<svg
    viewBox="0 0 ${WIDTH} ${height + 28}"
    role="img"
    aria-label="Shares of answers that break a constraint, with intervals of 95 %"
  >
    ${x.ticks.map(
      (tick) =>
        html`<line class="grid" x1="${x.at(tick)}" x2="${x.at(tick)}" y1="0" y2="${height}" />
          <text class="tick" x="${x.at(tick)}" y="${height + 18}" text-anchor="middle">${percentText(tick)}</text>`,
    )}
    ${violations.map(
      ({ constraint, ...windows }, i) =>
        html`<text class="name" x="${left - 12}" y="${i * row + 26}" text-anchor="end">${constraint}</text> ${(
            ['baseline', 'current'] as const
          ).map((window, side) => {
            const { rate, low, high } = windows[window];
            const y = i * row + 15 + side * 14;
            return html`<line class="${window}-interval" x1="${x.at(low)}" x2="${x.at(high)}" y1="${y}" y2="${y}" />
              <circle class="${window}-rate" cx="${x.at(rate)}" cy="${y}" r="4">
                <title>${constraint}, ${window}: ${percentText(rate)}, from ${percentText(low)} to ${percentText(high)}</title>
              </circle>`;
          })}`,
    )}
  </svg>`;
}
