/** Diagnostics by severity: how many, and which matter more. */
import type { Diagnostic } from '../../base/diagnostic.js';

/** `2 errors and 1 warning` */
export function countText(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(isError).length;
  const parts: string[] = [];
  for (const [number, name] of [
    [errors, 'error'],
    [diagnostics.length - errors, 'warning'],
  ] as const) {
    if (number > 0) parts.push(`${number} ${name}${number === 1 ? '' : 's'}`);
  }
  return parts.join(' and ');
}

/** The errors, then the warnings, each in the order that they came in. */
export function errorsFirst(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.toSorted((a, b) => Number(isError(b)) - Number(isError(a)));
}

/** At most so many of them, errors before warnings, in the order that they came in. */
export function mostImportant(diagnostics: readonly Diagnostic[], most: number): Diagnostic[] {
  const chosen = new Set(errorsFirst(diagnostics).slice(0, most));
  return diagnostics.filter((diagnostic) => chosen.has(diagnostic));
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}
