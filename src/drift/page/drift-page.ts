/**
 * A report of drift → a page for the owner of a persona.
 *
 * What always holds: it is one file, it loads nothing and runs nothing, and every text in it is escaped.
 */
import { html, Markup } from '../../base/markup.js';
import { FEWEST_ANSWERS } from '../comparing/test-histories.js';
import type { DriftReport, GroupReport } from '../report.js';
import { levelText, percentText, seenText, timeText, windowText } from '../wording.js';
import { binChart, rateChart, timeChart } from './charts.js';
import { PAGE_STYLE } from './page-style.js';
import { featureTable, seriesTable, violationTable, wordTable } from './tables.js';

const VERDICTS: { readonly [verdict in GroupReport['verdict']]: string } = {
  moved: 'it moved',
  steady: 'steady',
  too_few: 'too few answers',
};

const ORDER: readonly GroupReport['verdict'][] = ['moved', 'steady', 'too_few'];

export function driftPage(report: DriftReport): string {
  const { notes, answers } = report;
  // What moved is what is looked for.
  const groups = report.groups.toSorted((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>promptc drift: ${headline(report)}</title>
        <style>
          ${new Markup(PAGE_STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>${headline(report)}</h1>
          <p class="quiet">
            ${answers} answers. In answers in which nothing moves, a report says that something did at most
            ${percentText(report.false_alarm_rate)} of the time.
          </p>
          ${list(notes)} ${groups.length > 1 ? overview(groups) : []}
        </header>
        <main>${groups.map(groupSection)}</main>
      </body>
    </html>`;
  return `${page.text.replaceAll(CONTROLS, '\ufffd').trimEnd()}\n`;
}

/** What HTML does not allow, whatever it stands for. */
const CONTROLS = /(?![\t\n\r])\p{Cc}|\p{Cs}/gu;

function headline({ groups }: DriftReport): string {
  const moved = groups.filter(({ verdict }) => verdict === 'moved').length;
  if (moved > 0) return `${moved} of ${groups.length} moved`;
  const told = groups.filter(({ verdict }) => verdict === 'steady').length;
  return told === 0 ? 'Too few answers to tell' : 'Nothing moved';
}

function list(texts: readonly string[]): Markup | Markup[] {
  return texts.length === 0
    ? []
    : html`<ul>
        ${texts.map((text) => html`<li>${text}</li>`)}
      </ul>`;
}

function overview(groups: readonly GroupReport[]): Markup {
  return html`<nav aria-label="Versions">
    <ul>
      ${groups.map((group, i) => html`<li><a href="#group-${i + 1}">${group.bundle} ${group.version}</a> ${badge(group)}</li>`)}
    </ul>
  </nav>`;
}

function badge(group: GroupReport): Markup {
  return html`<span class="verdict ${group.verdict}">${VERDICTS[group.verdict]}</span>`;
}

function groupSection(group: GroupReport, index: number): Markup {
  const { bundle, version, baseline, current, answers, measured, unit } = group;
  const sample = measured < answers ? `, of which a sample of ${measured} was looked at` : '';
  return html`<section id="group-${index + 1}" aria-labelledby="title-${index + 1}">
    <h2 id="title-${index + 1}">${bundle} ${version} ${badge(group)}</h2>
    <p class="quiet">
      <span class="key baseline"></span> Baseline ${windowText(baseline, unit)}, ${baseline.answers} answers.
      <span class="key current"></span> Current ${windowText(current, unit)}, ${current.answers} answers. ${answers} answers in
      all${sample}.
    </p>
    ${
      group.verdict === 'too_few'
        ? html`<p>
            A window needs at least ${FEWEST_ANSWERS} answers. Choose others with --since, --window and --baseline-until, or wait for more
            answers.
          </p>`
        : html`${movedFeatures(group)} ${changes(group)} ${sentences(group)} ${violations(group)} ${movedCharts(group)} ${words(group)}
          ${features(group, unit)}`
    }
  </section>`;
}

function movedFeatures({ features: all, vocabulary }: GroupReport): Markup | Markup[] {
  const moved = all.filter((feature) => feature.moved);
  const movedVocabulary = vocabulary?.moved === true ? vocabulary : null;
  if (moved.length === 0 && movedVocabulary === null) return [];
  return html`<h3>What moved</h3>
    ${featureTable(moved, movedVocabulary)}`;
}

function changes({ change_points, unit }: GroupReport): Markup | Markup[] {
  if (change_points.length === 0) return [];
  return html`<h3>Changes</h3>
    <ul>
      ${change_points.map(
        ({ time, moves }) =>
          html`<li>
            <time datetime="${time}">${timeText(time, unit)}</time>:
            ${moves.map(({ label, kind, before, after }) => `${label} ${levelText(kind, before)} → ${levelText(kind, after)}`).join('; ')}
          </li>`,
      )}
    </ul>`;
}

function sentences({ sentences: all, unit }: GroupReport): Markup | Markup[] {
  if (all.length === 0) return [];
  const subjects = [...new Set(all.map(({ of }) => of))];
  return html`<h3>Sentences that show it</h3>
    ${subjects.map(
      (subject) =>
        html`<p>${subject}</p>
          ${all
            .filter(({ of }) => of === subject)
            .map(
              ({ text, window, line, time, seen }) =>
                html`<blockquote class="of-${window}">
                  ${text}
                  <footer>${window} window, line ${line}, ${timeText(time, unit)}${seen === undefined ? '' : `; ${seenText(seen)}`}</footer>
                </blockquote>`,
            )}`,
    )}`;
}

function violations({ violations: all }: GroupReport): Markup | Markup[] {
  if (all.length === 0) return [];
  return html`<h3>Answers that break a constraint</h3>
    <figure>${rateChart(all)}</figure>
    ${violationTable(all)}`;
}

function movedCharts(group: GroupReport): Markup[] {
  const changed = new Set(group.change_points.flatMap(({ moves }) => moves.map(({ name }) => name)));
  return group.series.flatMap((series) => {
    const feature = group.features.find(({ feature: name }) => series.kind === 'feature' && name === series.name);
    const violation = group.violations.find(({ constraint }) => series.kind === 'constraint' && constraint === series.name);
    if (!(feature?.moved ?? violation?.moved ?? false) && !changed.has(series.name)) return [];
    return html`<h3>${series.label}</h3>
      <figure>
        <figcaption class="quiet">Over time</figcaption>
        ${timeChart(series, group)}
      </figure>
      ${
        feature === undefined
          ? []
          : html`<figure>
              <figcaption class="quiet">Shares of answers</figcaption>
              ${binChart(series.label, feature.bins)}
            </figure>`
      }
      ${seriesTable(series, feature, group.unit)}`;
  });
}

function words({ words: all, vocabulary }: GroupReport): Markup | Markup[] {
  if (all.length === 0 && vocabulary?.moved !== true) return [];
  return html`<h3>Words</h3>
    ${all.length === 0 ? html`<p>No single word moved, but the vocabulary as a whole did.</p>` : wordTable(all)}`;
}

function features({ features: all, vocabulary, series }: GroupReport, unit: GroupReport['unit']): Markup {
  const table = featureTable(all, vocabulary);
  const rest = series.filter(({ points }) => points.length > 0).length;
  return html`<h3>All features</h3>
    ${table}
    <p class="quiet">
      p: how often chance alone makes anything of its kind look like this;
      ${unit === 'day' ? 'days' : 'slices of answers that follow on each other'} were put into random orders to tell. ${rest} series were
      searched for changes.
    </p>`;
}
