/**
 * Diagnostics as workflow commands of GitHub Actions, which makes annotations on a pull request of them.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
import type { Diagnostic } from '../../base/diagnostic.js';
import type { Span } from '../../base/span.js';
import { placeOf, placeText } from './place.js';
import { countText, errorsFirst } from './severities.js';
import { readable, visible } from './visible.js';

/** GitHub shows so many errors and so many warnings of a step. */
const SHOWN_OF_EACH = 10;

/**
 * One line a diagnostic. Errors come first: of a job, too, GitHub shows only so many.
 *
 * @param folder - where the project lies in its repository, with a slash at its end
 */
export function diagnosticsGithub(diagnostics: readonly Diagnostic[], folder = ''): string {
  return errorsFirst(diagnostics)
    .map((diagnostic) => `${command(diagnostic, folder)}\n`)
    .join('');
}

/** One line for people, or nothing if there is nothing to say. */
export function githubSummary(diagnostics: readonly Diagnostic[]): string {
  if (diagnostics.length === 0) return '';
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const isCut = Math.max(errors, diagnostics.length - errors) > SHOWN_OF_EACH;
  return `${countText(diagnostics)}${isCut ? ` (GitHub shows ${SHOWN_OF_EACH} of each on the pull request; this log has all of them)` : ''}\n`;
}

function command({ code, severity, message, span, hint, related = [] }: Diagnostic, folder: string): string {
  const properties = { file: visible(folder + span.source.path), ...extent(span), title: code };
  const list = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  const lines = [
    readable(message),
    ...related.map((other) => `see: ${placeText(other.span, folder)} ${readable(other.message)}`),
    ...(hint === undefined ? [] : [`hint: ${readable(hint)}`]),
    // The log of a step shows the message alone, without file and line.
    `at ${placeText(span, folder)}`,
  ];
  return `::${severity} ${list.join(',')}::${escapeData(lines.join('\n'))}`;
}

/** GitHub refuses columns of a place that has several lines, and shows the annotation below the last of them. */
function extent({ source, start, end }: Span) {
  const endsLine = end > start && source.text[end - 1] === '\n';
  const { line, column, endLine, endColumn } = placeOf({ source, start, end: endsLine ? end - 1 : end });
  return line === endLine ? { line, endLine, col: column, endColumn } : { line, endLine };
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
