/** The formats that diagnostics are printed in. */
import type { Diagnostic } from '../../base/diagnostic.js';
import type { Terminal } from '../io.js';
import { folderInRepository, folderPrefix } from '../repository.js';
import { diagnosticsGithub, githubSummary } from './github.js';
import { diagnosticsJson } from './json.js';
import { diagnosticsSarif } from './sarif.js';
import { diagnosticsText } from './text.js';
import type { FORMATS } from '../choices.js';

export type Format = (typeof FORMATS)[number];

/** Whether a format is one document, beside which nothing else is printed. */
export function isDocument(format: Format): boolean {
  return format === 'json' || format === 'sarif';
}

/**
 * Text is talk; the rest are results.
 *
 * @param root - the project's folder
 */
export async function printDiagnostics(
  terminal: Terminal,
  diagnostics: readonly Diagnostic[],
  { format, root }: { format: Format; root: string },
): Promise<void> {
  switch (format) {
    case 'text':
      terminal.err(diagnosticsText(diagnostics, terminal.colour, folderPrefix(terminal.cwd, root)));
      break;
    case 'json':
      terminal.out(diagnosticsJson(diagnostics));
      break;
    case 'github':
      terminal.out(diagnosticsGithub(diagnostics, await folderInRepository(root, terminal)));
      terminal.err(githubSummary(diagnostics));
      break;
    case 'sarif':
      terminal.out(diagnosticsSarif(diagnostics, await folderInRepository(root, terminal)));
      break;
  }
}
