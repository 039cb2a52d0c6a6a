/**
 * A page with the results of a run: what each answer breaks, marked where it breaks it.
 *
 * What always holds: it is one file, it loads nothing and runs nothing, and every text in it is escaped.
 */
import { html, Markup } from '../../base/markup.js';
import type { Violation } from '../../answers/check-output.js';
import type { CaseResult } from '../run/results.js';
import { isFailing, type Report, totalsOf, type Verdict, verdictOf } from '../run/verdict.js';
import { stretchesOf } from './marked-text.js';
import { REPORT_STYLE } from './report-style.js';

/** Of an answer, in characters; the JSON has the whole. */
const MOST_SHOWN = 100_000;
/** Of one answer. */
const MOST_LISTED = 200;

const WORDS: { readonly [verdict in Verdict]: string } = { passed: 'passed', failed: 'failed', lacking: 'not checked' };

export function htmlReport(report: Report): string {
  const { cases, problems } = report.results;
  const files = [...new Set(cases.map(({ suite }) => suite))];
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>promptc eval: ${headline(report)}</title>
        <style>
          ${new Markup(REPORT_STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>${headline(report)}</h1>
          ${facts(report)}
        </header>
        <main>
          ${
            problems.length === 0
              ? []
              : html`<section>
                  <h2>Mistakes in suites</h2>
                  <ul>
                    ${problems.map(({ place, message }) => html`<li><code>${place.file}:${place.line}:${place.column}</code> ${message}</li>`)}
                  </ul>
                </section>`
          }
          ${files.map(
            (file) =>
              html`<section>
                <h2>${file}</h2>
                ${cases.filter(({ suite }) => suite === file).map((result) => caseMarkup(result, report))}
              </section>`,
          )}
        </main>
      </body>
    </html> `;
  return `${page.text.replaceAll(CONTROLS, '\ufffd').trimEnd()}\n`;
}

/** What HTML does not allow, whatever it stands for. */
const CONTROLS = /(?![\t\n\r])\p{Cc}|\p{Cs}/gu;

function headline(report: Report): string {
  const { cases, failed, lacking } = totalsOf(report);
  if (failed > 0) return `${failed} of ${cases} answers failed`;
  if (lacking > 0) return `${lacking} of ${cases} answers could not be checked`;
  return cases === 1 ? 'The answer passed' : `All ${cases} answers passed`;
}

function facts(report: Report): Markup {
  const { passed, failed, lacking, violations, tokens, known } = totalsOf(report);
  const { comparison } = report;
  const rows: readonly (readonly [name: string, value: string])[] = [
    ['Answers', `${passed} passed, ${failed} failed, ${lacking} not checked`],
    ['Violations', `errors: ${violations.error}, warnings: ${violations.warn}, advice: ${violations.advise}`],
    ...(comparison === undefined
      ? []
      : [
          [
            `Compared with ${comparison.with}`,
            `new: ${comparison.added.size}, gone: ${comparison.gone}, cases that it does not have: ${comparison.newCases}`,
          ] as const,
        ]),
    ...(tokens.prompt + tokens.completion > 0 ? [['Tokens', `${tokens.prompt} of prompts, ${tokens.completion} of answers`] as const] : []),
    ...(known > 0 ? [['Asked for before', `${known}, which cost nothing`] as const] : []),
  ];
  return html`<dl>
    ${rows.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

function caseMarkup(result: CaseResult, report: Report): Markup {
  const { name, bundle, render, place, failure, answer, violations } = result;
  const verdict = verdictOf(result, report);
  const subject = render === undefined ? bundle : `${bundle}@${render.semver}`;
  const isOpen = verdict !== 'passed' || violations.length > 0;
  return html`<details ${new Markup(isOpen ? 'open' : '')}>
    <summary>
      <span class="verdict ${verdict}">${WORDS[verdict]}</span> <b>${name}</b>
      <span class="quiet">${subject}, line ${place.line}${violations.length > 0 ? `, ${violations.length} found` : ''}</span>
    </summary>
    ${failure === undefined ? [] : html`<p>${failure.message}</p>`} ${violations.length === 0 ? [] : violationList(violations, report)}
    ${answer === undefined ? [] : answerMarkup(answer, violations)}
    ${render === undefined ? [] : html`<p class="quiet">prompt <code>${render.promptHash}</code></p>`}
  </details>`;
}

function violationList(violations: readonly Violation[], report: Report): Markup {
  const left = violations.length - MOST_LISTED;
  return html`<ol>
      ${violations.slice(0, MOST_LISTED).map(
        (violation) =>
          html`<li>
            <span class="verdict ${isFailing(violation, report) ? 'failed' : violation.severity}"
              >${ageOf(violation, report)}${violation.severity}</span
            >
            <code>${violation.constraint}</code> ${violation.message} <span class="quiet">${violation.retry_hint}</span>
          </li>`,
      )}
    </ol>
    ${left > 0 ? html`<p class="quiet">And ${left} more.</p>` : []}`;
}

function ageOf(violation: Violation, { comparison }: Report): string {
  if (comparison === undefined) return '';
  return comparison.added.has(violation) ? 'new ' : 'known ';
}

function answerMarkup(answer: string, violations: readonly Violation[]): Markup {
  const stretches = stretchesOf(
    answer.slice(0, MOST_SHOWN),
    violations.slice(0, MOST_LISTED).map((one) => markable(one, answer)),
  );
  const marked = stretches.map(({ text, violations: marks }, i) => {
    if (marks.length === 0) return html`${text}`;
    const names = [...new Set(marks.map((index) => violations[index]!.constraint))].join(', ');
    const ending = marks.filter((index) => stretches[i + 1]?.violations.includes(index) !== true).map((index) => index + 1);
    return html`<mark title="${names}" data-number="${ending.join(' ')}">${text}</mark>`;
  });
  const left = answer.length - MOST_SHOWN;
  // Without white space of the page's own, which would be shown.
  return html`<pre dir="auto">${marked}</pre>
    ${left > 0 ? html`<p class="quiet">And ${left} more characters.</p>` : []}`;
}

/** What is about the answer as a whole is about no place in it. */
function markable({ span, ...violation }: Violation, answer: string): Violation {
  const isWhole = span !== undefined && answer.slice(0, span.start).trim() === '' && answer.slice(span.end).trim() === '';
  return span === undefined || isWhole ? violation : { ...violation, span };
}
