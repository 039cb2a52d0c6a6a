/**
 * Splits a file into frontmatter and body. The only file that imports gray-matter.
 *
 * gray-matter runs `---js` frontmatter, and without options caches a failed parse as an empty success; so
 * every language but YAML gets an engine that throws, and options are always passed.
 */
import matter from 'gray-matter';
import type { Diagnostics } from '../../base/diagnostic.js';
import { isObject, type Json, type JsonObject } from '../../base/json.js';
import type { SourceText, Span } from '../../base/span.js';
import { trimBody } from '../../base/trim-body.js';
import { parseYaml, type YamlNode } from './yaml.js';

/** The keys that an author wrote, and where. */
export interface Frontmatter {
  readonly value: JsonObject;
  /** Where a value stands, by its path; the nearest place that exists if it is not there. */
  locate(path: readonly (string | number)[], part?: 'key' | 'value'): Span;
}

/** A body after trimming, and where it begins in its file. */
export interface Body {
  readonly text: string;
  readonly start: number;
}

export interface SplitFile {
  /** `undefined` if the frontmatter is missing or is not YAML at all. */
  readonly frontmatter: Frontmatter | undefined;
  readonly body: Body;
}

const DELIMITER = '---';

/** @param kind - what the file is, for messages: `template` or `bundle` */
export function splitFrontmatter(source: SourceText, kind: string, yamlDepth: number, diagnostics: Diagnostics): SplitFile {
  const { text } = source;
  const nothing: SplitFile = { frontmatter: undefined, body: { text: '', start: text.length } };
  const firstLine = source.line(1);
  const firstSpan = { source, start: 0, end: Math.max(1, firstLine.length) };
  if (!firstLine.startsWith(DELIMITER) || firstLine.startsWith(`${DELIMITER}-`)) {
    diagnostics.report('parse/no-frontmatter', firstSpan, { kind });
    return { frontmatter: undefined, body: bodyFrom(text, 0) };
  }
  const language = firstLine.slice(DELIMITER.length).trim();
  if (language !== '') {
    diagnostics.report('parse/frontmatter-language', firstSpan, { language });
    return nothing;
  }
  if (!/\n---[ \t]*(?:\n|$)/.test(text)) {
    diagnostics.report('parse/frontmatter-unclosed', firstSpan, undefined);
    return nothing;
  }

  const yamlStart = text.indexOf('\n') + 1;
  let root: YamlNode | undefined;
  const refuse = (): never => {
    throw new Error('only YAML frontmatter is read');
  };
  const file = matter(text, {
    language: 'yaml',
    engines: {
      yaml: (yaml: string) => {
        // gray-matter keeps the line end after the opening delimiter.
        root = parseYaml(yaml.slice(yaml.indexOf('\n') + 1), source, yamlStart, yamlDepth, diagnostics);
        return {};
      },
      javascript: refuse,
      js: refuse,
      json: refuse,
      coffee: refuse,
    },
  });
  // What follows the closing `---` on its line is white space; anything else means it closed nothing.
  const close = text.indexOf(`\n${DELIMITER}`, DELIMITER.length - 1);
  const closeEnd = text.indexOf('\n', close + 1);
  const closeLine = text.slice(close + 1, closeEnd === -1 ? text.length : closeEnd);
  if (closeLine.trim() !== DELIMITER) {
    diagnostics.report(
      'parse/yaml-syntax',
      { source, start: close + 1, end: close + 1 + closeLine.length },
      {
        reason: 'a line that begins with "---" ends it, so nothing else can stand on that line',
      },
    );
    return nothing;
  }
  const body = bodyFrom(text, text.length - file.content.length);

  const wasEmpty = (file as { isEmpty?: boolean }).isEmpty === true;
  if (wasEmpty || (root !== undefined && !isObject(root.value))) {
    diagnostics.report('parse/frontmatter-not-mapping', firstSpan, undefined);
    return { frontmatter: undefined, body };
  }
  return { frontmatter: root === undefined ? undefined : new YamlFrontmatter(source, root), body };
}

function bodyFrom(text: string, offset: number): Body {
  const whole = text.slice(offset);
  const trimmed = trimBody(whole);
  return { text: trimmed, start: trimmed === '' ? text.length : offset + whole.indexOf(trimmed) };
}

class YamlFrontmatter implements Frontmatter {
  constructor(
    readonly source: SourceText,
    readonly root: YamlNode,
  ) {}

  get value(): JsonObject {
    return this.root.value as { [key: string]: Json };
  }

  locate(path: readonly (string | number)[], part: 'key' | 'value' = 'value'): Span {
    let node = this.root;
    let key: YamlNode | undefined;
    for (const step of path) {
      const entry = node.entries?.get(String(step));
      const next = entry?.value ?? node.items?.[Number(step)];
      if (next === undefined) break;
      key = entry?.key;
      node = next;
    }
    // A mapping as a whole is shown by its first line, which is its key's.
    if (node === this.root) return { source: this.source, start: 0, end: DELIMITER.length };
    const place = (part === 'key' || node.entries !== undefined || node.start === node.end) && key !== undefined ? key : node;
    return { source: this.source, start: place.start, end: place.end };
  }
}
