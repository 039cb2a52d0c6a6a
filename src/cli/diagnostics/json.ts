import type { Diagnostic } from '../../base/diagnostic.js';
import type { Span } from '../../base/span.js';
import { placeOf } from './place.js';
import { safeJson } from './visible.js';

/** The form that docs/diagnostics.md describes, for programs. */
export function diagnosticsJson(diagnostics: readonly Diagnostic[]): string {
  const list = diagnostics.map(({ code, severity, message, span, hint, related }) => ({
    code,
    severity,
    message,
    ...placeJson(span),
    ...(hint === undefined ? {} : { hint }),
    ...(related === undefined ? {} : { related: related.map((one) => ({ message: one.message, ...placeJson(one.span) })) }),
  }));
  return `${safeJson({ diagnostics: list })}\n`;
}

function placeJson(span: Span) {
  return { file: span.source.path, ...placeOf(span) };
}
