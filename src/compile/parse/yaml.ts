/**
 * YAML for frontmatter: text → JSON values with places.
 *
 * In: the text between the two `---` lines. Out: the value and, for every key and value in it, the span it
 * was written at. What always holds: the value is plain JSON (YAML 1.2's core types), at most `maxDepth`
 * deep, without anchors, aliases, merge keys, tags, duplicate keys or keys that are not texts. js-yaml
 * does the reading, as events with offsets; this file builds the values from them.
 */
import {
  EVENT_ALIAS,
  EVENT_DOCUMENT,
  EVENT_MAPPING,
  EVENT_POP,
  EVENT_SCALAR,
  EVENT_SEQUENCE,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE_PLAIN,
  YAMLException,
} from 'js-yaml';
import type { Diagnostics } from '../../base/diagnostic.js';
import { FORBIDDEN_KEYS, type Json, type JsonObject } from '../../base/json.js';
import type { SourceText, Span } from '../../base/span.js';

/** A value with the places of its parts. */
export interface YamlNode {
  readonly value: Json;
  readonly start: number;
  readonly end: number;
  /** Of a mapping: each key's own node and its value's. */
  readonly entries?: ReadonlyMap<string, { readonly key: YamlNode; readonly value: YamlNode }>;
  /** Of a list. */
  readonly items?: readonly YamlNode[];
}

type ScalarEvent = Extract<Event, { type: typeof EVENT_SCALAR }>;

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
  let events: Event[];
  try {
    events = parseEvents(text, { maxDepth });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const at = base + Math.min(error.mark?.position ?? 0, text.length);
    const span = { source, start: at, end: at + 1 };
    if (error.reason.startsWith('nesting exceeded')) diagnostics.report('parse/yaml-depth', span, { limit: maxDepth });
    else diagnostics.report('parse/yaml-syntax', span, { reason: error.reason }, { hint: syntaxHint(error.reason) });
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
      const span = this.#span(0, this.text.length);
      this.diagnostics.report('parse/yaml-syntax', span, { reason: 'it holds more than one document' }, { hint: 'Keep one.' });
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
        this.#refuseProperties(event);
        return this.#sequence(event.start);
      case EVENT_MAPPING:
        this.#refuseProperties(event);
        return this.#mapping(event.start);
      case EVENT_ALIAS:
        this.diagnostics.report('parse/yaml-anchor', this.#span(event.anchorStart - 1, event.anchorEnd), { what: 'aliases (*)' });
        return this.#absent();
      /* v8 ignore next 2 -- the events of a document are balanced */
      default:
        throw new Error(`unexpected YAML event ${event.type}`);
    }
  }

  #scalar(event: ScalarEvent): YamlNode {
    this.#refuseProperties(event);
    if (event.valueStart < 0) return this.#absent();
    const text = getScalarValue(this.text, event);
    this.#last = event.valueEnd;
    const start = this.base + event.valueStart;
    const end = this.base + event.valueEnd;
    if (!text.isWellFormed()) this.diagnostics.report('parse/yaml-lone-surrogate', { source: this.source, start, end }, undefined);
    if (event.style !== SCALAR_STYLE_PLAIN) return { value: text.toWellFormed(), start, end };
    const value = plainValue(text);
    if (typeof value === 'number' && !isPortable(value)) {
      this.diagnostics.report('parse/yaml-number', { source: this.source, start, end }, { text });
      return { value: 0, start, end };
    }
    return { value, start, end };
  }

  #sequence(start: number): YamlNode {
    const items: YamlNode[] = [];
    while (this.events[this.#next]!.type !== EVENT_POP) items.push(this.#node());
    this.#next++;
    return { value: items.map((item) => item.value), items, start: this.base + start, end: this.base + this.#last };
  }

  #mapping(start: number): YamlNode {
    const entries = new Map<string, { key: YamlNode; value: YamlNode }>();
    while (this.events[this.#next]!.type !== EVENT_POP) {
      const keyEvent = this.events[this.#next]!;
      const key = this.#node();
      const value = this.#node();
      const name = this.#keyName(keyEvent, key);
      if (name === undefined) continue;
      const before = entries.get(name);
      if (before === undefined) entries.set(name, { key, value });
      else {
        const related = [{ message: 'first written here', span: this.#spanOf(before.key) }];
        this.diagnostics.report('parse/yaml-duplicate-key', this.#spanOf(key), { key: name }, { related });
      }
    }
    this.#next++;
    const value: JsonObject = {};
    for (const [name, entry] of entries) value[name] = entry.value.value;
    return { value, entries, start: this.base + start, end: this.base + this.#last };
  }

  /** The text of a key, or `undefined` (and a report) if this cannot be one. */
  #keyName(event: Event, key: YamlNode): string | undefined {
    if (event.type === EVENT_ALIAS) return undefined;
    if (event.type === EVENT_SCALAR && event.style === SCALAR_STYLE_PLAIN && key.value === '<<') {
      this.diagnostics.report('parse/yaml-anchor', this.#spanOf(key), { what: 'merge keys (<<)' });
      return undefined;
    }
    if (typeof key.value !== 'string') {
      this.diagnostics.report('parse/yaml-key', this.#spanOf(key), { key: this.source.text.slice(key.start, key.end) || 'null' });
      return undefined;
    }
    if (FORBIDDEN_KEYS.has(key.value)) {
      this.diagnostics.report('parse/yaml-forbidden-key', this.#spanOf(key), { key: key.value });
      return undefined;
    }
    return key.value;
  }

  #refuseProperties(event: { anchorStart: number; anchorEnd: number; tagStart: number; tagEnd: number }): void {
    if (event.anchorStart >= 0) {
      this.diagnostics.report('parse/yaml-anchor', this.#span(event.anchorStart - 1, event.anchorEnd), { what: 'anchors (&)' });
    }
    if (event.tagStart >= 0) {
      const tag = this.text.slice(event.tagStart, event.tagEnd);
      this.diagnostics.report('parse/yaml-tag', this.#span(event.tagStart, event.tagEnd), { tag });
    }
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

function syntaxHint(reason: string): string {
  if (reason.includes('tab')) return 'Indent with spaces, not tabs.';
  if (reason.includes('mapping values') || reason.includes('indentation'))
    return 'Keys of one level begin in the same column; a text with ": " in it needs quotes.';
  return 'A text that holds one of : # { } [ ] & * ! | > \' " % @ ` is safest in quotes.';
}
