/** What a page that lives on the build is told: docs/dev.md describes it. */
import type { Diagnostic } from '../base/diagnostic.js';
import type { Digest } from '../base/digest.js';
import type { StreamEvent } from '../server/event-streams.js';
import type { CompileReport } from './session.js';

export const EVENTS_PATH = '/dev/events';

/** More of them nobody reads on a page. */
const MOST_DIAGNOSTICS = 100;
const MOST_FILES = 100;

/**
 * @param id - of the event
 * @param served - the build that is served by now
 */
export function streamEvent(report: CompileReport, id: string, served: Digest | undefined): StreamEvent {
  const { files, milliseconds } = report;
  const named = files !== undefined && files.length <= MOST_FILES ? files : null;
  const common = { build: served ?? null, files: named, milliseconds: Math.round(milliseconds * 10) / 10 };
  switch (report.kind) {
    case 'taken':
      return { id, event: 'build', data: { ...common, changed: report.changed, ...told(report.compiled.diagnostics) } };
    case 'broken':
      return { id, event: 'broken', data: { ...common, ...told(report.compiled.diagnostics) } };
    case 'failed':
      return { id, event: 'failed', data: { ...common, message: report.error.message } };
  }
}

/** Errors come first, since they are what is to be mended. */
function told(diagnostics: readonly Diagnostic[]) {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const shown = [...errors, ...diagnostics.filter(({ severity }) => severity !== 'error')].slice(0, MOST_DIAGNOSTICS);
  return { diagnostics: shown.map(toJson), omitted: diagnostics.length - shown.length };
}

function toJson({ code, severity, message, span: { source, start, end }, hint }: Diagnostic) {
  const [from, to] = [source.position(start), source.position(end)];
  const place = { file: source.path, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
  return { code, severity, message, ...place, hint: hint ?? null };
}
