/**
 * Diagnostics as SARIF 2.1.0, for services that keep track of findings, such as GitHub's code scanning.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
import { type Code, CODES } from '../../base/codes.js';
import type { Diagnostic } from '../../base/diagnostic.js';
import { hexOf, sha256 } from '../../base/digest.js';
import type { Span } from '../../base/span.js';
import { ENGINE_VERSION } from '../../base/version.js';
import { placeOf, placeText } from './place.js';
import { readable } from './visible.js';

/** More of a line than this tells no two lines apart that matter. */
const MAX_HASHED = 200;

/**
 * A log of one run, with a rule for each code that occurs.
 *
 * @param folder - where the project lies in its repository, with a slash at its end
 */
export function diagnosticsSarif(diagnostics: readonly Diagnostic[], folder = ''): string {
  const rules = new Map<Code, { readonly index: number; readonly rule: object }>();
  const fingerprint = fingerprints(folder);
  const results = diagnostics.map((diagnostic) => {
    const { code, severity, span, related = [] } = diagnostic;
    if (!rules.has(code)) rules.set(code, { index: rules.size, rule: ruleOf(code) });
    return {
      ruleId: code,
      ruleIndex: rules.get(code)!.index,
      level: severity,
      message: { text: messageText(diagnostic, folder) },
      locations: [location(span, folder)],
      ...(related.length === 0
        ? {}
        : {
            relatedLocations: related.map((other, i) => ({
              id: i + 1,
              ...location(other.span, folder),
              message: { text: plain(other.message) },
            })),
          }),
      partialFingerprints: { 'promptcLineHash/v1': fingerprint(diagnostic) },
    };
  });
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'promptc', version: ENGINE_VERSION, rules: [...rules.values()].map(({ rule }) => rule) } },
        // The tool ran to its end, whatever it found.
        invocations: [{ executionSuccessful: true }],
        columnKind: 'unicodeCodePoints',
        results,
      },
    ],
  };
  // Every text in it has been made visible or is encoded.
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf(code: Code): object {
  const words = code.slice(code.indexOf('/') + 1).replaceAll('-', ' ');
  return {
    id: code,
    shortDescription: { text: `${words.charAt(0).toUpperCase()}${words.slice(1)}` },
    help: { text: `The section ${code} of docs/diagnostics.md, which comes with promptc, explains this with an example.` },
    defaultConfiguration: { level: CODES[code].severity },
  };
}

/** With a link to each related place: readers of SARIF show only those that the message links to. */
function messageText({ message, hint, related = [] }: Diagnostic, folder: string): string {
  const lines = [
    plain(message),
    ...related.map((other, i) => `see: [${linkText(placeText(other.span, folder))}](${i + 1}) ${plain(other.message)}`),
    ...(hint === undefined ? [] : [`hint: ${plain(hint)}`]),
  ];
  return lines.join('\n');
}

/**
 * A text that holds no link (section 3.11.6): a prompt must not send a reviewer anywhere. Braces stay single, against
 * section 3.11.5: readers take them as they are where a message has no arguments, and templates are full of them.
 */
function plain(text: string): string {
  return readable(text).replaceAll('](', ']\\u{28}');
}

function linkText(text: string): string {
  return text.replaceAll('[', '\\u{5b}').replaceAll(']', '\\u{5d}');
}

function location(span: Span, folder: string) {
  const { line, column, endLine, endColumn } = placeOf(span);
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(folder + span.source.path), uriBaseId: '%SRCROOT%' },
      region: { startLine: line, startColumn: column, endLine, endColumn },
    },
  };
}

/** A relative reference (RFC 3986). */
function uriOf(path: string): string {
  return path.toWellFormed().split('/').map(encodeURIComponent).join('/');
}

/**
 * What stays the same when lines are added above a place: its code, its file, its line's text, and which of several
 * such it is. The name that GitHub computes a fingerprint of its own under, `primaryLocationLineHash`, is left to it.
 */
function fingerprints(folder: string): (diagnostic: Diagnostic) => string {
  const seen = new Map<string, number>();
  return ({ code, span: { source, start } }) => {
    const line = source.line(source.position(start).line).trim().slice(0, MAX_HASHED);
    const key = JSON.stringify([code, folder + source.path, line]);
    const occurrence = (seen.get(key) ?? 0) + 1;
    seen.set(key, occurrence);
    return `${hexOf(sha256(key)).slice(0, 32)}:${occurrence}`;
  };
}
