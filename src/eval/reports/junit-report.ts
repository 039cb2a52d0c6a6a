/** JUnit XML, which CIs show: a test suite for each suite, a test for each case. It holds no times, so that equal runs give equal files. */
import type { Violation } from '../../answers/check-output.js';
import type { CaseResult } from '../run/results.js';
import { isFailing, type Report, totalsOf } from '../run/verdict.js';

/** Of one answer. */
const MOST_LISTED = 50;

export function junitReport(report: Report): string {
  const { cases, problems } = report.results;
  const files = [...new Set([...cases.map(({ suite }) => suite), ...problems.map(({ place }) => place.file)])];
  const suites = files.map((file) => {
    const own = cases.filter(({ suite }) => suite === file);
    const mistakes = problems.filter(({ place }) => place.file === file);
    const { failed, lacking } = totalsOf(report, own);
    const counts = { tests: own.length + mistakes.length, failures: failed, errors: lacking + mistakes.length };
    const tests = [
      ...own.map((result) =>
        element('testcase', { classname: file, name: result.name, file, line: result.place.line }, outcome(result, report)),
      ),
      ...mistakes.map(({ place, message }) =>
        element('testcase', { classname: file, name: `line ${place.line}`, file, line: place.line }, [
          element('error', { message, type: 'suite' }, []),
        ]),
      ),
    ];
    return { counts, text: element('testsuite', { name: file, ...counts }, tests) };
  });
  const total = (key: 'tests' | 'failures' | 'errors'): number => suites.reduce((sum, { counts }) => sum + counts[key], 0);
  const root = { name: 'promptc eval', tests: total('tests'), failures: total('failures'), errors: total('errors') };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(
    'testsuites',
    root,
    suites.map(({ text }) => text),
  )}`;
}

function outcome(result: CaseResult, report: Report): string[] {
  const { failure, violations } = result;
  if (failure !== undefined) return [element('error', { message: failure.message, type: failure.kind }, [])];
  const failing = violations.filter((violation) => isFailing(violation, report));
  const others = violations.filter((violation) => !isFailing(violation, report));
  return [
    ...(failing.length === 0
      ? []
      : [element('failure', { message: failing[0]!.message, type: failing[0]!.constraint }, [escaped(list(failing))])]),
    ...(others.length === 0 ? [] : [element('system-out', {}, [escaped(list(others))])]),
  ];
}

function list(violations: readonly Violation[]): string {
  const lines = violations.slice(0, MOST_LISTED).map(({ severity, constraint, message }) => `${severity} ${constraint}: ${message}`);
  return [...lines, ...(violations.length > MOST_LISTED ? [`and ${violations.length - MOST_LISTED} more`] : [])].join('\n');
}

function element(name: string, attributes: { readonly [name: string]: string | number }, children: readonly string[]): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${attribute(String(value))}"`);
  if (children.length === 0) return `<${name}${written.join('')}/>\n`;
  return `<${name}${written.join('')}>${children.join('').startsWith('<') ? '\n' : ''}${children.join('')}</${name}>\n`;
}

const ESCAPES: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What XML 1.0 cannot hold, escaped or not: most control characters, halves of surrogate pairs, and two more. */
const IMPOSSIBLE = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

function escaped(text: string): string {
  return text.replaceAll(IMPOSSIBLE, '\ufffd').replaceAll(/[&<>"]/g, (character) => ESCAPES[character]!);
}

/** In an attribute, readers take line ends and tabs for spaces unless they are escaped. */
function attribute(text: string): string {
  return escaped(text).replaceAll(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
