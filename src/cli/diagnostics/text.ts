import { styleText } from 'node:util';
import type { Diagnostic } from '../../base/diagnostic.js';
import { codeFrame, firstLineOf, type FrameRow } from './frame.js';
import { placeText } from './place.js';
import { countText, mostImportant } from './severities.js';
import { readable } from './visible.js';

/** Nobody mends more than this before running the command again. */
const MAX_SHOWN = 100;
const CONTEXT_LINES = 1;

type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;

/**
 * For people: one block a diagnostic, with a code frame, and a count at the end.
 *
 * @param folder - what stands before the paths of files, with a slash at its end
 */
export function diagnosticsText(diagnostics: readonly Diagnostic[], colour: boolean, folder = ''): string {
  if (diagnostics.length === 0) return '';
  const blocks = mostImportant(diagnostics, MAX_SHOWN).map((diagnostic) => diagnosticText(diagnostic, colour, folder));
  const more = diagnostics.length - blocks.length;
  if (more > 0) blocks.push(`… and ${more} more. \`promptc check --format json\` prints all of them.\n`);
  return `${blocks.join('\n')}\n${countText(diagnostics)}\n`;
}

export function diagnosticText({ code, severity, message, span, hint, related = [] }: Diagnostic, colour: boolean, folder = ''): string {
  const paint: Paint = (format, text) => (colour ? styleText(format, text, { validateStream: false }) : text);
  const hue = severity === 'error' ? 'red' : 'yellow';
  const frame = codeFrame(span, CONTEXT_LINES);
  const others = related.map((other) => ({ ...other, frame: codeFrame(firstLineOf(other.span), 0) }));
  // The frames of one diagnostic stand below each other, so they share a margin.
  const width = Math.max(...[frame, ...others.map((other) => other.frame)].flat().map(({ label }) => label.length));
  const lines = [
    `${placeText(span, folder)} ${paint([hue, 'bold'], severity)} ${paint('dim', code)}`,
    `  ${paint('bold', readable(message))}`,
    ...frame.map((row) => frameLine(row, width, hue, paint)),
    ...others.flatMap((other) => [
      `  ${paint('cyan', 'see:')} ${placeText(other.span, folder)} ${readable(other.message)}`,
      ...other.frame.map((row) => frameLine(row, width, 'cyan', paint)),
    ]),
  ];
  if (hint !== undefined) lines.push(`  ${paint('cyan', 'hint:')} ${readable(hint)}`);
  return `${lines.join('\n')}\n`;
}

function frameLine({ label, bar, text }: FrameRow, width: number, hue: 'red' | 'yellow' | 'cyan', paint: Paint): string {
  const margin = `  ${paint('dim', label.padStart(width))} ${paint(bar === '>' ? hue : 'dim', bar)}`;
  return `${margin} ${label === '' ? paint(hue, text) : text}`.trimEnd();
}
