/**
 * The text of prompts/promptc.lock ↔ the published versions that it records.
 *
 * In: the decoded file. Out: its entries, or a diagnostic for each line that is wrong. What always holds: a lock is
 * read as a whole or not at all, and nothing is mended in passing, since what it says decides what is published;
 * equal locks give equal texts.
 */
import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import semver from 'semver';
import { canonicalJson } from '../base/canonical-json.js';
import type { Diagnostics } from '../base/diagnostic.js';
import { isObject, type Json, type JsonObject } from '../base/json.js';
import type { SourceText, Span } from '../base/span.js';
import { locateJsonError } from '../format/json-error.js';
import { type Lock, LOCK_LINE_SCHEMA, LOCK_VERSION, type LockEntry } from '../format/lock.js';
import { pointerKeys, problemPath, problemText } from '../format/schema-problem.js';

/** The line that says how the others are to be read. */
const VERSION_LINE = canonicalJson({ lockVersion: LOCK_VERSION });

/** What Git puts around the two sides of a conflict, and between them. */
const CONFLICT_MARKER = /^(?:<{7,}|\|{7,}|={7,}|>{7,})/;

/** The text of a lock: the line with its format, then its entries by kind, id and version. */
export function formatLock({ entries }: Lock): string {
  return [VERSION_LINE, ...sorted(entries).map(canonicalJson)].map((line) => `${line}\n`).join('');
}

/**
 * Reads a lock. The order of its lines means nothing, equal lines count once, and blank ones do not count: what a
 * merge makes by taking the lines of both sides is a lock.
 *
 * @param source - with LF line ends
 * @param known - lines that were read before, by their text: the same line is the same entry. Gets those of this lock,
 *   for the next one, which in a project with a long history has nearly all of them
 * @returns its entries by kind, id and version; `undefined` if something is wrong, which is reported
 */
export function parseLock(source: SourceText, diagnostics: Diagnostics, known: KnownLines = new Map()): Lock | undefined {
  const lines = linesOf(source, known);
  const newer = lines.find(({ value }) => versionOf(value) > LOCK_VERSION);
  if (newer !== undefined) {
    // What else such a lock may hold, this version does not know.
    diagnostics.report('lock/unknown-version', newer.span, { version: versionOf(newer.value), known: LOCK_VERSION });
    return undefined;
  }
  const before = diagnostics.errorCount;
  reportConflicts(lines, diagnostics);
  const recorded = new Map<string, Recorded>();
  for (const line of lines) {
    const isKnown = line.hasLineEnd && known.has(line.text);
    if (!isKnown && (CONFLICT_MARKER.test(line.text) || !checkLine(line, diagnostics) || line.text === VERSION_LINE)) continue;
    const entry = line.value as unknown as LockEntry;
    known.set(line.text, entry);
    const name = `version ${entry.version} of the ${entry.kind} "${entry.id}"`;
    const first = recorded.get(name);
    if (first === undefined) recorded.set(name, { entry, line });
    else if (first.line.text !== line.text) reportTwice(name, first, { entry, line }, diagnostics);
  }
  if (diagnostics.errorCount === before && !lines.some(({ text }) => text === VERSION_LINE)) {
    diagnostics.report('lock/missing-version', { source, start: 0, end: Math.max(1, source.line(1).length) }, { line: VERSION_LINE });
  }
  return diagnostics.errorCount > before ? undefined : { entries: sorted([...recorded.values()].map(({ entry }) => entry)) };
}

/** Entries by the text of their lines. */
export type KnownLines = Map<string, LockEntry>;

/** A line that is not blank. */
interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
  readonly span: Span;
  readonly hasLineEnd: boolean;
  /** `undefined` if it is not JSON. */
  readonly value: Json | undefined;
}

interface Recorded {
  readonly entry: LockEntry;
  readonly line: Line;
}

function linesOf(source: SourceText, known: KnownLines): Line[] {
  const lines: Line[] = [];
  for (let number = 1; number <= source.lineCount; number++) {
    const text = source.line(number);
    if (text.trim() === '') continue;
    const start = source.lineStart(number);
    const span = { source, start, end: start + text.length };
    lines.push({
      number,
      text,
      span,
      hasLineEnd: number < source.lineCount,
      value: (known.get(text) as JsonObject | undefined) ?? parseJson(text),
    });
  }
  return lines;
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The format that a line gives the lock; 0 if it gives none. */
function versionOf(value: Json | undefined): number {
  const version = isObject(value) ? value['lockVersion'] : undefined;
  return typeof version === 'number' && Number.isInteger(version) ? version : 0;
}

/** One report for each conflict, however many markers it has. */
function reportConflicts(lines: readonly Line[], diagnostics: Diagnostics): void {
  let isOpen = false;
  for (const { text, span } of lines) {
    if (!CONFLICT_MARKER.test(text)) continue;
    if (!isOpen || text.startsWith('<')) diagnostics.report('lock/merge-conflict', span, undefined);
    isOpen = !text.startsWith('>');
  }
}

/** Reports the first thing that is wrong with a line as such; returns whether nothing is. */
function checkLine({ text, value, span, hasLineEnd }: Line, diagnostics: Diagnostics): boolean {
  if (!hasLineEnd) {
    diagnostics.report('lock/truncated', span, { isWhole: value !== undefined });
  } else if (value === undefined) {
    const { offset, message } = locateJsonError(text);
    diagnostics.report('lock/not-json', characterAt(span, offset), { reason: message });
  } else {
    const problem = problemOf(value);
    if (problem === undefined) return checkCanonical(text, value, span, diagnostics);
    diagnostics.report('lock/wrong-entry', span, { problem });
  }
  return false;
}

/** Also refuses a key that is written twice, since its value is there once. */
function checkCanonical(text: string, value: Json, span: Span, diagnostics: Diagnostics): boolean {
  const canonical = canonicalForm(value);
  if (canonical === text) return true;
  let offset = 0;
  while (canonical[offset] === text[offset]) offset++;
  diagnostics.report('lock/not-canonical', characterAt(span, offset), undefined);
  return false;
}

/** Nothing for what has none: half of a surrogate pair. */
function canonicalForm(value: Json): string {
  try {
    return canonicalJson(value);
  } catch {
    return '';
  }
}

/** One character of a line; behind its end, the last one. */
function characterAt({ source, start: lineStart, end: lineEnd }: Span, offset: number): Span {
  const start = Math.min(lineStart + offset, lineEnd - 1);
  return { source, start, end: start + 1 };
}

/** What keeps a value from being a line of a lock. */
function problemOf(value: Json): string | undefined {
  const validate = validatorOf(value);
  if (validate === undefined) return isObject(value) ? '`kind` must be "template" or "bundle"' : 'it must be an object';
  if (validate(value)) return undefined;
  // That a key's name is wrong is said by what is wrong with the name.
  const errors = validate.errors!.filter(({ keyword }) => keyword !== 'propertyNames');
  return errors.map((error) => `\`${pathOf(error).join('.')}\` ${problemText(error)}`).join('; ');
}

function pathOf(error: ErrorObject): string[] {
  const path = pointerKeys(problemPath(error));
  return error.propertyName === undefined ? path : [...path, error.propertyName];
}

/** The check for the kind of line that a value is meant as. */
function validatorOf(value: Json): ValidateFunction | undefined {
  if (!isObject(value)) return undefined;
  const { kind } = value;
  const name = Object.hasOwn(value, 'lockVersion') ? 'version' : kind;
  if (name !== 'version' && name !== 'template' && name !== 'bundle') return undefined;
  lineSchemas ??= new Ajv2020({ allErrors: true, validateSchema: false }).addSchema(LOCK_LINE_SCHEMA);
  return lineSchemas.getSchema(`${LOCK_LINE_SCHEMA['$id'] as string}#/$defs/${name}`);
}

/** Compiled when they are first needed: ajv takes milliseconds for it. */
let lineSchemas: Ajv2020 | undefined;

function reportTwice(name: string, first: Recorded, second: Recorded, diagnostics: Diagnostics): void {
  const lines = { first: first.line.number, second: second.line.number, version: name };
  const related = [{ message: 'the other line', span: first.line.span }];
  if (first.entry.hash !== second.entry.hash) {
    diagnostics.report('lock/published-twice', second.line.span, lines, { related });
  } else {
    const keys = differingKeys(first.entry, second.entry)
      .map((key) => `\`${key}\``)
      .join(' and ');
    diagnostics.report('lock/recorded-twice', second.line.span, { ...lines, keys }, { related });
  }
}

function differingKeys(first: LockEntry, second: LockEntry): string[] {
  const [a, b] = [first, second] as unknown as [JsonObject, JsonObject];
  return Object.keys({ ...a, ...b })
    .filter((key) => canonicalJson({ value: a[key] }) !== canonicalJson({ value: b[key] }))
    .toSorted();
}

function sorted(entries: readonly LockEntry[]): LockEntry[] {
  return entries.toSorted((a, b) => compare(a.kind, b.kind) || compare(a.id, b.id) || semver.compare(a.version, b.version));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What identifies an entry. */
export type NamedVersion = Pick<LockEntry, 'kind' | 'id' | 'version'>;

/** Such as `template support/tone@1.2.0`. */
export function nameOf({ kind, id, version }: NamedVersion): string {
  return `${kind} ${id}@${version}`;
}

export function byName<Entry extends NamedVersion>(entries: readonly Entry[]): Map<string, Entry> {
  return new Map(entries.map((entry) => [nameOf(entry), entry]));
}
