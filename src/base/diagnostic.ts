import { CODES, type Code, type CodeArgs, type Severity } from './codes.js';
import type { Span } from './span.js';

/** One thing to tell the author: what is wrong, where, and what to do. */
export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  readonly span: Span;
  readonly hint?: string;
  /** Other places that take part, each with what it has to do with this. */
  readonly related?: readonly { readonly message: string; readonly span: Span }[];
}

export interface Extras {
  /** Takes the place of the code's own hint. What has to be searched for is a function, and asked for only so often. */
  hint?: string | (() => string | undefined) | undefined;
  related?: Diagnostic['related'];
}

/** For so many diagnostics of one code hints are searched for; with a thousand names and a thousand slips it would take minutes. */
const MOST_SEARCHED = 50;

/** Collects what the phases find. Phases report and go on; only the end of the pipeline looks for errors. */
export class Diagnostics {
  /** What was reported, each once: a partial that many templates include has its errors once. */
  readonly #seen = new Map<string, Diagnostic>();
  readonly #broken = new Set<string>();
  readonly #searched: Map<Code, number>;
  readonly #whole: Diagnostics | undefined;
  #errors = 0;

  /** @param whole - what these are a part of, found apart */
  constructor(whole?: Diagnostics) {
    this.#whole = whole;
    this.#searched = whole === undefined ? new Map<Code, number>() : whole.#searched;
  }

  report<C extends Code>(code: C, span: Span, args: CodeArgs<C>, extras: Extras = {}): void {
    // The table pairs each code with its own arguments; TypeScript cannot follow that pairing through an index.
    const entry = CODES[code] as unknown as { severity: Severity; message: (a: unknown) => string; hint?: (a: unknown) => string };
    const message = entry.message(args);
    const seen = this.#seen.get(keyOf(code, span, message));
    // Whoever is told already was told the hint, which may have to be searched for.
    const hint = seen === undefined ? (this.#ownHint(code, extras.hint) ?? entry.hint?.(args)) : seen.hint;
    const diagnostic: Diagnostic = {
      code,
      severity: entry.severity,
      message,
      span,
      ...(hint === undefined ? {} : { hint }),
      ...(extras.related === undefined ? {} : { related: extras.related }),
    };
    this.#take(diagnostic, seen);
  }

  /** Reports again what was found earlier. */
  repeat(diagnostic: Diagnostic): void {
    this.#take(diagnostic, this.#seen.get(keyOf(diagnostic.code, diagnostic.span, diagnostic.message)));
  }

  #take(diagnostic: Diagnostic, before: Diagnostic | undefined): void {
    const { code, severity, span, message } = diagnostic;
    // Of several places that lead to one mistake the first is told, in whatever order they were looked at.
    if (before === undefined || comesFirst(diagnostic.related, before.related)) this.#seen.set(keyOf(code, span, message), diagnostic);
    if (before !== undefined || severity !== 'error') return;
    this.#errors++;
    this.#broken.add(span.source.path);
  }

  #ownHint(code: Code, hint: Extras['hint']): string | undefined {
    if (typeof hint !== 'function') return hint;
    const searched = this.#searched.get(code) ?? 0;
    this.#searched.set(code, searched + 1);
    return searched < MOST_SEARCHED ? hint() : undefined;
  }

  get errorCount(): number {
    return this.#errors;
  }

  /** The files that have errors. */
  get brokenFiles(): ReadonlySet<string> {
    return this.#broken;
  }

  /** Where a file has errors, from its start on. */
  errorSpans(path: string): Span[] {
    const all = [...this.#seen.values(), ...(this.#whole === undefined ? [] : this.#whole.#seen.values())];
    const spans = all.filter(({ severity, span }) => severity === 'error' && span.source.path === path).map(({ span }) => span);
    return spans.toSorted((a, b) => a.start - b.start);
  }

  /** All of them, by file, place and code, whatever the order they were found in. */
  sorted(): Diagnostic[] {
    return inOrder([...this.#seen.values()]);
  }
}

function keyOf(code: Code, { source, start, end }: Span, message: string): string {
  return `${code}\n${source.path}\n${start}\n${end}\n${message}`;
}

function comesFirst(related: Diagnostic['related'], other: Diagnostic['related']): boolean {
  const [one, two] = [related?.[0]?.span, other?.[0]?.span];
  if (one === undefined || two === undefined) return false;
  return (compare(one.source.path, two.source.path) || one.start - two.start) < 0;
}

/** By file, place, code and message. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.toSorted(
    (a, b) =>
      compare(a.span.source.path, b.span.source.path) ||
      a.span.start - b.span.start ||
      a.span.end - b.span.end ||
      compare(a.code, b.code) ||
      compare(a.message, b.message),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
