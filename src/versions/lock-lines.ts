import type { SourceText, Span } from '../base/span.js';
import type { LockEntry } from '../format/lock.js';
import { nameOf, type NamedVersion } from './lock.js';

/** Where a lock, which was read, records what: the places that messages about published versions show. */
export class LockLines {
  #spans: Map<string, Span> | undefined;

  /** @param known - entries by the text of their lines, as reading the lock gave them */
  constructor(
    readonly source: SourceText,
    readonly known: ReadonlyMap<string, LockEntry>,
  ) {}

  /** The line of a version; the first one, if none records it. */
  of(version: NamedVersion): Span {
    this.#spans ??= spansOf(this.source, this.known);
    return this.#spans.get(nameOf(version)) ?? this.first();
  }

  first(): Span {
    return { source: this.source, start: 0, end: Math.max(1, this.source.line(1).length) };
  }
}

function spansOf(source: SourceText, known: ReadonlyMap<string, LockEntry>): Map<string, Span> {
  const spans = new Map<string, Span>();
  for (let number = 1; number <= source.lineCount; number++) {
    const text = source.line(number);
    const entry = known.get(text);
    if (entry === undefined) continue;
    const start = source.lineStart(number);
    spans.set(nameOf(entry), { source, start, end: start + text.length });
  }
  return spans;
}
