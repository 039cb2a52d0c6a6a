/** What was found → what is told, by the project's settings and by the ignores in its files. */
import { CODES, type Code, type Severity } from '../base/codes.js';
import type { Diagnostic, Diagnostics } from '../base/diagnostic.js';
import { type Ignore, IgnoreIndex } from './check/ignores.js';

/** What a project makes of warnings, by code. */
export type Severities = { readonly [code in Code]?: Severity | 'off' };

/**
 * Warnings that are neither ignored nor turned off, with the severity that the project gives them, and every
 * error; by file and place. Ignores that ignored nothing are told as well, unless errors have kept the checks
 * that they are for from running.
 */
export function settle(diagnostics: Diagnostics, severities: Severities, ignores: readonly Ignore[]): Diagnostic[] {
  const index = new IgnoreIndex(ignores);
  const settled = (list: readonly Diagnostic[]): Diagnostic[] =>
    list.flatMap((diagnostic) => {
      if (CODES[diagnostic.code].severity === 'error') return [diagnostic];
      const severity = index.ignores(diagnostic) ? 'off' : (severities[diagnostic.code] ?? diagnostic.severity);
      return severity === 'off' ? [] : [{ ...diagnostic, severity }];
    });
  const told = settled(diagnostics.sorted());
  const idle = index.idle().filter(({ code }) => severities[code] !== 'off');
  if (idle.length === 0 || diagnostics.errorCount > 0) return told;
  for (const { code, span } of idle) diagnostics.report('check/unused-ignore', span, { code });
  return settled(diagnostics.sorted());
}
