/** Diagnostics whose every text was written by someone who means harm. */
import fc from 'fast-check';
import { type Code, CODES } from '../../src/base/codes.js';
import type { Diagnostic } from '../../src/base/diagnostic.js';
import { SourceText, type Span } from '../../src/base/span.js';

const FRAGMENTS = [
  '::',
  ':',
  '::error::',
  '::error file=x,line=1::',
  '::add-mask::',
  '::stop-commands::x',
  '##[error]',
  '##[',
  '#',
  '[',
  ']',
  '##vso[task.setvariable]',
  '##teamcity[',
  '%',
  '%0A',
  '%0D',
  '%250A',
  '%25',
  '%3A%3A',
  '%2C',
  ',',
  '=',
  ',title=',
  '\n',
  '\r',
  '\r\n',
  '\u0085',
  '\u2028',
  '\v',
  '\f',
  '\0',
  '\t',
  ' ',
  '\u001b[31m',
  '\u202e',
  '\u200b',
  '\ufeff',
  '\ud800',
  '👍',
  '[x](https://evil.example)',
  '](',
  '](1)',
  '{0}',
  '`',
  '<b>',
  '\\',
  'x',
];

const hostileText = fc
  .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...FRAGMENTS) }, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 8 })
  .map((parts) => parts.join(''));

const hostileSpan: fc.Arbitrary<Span> = fc.tuple(hostileText, hostileText, fc.nat(), fc.nat()).map(([path, text, a, b]) => {
  const source = new SourceText(`prompts/${path}.md`, text);
  const [start, end] = [a % (text.length + 1), b % (text.length + 1)].toSorted((x, y) => x - y) as [number, number];
  return { source, start, end };
});

export const hostileDiagnostic: fc.Arbitrary<Diagnostic> = fc.record(
  {
    code: fc.constantFrom(...(Object.keys(CODES) as Code[])),
    severity: fc.constantFrom('error' as const, 'warning' as const),
    message: hostileText,
    span: hostileSpan,
    hint: hostileText,
    related: fc.array(fc.record({ message: hostileText, span: hostileSpan }), { maxLength: 3 }),
  },
  { requiredKeys: ['code', 'severity', 'message', 'span'] },
);
