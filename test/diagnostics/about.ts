import type { Diagnostic } from '../../src/base/diagnostic.js';
import { SourceText } from '../../src/base/span.js';

/** A diagnostic about the part of a text that stands between `‹` and `›`. */
export function about(marked: string, path = 'a.md'): Diagnostic {
  const start = marked.indexOf('‹');
  const end = marked.indexOf('›') - 1;
  const source = new SourceText(path, marked.replace('‹', '').replace('›', ''));
  return { code: 'check/unknown-name', severity: 'error', message: 'Nothing is named "x" here.', span: { source, start, end } };
}
