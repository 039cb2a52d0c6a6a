/**
 * YAML for frontmatter: text → JSON values with places.
 *
 * In: the text between the two `---` lines. Out: the value and, for every key and value in it, the span it
 * was written at. What always holds: the value is plain JSON (YAML 1.2's core types), at most `maxDepth`
 * deep, without anchors, aliases, merge keys, tags, duplicate keys or keys that are not texts. js-yaml
 * does the reading, as events with offsets; this file builds the values from them.
 */
import {
  COLLECTION_STYLE,
  EVENT_ALIAS,
  EVENT_DOCUMENT,
  EVENT_MAPPING,
  EVENT_POP,
  EVENT_SCALAR,
  EVENT_SEQUENCE,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE_DOUBLE_QUOTED,
  SCALAR_STYLE_PLAIN,
  SCALAR_STYLE_SINGLE_QUOTED,
  YAMLException,
} from 'js-yaml';
import type { Diagnostics } from '../../base/diagnostic.js';
import { FORBIDDEN_KEYS, type Json, type JsonObject } from '../../base/json.js';
import type { SourceText, Span } from '../../base/span.js';
import { yamlProblem } from './yaml-problem.js';

/** A value with the places of its parts. */
export interface YamlNode {
  readonly value: Json;
  readonly start: number;
  readonly end: number;
  /** Of a mapping: each key's own node and its value's. */
  readonly entries?: ReadonlyMap<string, { readonly key: YamlNode; readonly value: YamlNode }>;
  /** Of a list. */
  readonly items?: readonly YamlNode[];
  /** Whether what was written was refused and reported; the value then stands for nothing. */
  readonly refused?: true;
}

/** A line of it, in column 1, ends a document. */
const DOCUMENT_END = '...';

/** Before a key, spaces of another kind than YAML's; it takes them for a part of the key. */
const ODD_INDENT = /^ *([\u00a0\u2000-\u200a\u202f\u205f\u3000])[^\S\n]*(?=[\w-]+\??:(?:\s|$))/m;

type ScalarEvent = Extract<Event, { type: typeof EVENT_SCALAR }>;
type CollectionEvent = Extract<Event, { type: typeof EVENT_SEQUENCE | typeof EVENT_MAPPING }>;

/**
 * @param text - the YAML
 * @param base - where it begins in `source`
 * @returns the value's node, or `undefined` if the text is no YAML at all; everything wrong is reported
 */
export function parseYaml(
  text: string,
  source: SourceText,
  base: number,
  maxDepth: number,
  diagnostics: Diagnostics,
): YamlNode | undefined {
  const odd = ODD_INDENT.exec(text);
  if (odd !== null) {
    const start = base + odd.index;
    const code = odd[1]!.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    const reason = `this line is indented with U+${code}, which looks like a space and is none`;
    diagnostics.report(
      'parse/yaml-syntax',
      { source, start, end: start + odd[0].length },
      { reason },
      { hint: 'Indent with plain spaces.' },
    );
    return undefined;
  }
  let events: Event[];
  try {
    events = parseEvents(text, { maxDepth });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const at = error.mark?.position ?? 0;
    if (error.reason.startsWith('nesting exceeded')) {
      diagnostics.report('parse/yaml-depth', { source, start: base + at, end: base + at + 1 }, { limit: maxDepth });
    } else {
      const { start, end, reason, hint } = yamlProblem(text, error.reason, at);
      diagnostics.report('parse/yaml-syntax', { source, start: base + start, end: base + end }, { reason }, { hint });
    }
    return undefined;
  }
  return new NodeBuilder(text, source, base, events, diagnostics).build();
}

class NodeBuilder {
  #next = 0;
  /** The end of what was read last: the place of a value that was left out. */
  #last = 0;

  constructor(
    readonly text: string,
    readonly source: SourceText,
    readonly base: number,
    readonly events: readonly Event[],
    readonly diagnostics: Diagnostics,
  ) {}

  build(): YamlNode | undefined {
    const documents = this.events.filter((event) => event.type === EVENT_DOCUMENT).length;
    if (documents > 1) {
      const start = Math.max(0, this.text.search(/^\.\.\.(?:\s|$)/m));
      const reason = 'it holds more than one document';
      const hint = 'Delete this line, which ends the first of them; keep one.';
      this.diagnostics.report('parse/yaml-syntax', this.#span(start, start + DOCUMENT_END.length), { reason }, { hint });
      return undefined;
    }
    this.#next = 1;
    return this.events.length > 1 ? this.#node() : undefined;
  }

  #node(): YamlNode {
    const event = this.events[this.#next++]!;
    switch (event.type) {
      case EVENT_SCALAR:
        return this.#scalar(event);
      case EVENT_SEQUENCE:
        return { ...this.#sequence(event), ...this.#refuseProperties(event) };
      case EVENT_MAPPING:
        return { ...this.#mapping(event), ...this.#refuseProperties(event) };
      case EVENT_ALIAS:
        this.diagnostics.report('parse/yaml-anchor', this.#span(event.anchorStart - 1, event.anchorEnd), { what: 'aliases (*)' });
        this.#last = event.anchorEnd;
        return { ...this.#absent(), refused: true };
      /* v8 ignore next 2 -- the events of a document are balanced */
      default:
        throw new Error(`unexpected YAML event ${event.type}`);
    }
  }

  #scalar(event: ScalarEvent): YamlNode {
    const refused = this.#refuseProperties(event);
    if (event.valueStart < 0) return { ...this.#absent(), ...refused, ...(event.anchorStart >= 0 && { refused: true }) };
    const text = getScalarValue(this.text, event);
    const quote = event.style === SCALAR_STYLE_SINGLE_QUOTED || event.style === SCALAR_STYLE_DOUBLE_QUOTED ? 1 : 0;
    this.#last = event.valueEnd + quote;
    const start = this.base + event.valueStart - quote;
    const end = this.base + this.#last;
    if (!text.isWellFormed()) this.diagnostics.report('parse/yaml-lone-surrogate', { source: this.source, start, end }, undefined);
    if (event.style !== SCALAR_STYLE_PLAIN) return { value: text.toWellFormed(), start, end, ...refused };
    const value = plainValue(text);
    if (typeof value === 'number' && !isPortable(value)) {
      this.diagnostics.report('parse/yaml-number', { source: this.source, start, end }, { text });
      return { value: 0, start, end, refused: true };
    }
    return { value, start, end, ...refused };
  }

  #sequence(event: CollectionEvent): YamlNode {
    const items: YamlNode[] = [];
    while (this.events[this.#next]!.type !== EVENT_POP) items.push(this.#node());
    return { value: items.map((item) => item.value), items, ...this.#collectionPlace(event, '[', ']') };
  }

  #mapping(event: CollectionEvent): YamlNode {
    const entries = new Map<string, { key: YamlNode; value: YamlNode }>();
    // `{{name}}` is a mapping that has a mapping as a key: a text, most likely, that lacks its quotes.
    let isText = false;
    while (this.events[this.#next]!.type !== EVENT_POP) {
      const keyEvent = this.events[this.#next]!;
      const key = this.#node();
      const value = this.#node();
      const name = this.#keyName(keyEvent, key);
      if (key.entries !== undefined) isText = true;
      if (name === undefined) continue;
      const before = entries.get(name);
      if (before === undefined) entries.set(name, { key, value });
      else {
        const related = [{ message: 'first written here', span: this.#spanOf(before.key) }];
        this.diagnostics.report('parse/yaml-duplicate-key', this.#spanOf(key), { key: name }, { related });
      }
    }
    const value: JsonObject = {};
    for (const [name, entry] of entries) value[name] = entry.value.value;
    return { value, entries, ...this.#collectionPlace(event, '{', '}'), ...(isText && { refused: true }) };
  }

  /** Leaves a collection; one in brackets reaches up to its closing one, past a comma and comments. */
  #collectionPlace({ start, style }: CollectionEvent, opener: string, closer: string): { start: number; end: number } {
    this.#next++;
    this.#last = Math.max(this.#last, start + 1);
    // The pair in `[a: b]` is a mapping without brackets.
    if (style === COLLECTION_STYLE.FLOW && this.text[start] === opener) {
      let at = this.#last;
      while (at < this.text.length && this.text[at] !== closer) at = this.text[at] === '#' ? this.#lineEnd(at) : at + 1;
      this.#last = Math.min(at + 1, this.text.length);
    }
    return { start: this.base + start, end: this.base + this.#last };
  }

  #lineEnd(at: number): number {
    const end = this.text.indexOf('\n', at);
    return end === -1 ? this.text.length : end;
  }

  /** The text of a key, or `undefined` (and a report) if this cannot be one. */
  #keyName(event: Event, key: YamlNode): string | undefined {
    if (key.refused) return undefined;
    if (event.type === EVENT_SCALAR && event.style === SCALAR_STYLE_PLAIN && key.value === '<<') {
      this.diagnostics.report('parse/yaml-anchor', this.#spanOf(key), { what: 'merge keys (<<)' });
      return undefined;
    }
    if (typeof key.value !== 'string') {
      // A key that was left out is shown by its colon.
      const colon = key.start < key.end ? undefined : this.#bareColon(key.start - this.base);
      const span = colon === undefined ? this.#spanOf(key) : this.#span(colon, colon + 1);
      const hint = key.entries === undefined ? undefined : 'A text that begins with "{" must be in quotes.';
      this.diagnostics.report('parse/yaml-key', span, { key: this.source.text.slice(key.start, key.end) }, { hint });
      return undefined;
    }
    if (FORBIDDEN_KEYS.has(key.value)) {
      this.diagnostics.report('parse/yaml-forbidden-key', this.#spanOf(key), { key: key.value });
      return undefined;
    }
    return key.value;
  }

  /** The next colon that stands behind nothing. */
  #bareColon(from: number): number | undefined {
    const colon = /(?<=[\s{[,?]):/g;
    colon.lastIndex = from;
    return colon.exec(this.text)?.index;
  }

  #refuseProperties(event: { anchorStart: number; anchorEnd: number; tagStart: number; tagEnd: number }): { refused?: true } {
    if (event.anchorStart >= 0) {
      this.diagnostics.report('parse/yaml-anchor', this.#span(event.anchorStart - 1, event.anchorEnd), { what: 'anchors (&)' });
    }
    if (event.tagStart >= 0) {
      const tag = this.text.slice(event.tagStart, event.tagEnd);
      this.diagnostics.report('parse/yaml-tag', this.#span(event.tagStart, event.tagEnd), { tag });
      this.#last = Math.max(this.#last, event.tagEnd);
      return { refused: true };
    }
    return {};
  }

  #absent(): YamlNode {
    return { value: null, start: this.base + this.#last, end: this.base + this.#last };
  }

  #span(start: number, end: number): Span {
    return { source: this.source, start: this.base + start, end: this.base + end };
  }

  #spanOf(node: YamlNode): Span {
    return { source: this.source, start: node.start, end: node.end };
  }
}

/** What a plain scalar means by YAML 1.2's core schema (section 10.3.2). */
function plainValue(text: string): Json {
  if (/^(?:|~|null|Null|NULL)$/.test(text)) return null;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  if (/^[-+]?[0-9]+$/.test(text) || /^0o[0-7]+$/.test(text) || /^0x[0-9a-fA-F]+$/.test(text)) return Number(text);
  if (/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(text)) return Number(text);
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) return Infinity;
  if (/^\.(?:nan|NaN|NAN)$/.test(text)) return NaN;
  return text;
}

/** Whether every JSON reader gets this number as it was written. */
function isPortable(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}
