import { styleText } from 'node:util';
import type { Diagnostic } from '../../base/diagnostic.js';
import { codeFrame } from './frame.js';
import { placeText } from './place.js';
import { countText } from './severities.js';
import { readable, visible } from './visible.js';

const CONTEXT_LINES = 1;

/** For people: one block a diagnostic, with a code frame, and a count at the end. */
export function diagnosticsText(diagnostics: readonly Diagnostic[], colour: boolean): string {
  if (diagnostics.length === 0) return '';
  return `${diagnostics.map((diagnostic) => diagnosticText(diagnostic, colour)).join('\n')}\n${countText(diagnostics)}\n`;
}

export function diagnosticText({ code, severity, message, span, hint, related = [] }: Diagnostic, colour: boolean): string {
  const paint = (format: Parameters<typeof styleText>[0], text: string): string =>
    colour ? styleText(format, text, { validateStream: false }) : text;
  const hue = severity === 'error' ? 'red' : 'yellow';
  const lines = [
    `${placeText(span, '')} ${paint([hue, 'bold'], severity)} ${paint('dim', code)}`,
    `  ${paint('bold', readable(message))}`,
    ...codeFrame(span, CONTEXT_LINES, (caret) => paint(hue, caret)),
  ];
  if (hint !== undefined) lines.push(`  ${paint('cyan', 'hint:')} ${readable(hint)}`);
  for (const other of related) lines.push(`  ${paint('dim', 'see')}  ${placeText(other.span, '')} ${visible(other.message)}`);
  return `${lines.join('\n')}\n`;
}
