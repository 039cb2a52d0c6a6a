/** The numbers of a report as tables. */
import { html, type Markup } from '../../base/markup.js';
import type {
  DistributionReport,
  FeatureReport,
  GroupReport,
  MoveReport,
  RateReport,
  SeriesReport,
  ViolationReport,
  WordReport,
} from '../report.js';
import { levelText, meansText, numberText, percentText, pText, rateText, timeText } from '../wording.js';
import { binText } from './charts.js';

export function featureTable(features: readonly FeatureReport[], vocabulary: DistributionReport | null): Markup {
  const rows = features.map((feature) => row(feature, feature.label, [...meansText(feature), ...distances(feature)]));
  if (vocabulary !== null) rows.push(row(vocabulary, 'vocabulary', ['', '', ...distances(vocabulary)]));
  return table(['feature', 'baseline', 'current', 'Jensen-Shannon', 'stability index', 'p', 'move'], rows);
}

function distances({ jensen_shannon, stability_index, p }: DistributionReport): string[] {
  return [numberText(jensen_shannon), numberText(stability_index), pText(p)];
}

export function violationTable(violations: readonly ViolationReport[]): Markup {
  const rows = violations.map((one) => row(one, `${one.constraint} (${one.severity})`, [...rates(one), pText(one.p)]));
  return table(['constraint', 'baseline', 'current', 'p', 'move'], rows);
}

export function wordTable(words: readonly WordReport[]): Markup {
  return table(
    ['answers that have', 'baseline', 'current', 'p', 'move'],
    words.map((word) => row(word, word.word, [...rates(word), pText(word.p)])),
  );
}

function rates({ baseline, current }: { readonly baseline: RateReport; readonly current: RateReport }): string[] {
  return [rateText(baseline), rateText(current)];
}

/** What a chart shows, in numbers; closed until it is asked for. */
export function seriesTable({ label, kind, points }: SeriesReport, feature: FeatureReport | undefined, unit: GroupReport['unit']): Markup {
  return html`<details>
    <summary>The numbers of ${label}</summary>
    ${plainTable(
      ['from', 'answers', 'mean'],
      points.map(({ time, answers, mean }) => [timeText(time, unit), String(answers), levelText(kind, mean)]),
    )}
    ${
      feature === undefined
        ? []
        : plainTable(
            ['value', 'baseline', 'current'],
            feature.bins.map((bin) => [binText(bin), percentText(bin.baseline), percentText(bin.current)]),
          )
    }
  </details>`;
}

function row({ moved, size }: MoveReport, name: string, cells: readonly string[]): Markup {
  return html`<tr class="${moved ? 'moved' : ''}">
    <th scope="row">${name}</th>
    ${cells.map((cell) => html`<td class="number">${cell}</td>`)}
    <td class="size">${moved ? size : ''}</td>
  </tr>`;
}

function table(heads: readonly string[], rows: readonly Markup[]): Markup {
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${heads.map((head, i) => html`<th scope="col" class="${i > 0 && i < heads.length - 1 ? 'number' : ''}">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function plainTable(heads: readonly string[], rows: readonly (readonly string[])[]): Markup {
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
