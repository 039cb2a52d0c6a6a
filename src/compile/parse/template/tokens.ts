/**
 * Template text → tokens.
 *
 * In: a body. Out: text and tags that cover it from end to end, in order; escapes (`\{{`) are resolved and
 * the inside of a raw block is one text. What always holds: no two text tokens are neighbours. A tag that
 * never closes is reported and skipped, and reading goes on at the next one.
 */
import type { Diagnostics } from '../../../base/diagnostic.js';
import type { SourceText } from '../../../base/span.js';

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
 * `print` covers everything without a sigil, `{{else}}` included: only the parser knows names. `raw` is
 * either end of a raw block.
 */
export type TagKind = 'print' | 'open' | 'close' | 'partial' | 'comment' | 'raw' | 'unsupported';

const SIGILS: { readonly [sigil: string]: TagKind } = { '#': 'open', '/': 'close', '>': 'partial' };

/** Handlebars' sigils that promptc leaves out, with what to write instead. */
export const UNSUPPORTED_SIGILS: { readonly [sigil: string]: { what: string; instead: string } } = {
  '^': { what: 'The inverse section `{{^}}`', instead: 'Write `{{else}}`, or `{{#unless …}}`.' },
  '&': { what: 'The sigil `{{&`', instead: 'Write `{{name}}`: values are never escaped.' },
  '*': { what: 'A decorator', instead: 'Put the text into a partial file.' },
};

const RAW_OPEN = '{{{{raw}}}}';
const RAW_CLOSE = '{{{{/raw}}}}';

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
    let kind: TagKind = 'print';
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

  /** Where a tag's content ends: at its `}}` or `~}}` outside of texts and `[…]`; `undefined` if it has no end. */
  #contentEnd(from: number, triple: boolean): number | undefined {
    const { text } = this;
    for (let at = from; at < text.length; at++) {
      const unit = text[at]!;
      if (unit === '"' || unit === "'") {
        at = this.#quoteEnd(at);
      } else if (unit === '[') {
        const close = text.indexOf(']', at);
        const line = text.indexOf('\n', at);
        if (close !== -1 && (line === -1 || close < line)) at = close;
      } else if (unit === '{' && text[at + 1] === '{') {
        return undefined;
      } else if (
        triple ? text.startsWith('}}}', at) || text.startsWith('}~}}', at) : text.startsWith('}}', at) || text.startsWith('~}}', at)
      ) {
        return at;
      }
    }
    return undefined;
  }

  /** The closing quote of the text that begins at `open`; `open` itself if its line ends first. */
  #quoteEnd(open: number): number {
    const quote = this.text[open]!;
    for (let at = open + 1; at < this.text.length && this.text[at] !== '\n'; at++) {
      if (this.text[at] === '\\' && this.text[at + 1] === quote) at++;
      else if (this.text[at] === quote) return at;
    }
    return open;
  }

  #comment(open: number, bang: number, trimLeft: boolean): number {
    const { text } = this;
    const dashed = text.startsWith('!--', bang);
    const contentStart = bang + (dashed ? 3 : 1);
    const closer = dashed ? '--' : '';
    // The dashes that open may also close: `{{!--}}` is a whole comment.
    for (let at = bang + 1; at < text.length; at++) {
      const trimRight = text.startsWith(`${closer}~}}`, at);
      if (!trimRight && !text.startsWith(`${closer}}}`, at)) continue;
      const end = at + closer.length + (trimRight ? 3 : 2);
      this.#pushTag({
        kind: 'comment',
        start: open,
        end,
        trimLeft,
        trimRight,
        content: text.slice(contentStart, Math.max(contentStart, at)),
        contentStart,
      });
      return end;
    }
    return this.#unclosed(open, dashed ? '{{!--' : '{{!', `${closer}}}`);
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
    const close = this.#rawEnd(contentStart);
    if (close === undefined) {
      const span = { source: this.source, start: this.base + open, end: this.base + contentStart };
      this.diagnostics.report('parse/unclosed-raw', span, undefined);
      return contentStart;
    }
    const end = close + RAW_CLOSE.length;
    const ends = { kind: 'raw', content: '', trimLeft: false, trimRight: false } as const;
    this.#pushTag({ ...ends, start: open, end: contentStart, contentStart });
    this.#pushText(contentStart, close, text.slice(contentStart, close));
    this.#pushTag({ ...ends, start: close, end, contentStart: close });
    return end;
  }

  /** Where the raw block ends whose content begins at `from`; raw blocks within it are part of its text. */
  #rawEnd(from: number): number | undefined {
    let depth = 1;
    let at = from;
    for (;;) {
      const close = this.text.indexOf(RAW_CLOSE, at);
      if (close === -1) return undefined;
      const open = this.text.indexOf(RAW_OPEN, at);
      if (open !== -1 && open < close) {
        depth++;
        at = open + RAW_OPEN.length;
        continue;
      }
      if (--depth === 0) return close;
      at = close + RAW_CLOSE.length;
    }
  }

  /** Reports a tag without an end; goes on behind its braces, so that the next tag is read again. */
  #unclosed(open: number, opener: string, closer: string): number {
    const start = this.base + open;
    this.diagnostics.report('parse/unclosed-tag', { source: this.source, start, end: start + opener.length }, { opener, closer });
    const next = this.text.indexOf('{{', open + opener.length);
    return next === -1 ? this.text.length : next;
  }

  #pushText(start: number, end: number, text: string): void {
    if (text !== '') this.#tokens.push({ type: 'text', start: this.base + start, end: this.base + end, text });
  }

  #pushTag(tag: Omit<TagToken, 'type'>): void {
    const { base } = this;
    this.#tokens.push({ ...tag, type: 'tag', start: base + tag.start, end: base + tag.end, contentStart: base + tag.contentStart });
  }
}
