/** Diagnostics as a cache holds them: without the texts of their files, which are at hand when they are told again. */
import type { Code, Severity } from '../../base/codes.js';
import type { Diagnostic } from '../../base/diagnostic.js';
import type { SourceText, Span } from '../../base/span.js';

/** A path, and the offsets of a stretch of that file. */
type StoredSpan = readonly [path: string, start: number, end: number];

export interface StoredDiagnostic {
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  readonly span: StoredSpan;
  readonly hint?: string;
  readonly related?: readonly { readonly message: string; readonly span: StoredSpan }[];
}

/** Finds a file by its path. */
export type SourceByPath = (path: string) => SourceText | undefined;

export function storedDiagnostic({ code, severity, message, span, hint, related }: Diagnostic): StoredDiagnostic {
  return {
    ...{ code, severity, message },
    span: storedSpan(span),
    ...(hint !== undefined && { hint }),
    ...(related !== undefined && { related: related.map((one) => ({ message: one.message, span: storedSpan(one.span) })) }),
  };
}

/** @returns `undefined` if one of its files is not there any more */
export function restoredDiagnostic(
  { span: stored, related: others, ...rest }: StoredDiagnostic,
  sourceOf: SourceByPath,
): Diagnostic | undefined {
  const span = restoredSpan(stored, sourceOf);
  const related = others?.map(({ message, span: place }) => ({ message, span: restoredSpan(place, sourceOf) }));
  if (span === undefined || related?.some((one) => one.span === undefined) === true) return undefined;
  return { ...rest, span, ...(related !== undefined && { related: related as NonNullable<Diagnostic['related']> }) };
}

function storedSpan({ source, start, end }: Span): StoredSpan {
  return [source.path, start, end];
}

function restoredSpan([path, start, end]: StoredSpan, sourceOf: SourceByPath): Span | undefined {
  const source = sourceOf(path);
  return source && { source, start, end };
}
