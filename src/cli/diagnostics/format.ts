/** The formats that diagnostics are printed in. */
import type { Diagnostic } from '../../base/diagnostic.js';
import type { Terminal } from '../io.js';
import { diagnosticsJson } from './json.js';
import { diagnosticsText } from './text.js';

export const FORMATS = ['text', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** Text is talk; JSON is a result. */
export function printDiagnostics(terminal: Terminal, diagnostics: readonly Diagnostic[], format: Format): void {
  if (format === 'json') terminal.out(diagnosticsJson(diagnostics));
  else terminal.err(diagnosticsText(diagnostics, terminal.colour));
}
