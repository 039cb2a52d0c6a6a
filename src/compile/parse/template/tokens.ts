/**
 * Template text → tokens.
 *
 * In: a body. Out: text and tags that cover it from end to end, in order; escapes (`\{{`) are resolved and
 * the inside of a raw block is one text. What always holds: no two text tokens are neighbours. A tag that
 * never closes is reported and skipped, and reading goes on at the next one.
 */
import type { Diagnostics } from '../../../base/diagnostic.js';
import type { SourceText } from '../../../base/span.js';
import { RAW_CLOSE, RAW_OPEN, rawEnds, shortTagEnd, tagEnds } from './tag-ends.js';

export type Token = TextToken | TagToken;

export interface TextToken {
  readonly type: 'text';
  readonly start: number;
  readonly end: number;
  text: string;
}

export interface TagToken {
  readonly type: 'tag';
  readonly kind: TagKind;
  readonly start: number;
  readonly end: number;
  /** What stands between the sigil and the closing braces, and where. */
  readonly content: string;
  readonly contentStart: number;
  /** `{{~` and `~}}` */
  readonly trimLeft: boolean;
  readonly trimRight: boolean;
}

/**
 * `print` covers everything without a sigil, `{{else}}` included: only the parser knows names. `triple` is
 * `{{{…}}}`, which can only print. `raw` is either end of a raw block. The broken ones lack their braces.
 */
export type TagKind =
  'print' | 'triple' | 'open' | 'close' | 'partial' | 'comment' | 'raw' | 'broken-open' | 'broken-close' | 'broken-raw' | 'unsupported';

const SIGILS: { readonly [sigil: string]: TagKind } = { '#': 'open', '/': 'close', '>': 'partial' };

/** Handlebars' sigils that promptc leaves out, with what to write instead. */
export const UNSUPPORTED_SIGILS: { readonly [sigil: string]: { what: string; instead: string } } = {
  '^': { what: 'The inverse section `{{^}}`', instead: 'Write `{{else}}`, or `{{#unless …}}`.' },
  '&': { what: 'The sign `&` in `{{&`', instead: 'Write `{{name}}`: values are never escaped.' },
  '*': { what: 'A decorator', instead: 'Put the text into a partial file.' },
};

const COMMENT_END = /~?\}\}/g;
const DASHED_COMMENT_END = /--~?\}\}/g;

/**
 * @param text - the body
 * @param base - where it begins in `source`
 */
export function tokenize(text: string, source: SourceText, base: number, diagnostics: Diagnostics): Token[] {
  return new Tokenizer(text, source, base, diagnostics).run();
}

class Tokenizer {
  readonly #tokens: Token[] = [];
  #at = 0;
  /** Made when the first tag of each kind comes. */
  #tagEnds: Int32Array | undefined;
  #tripleEnds: Int32Array | undefined;
  #rawEnds: ReadonlyMap<number, number> | undefined;
  /** The ends of comments that come nowhere further on. */
  readonly #missing = new Set<RegExp>();

  constructor(
    readonly text: string,
    readonly source: SourceText,
    readonly base: number,
    readonly diagnostics: Diagnostics,
  ) {}

  run(): Token[] {
    let textStart = 0;
    let kept = '';
    while (this.#at < this.text.length) {
      const open = this.text.indexOf('{{', this.#at);
      if (open === -1) break;
      if (this.text[open - 1] === '\\' && open > this.#at) {
        if (this.text[open - 2] === '\\' && open - 1 > this.#at) {
          // `\\{{x}}` is a backslash and then a tag.
          kept += this.text.slice(this.#at, open - 1);
        } else {
          // `\{{x}}` is text up to whatever braces come next.
          kept += this.text.slice(this.#at, open - 1);
          const end = this.#escapeEnd(open + 2);
          kept += this.text.slice(open, end);
          this.#at = end;
          continue;
        }
      } else {
        kept += this.text.slice(this.#at, open);
      }
      this.#pushText(textStart, open, kept);
      kept = '';
      this.#at = this.#tag(open);
      textStart = this.#at;
    }
    kept += this.text.slice(this.#at);
    this.#pushText(textStart, this.text.length, kept);
    return this.#tokens;
  }

  /** Where the text of an escape ends: before the next braces, with the backslashes that belong to them. */
  #escapeEnd(from: number): number {
    const next = this.text.indexOf('{{', from);
    if (next === -1) return this.text.length;
    let end = next;
    if (end > from && this.text[end - 1] === '\\') end--;
    if (end > from && end < next && this.text[end - 1] === '\\') end--;
    return end;
  }

  /** Reads the tag at `open`; returns where to go on. */
  #tag(open: number): number {
    const { text } = this;
    if (text.startsWith('{{{{', open)) return this.#raw(open);
    const trimLeft = text[open + 2] === '~';
    let at = open + 2 + (trimLeft ? 1 : 0);
    if (text[at] === '!') return this.#comment(open, at, trimLeft);

    const triple = text[at] === '{';
    if (triple) at++;
    const closer = triple ? '}}}' : '}}';
    const sigilAt = at;
    const sigil = text[at]!;
    let kind: TagKind = triple ? 'triple' : 'print';
    if (!triple && Object.hasOwn(SIGILS, sigil)) {
      kind = SIGILS[sigil]!;
      at++;
    } else if (!triple && Object.hasOwn(UNSUPPORTED_SIGILS, sigil)) {
      kind = 'unsupported';
    }
    const end = this.#contentEnd(at, triple);
    if (end === undefined) return this.#unclosed(open, triple ? '{{{' : '{{', closer);
    const trimRight = triple ? text[end + 1] === '~' : text[end] === '~';
    const after = end + closer.length + (trimRight ? 1 : 0);
    this.#pushTag({
      kind,
      start: open,
      end: after,
      trimLeft,
      trimRight,
      content: text.slice(at, end),
      contentStart: kind === 'unsupported' ? sigilAt : at,
    });
    return after;
  }

  /** Where a tag's content ends that begins at `from`; `undefined` if it has no end. */
  #contentEnd(from: number, triple: boolean): number | undefined {
    const near = triple ? undefined : shortTagEnd(this.text, from);
    if (near !== undefined) return near;
    const ends = triple ? (this.#tripleEnds ??= tagEnds(this.text, true)) : (this.#tagEnds ??= tagEnds(this.text, false));
    const end = ends[from]!;
    return end === -1 ? undefined : end;
  }

  #comment(open: number, bang: number, trimLeft: boolean): number {
    const { text } = this;
    const dashed = text.startsWith('!--', bang);
    const contentStart = bang + (dashed ? 3 : 1);
    // The dashes that open may also close: `{{!--}}` is a whole comment.
    const closer = this.#find(dashed ? DASHED_COMMENT_END : COMMENT_END, bang + 1);
    if (closer === undefined) return this.#unclosed(open, dashed ? '{{!--' : '{{!', dashed ? '--}}' : '}}');
    const end = closer.index + closer[0].length;
    this.#pushTag({
      kind: 'comment',
      start: open,
      end,
      trimLeft,
      trimRight: closer[0].includes('~'),
      content: text.slice(contentStart, Math.max(contentStart, closer.index)),
      contentStart,
    });
    return end;
  }

  /** The next match of a global pattern. What is not found is not looked for again: reading only goes forward. */
  #find(pattern: RegExp, from: number): RegExpExecArray | undefined {
    if (this.#missing.has(pattern)) return undefined;
    pattern.lastIndex = from;
    const match = pattern.exec(this.text);
    if (match === null) this.#missing.add(pattern);
    return match ?? undefined;
  }

  #raw(open: number): number {
    const { text } = this;
    if (!text.startsWith(RAW_OPEN, open)) {
      const span = { source: this.source, start: this.base + open, end: this.base + open + 4 };
      this.diagnostics.report('parse/unsupported', span, {
        what: 'A raw block of another name',
        instead: `Write \`${RAW_OPEN} … ${RAW_CLOSE}\`.`,
      });
      return open + 4;
    }
    const contentStart = open + RAW_OPEN.length;
    const close = (this.#rawEnds ??= rawEnds(text)).get(contentStart);
    if (close === undefined) {
      const span = { source: this.source, start: this.base + open, end: this.base + contentStart };
      this.diagnostics.report('parse/unclosed-raw', span, undefined);
      // All that follows may have been meant as it is written: nothing in it can be called wrong.
      this.#pushTag({ kind: 'broken-raw', start: open, end: text.length, content: '', contentStart, trimLeft: false, trimRight: false });
      return text.length;
    }
    const end = close + RAW_CLOSE.length;
    const ends = { kind: 'raw', content: '', trimLeft: false, trimRight: false } as const;
    this.#pushTag({ ...ends, start: open, end: contentStart, contentStart });
    this.#pushText(contentStart, close, text.slice(contentStart, close));
    this.#pushTag({ ...ends, start: close, end, contentStart: close });
    return end;
  }

  /** Reports a tag without an end; goes on behind its braces, so that the next tag is read again. */
  #unclosed(open: number, opener: string, closer: string): number {
    const start = this.base + open;
    this.diagnostics.report('parse/unclosed-tag', { source: this.source, start, end: start + opener.length }, { opener, closer });
    const next = this.text.indexOf('{{', open + opener.length);
    const end = next === -1 ? this.text.length : next;
    const sigil = /~?([#/])\s*/y;
    sigil.lastIndex = open + 2;
    const kind = opener === '{{' && sigil.exec(this.text)?.[1];
    if (kind === '#' || kind === '/') {
      // It opens or closes its block all the same, so that this is the only error.
      const contentStart = sigil.lastIndex;
      const content = this.text.slice(contentStart, end);
      const broken = kind === '#' ? 'broken-open' : 'broken-close';
      this.#pushTag({ kind: broken, start: open, end, trimLeft: false, trimRight: false, content, contentStart });
    }
    return end;
  }

  #pushText(start: number, end: number, text: string): void {
    if (text !== '') this.#tokens.push({ type: 'text', start: this.base + start, end: this.base + end, text });
  }

  #pushTag({ kind, start, end, content, contentStart, trimLeft, trimRight }: Omit<TagToken, 'type'>): void {
    const { base } = this;
    this.#tokens.push({
      type: 'tag',
      kind,
      start: base + start,
      end: base + end,
      content,
      contentStart: base + contentStart,
      trimLeft,
      trimRight,
    });
  }
}
