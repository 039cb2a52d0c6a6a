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
import { noKeyProblem } from './yaml-problem.js';

/** The keys that an author wrote, and where. */
export interface Frontmatter {
  readonly value: JsonObject;
  /** Where a value stands, by its path; the nearest place that exists if it is not there. */
  locate(path: readonly (string | number)[], part?: 'key' | 'value'): Span;
  /** Whether what stands there, or something around it, was refused when it was read: it needs no second message. */
  isRefused(path: readonly (string | number)[]): boolean;
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
    diagnostics.report('parse/no-frontmatter', firstSpan, { kind }, { hint: openingHint(text) });
    return { frontmatter: undefined, body: bodyFrom(text, 0) };
  }
  const language = firstLine.slice(DELIMITER.length).trim();
  if (language !== '') {
    diagnostics.report('parse/frontmatter-language', firstSpan, { language });
    return nothing;
  }
  const close = text.indexOf(`\n${DELIMITER}`, DELIMITER.length);
  if (close === -1) {
    diagnostics.report('parse/frontmatter-unclosed', firstSpan, undefined);
    return nothing;
  }
  const closeLine = /[^\n]*/.exec(text.slice(close + 1))![0];
  if (closeLine.trim() !== DELIMITER) {
    diagnostics.report('parse/frontmatter-end', { source, start: close + 1, end: close + 1 + closeLine.length }, undefined);
    return nothing;
  }

  const before = diagnostics.errorCount;
  const yamlStart = text.indexOf('\n') + 1;
  const yaml = text.slice(yamlStart, close);
  let root: YamlNode | undefined;
  const refuse = (): never => {
    throw new Error('only YAML frontmatter is read');
  };
  const file = matter(withoutBlankLines(text.slice(0, close)) + text.slice(close), {
    language: 'yaml',
    engines: {
      yaml: () => {
        root = parseYaml(yaml, source, yamlStart, yamlDepth, diagnostics);
        return {};
      },
      javascript: refuse,
      js: refuse,
      json: refuse,
      coffee: refuse,
    },
  });
  const body = bodyFrom(text, text.length - file.content.length);
  if (root !== undefined && isObject(root.value)) return { frontmatter: new YamlFrontmatter(source, root), body };
  // What is no YAML has been reported; YAML of another kind, or none at all, has not.
  if (diagnostics.errorCount === before) reportNoMapping(source, yaml, yamlStart, root, kind, diagnostics);
  return { frontmatter: undefined, body };
}

/** What stands in the way of frontmatter that is there, if it is. */
function openingHint(text: string): string | undefined {
  const [written = '', above = '', dashes = ''] = /^(\s*)(-{3,})/.exec(text) ?? [];
  if (written === '') return undefined;
  if (above.includes('\n')) return 'Delete the empty lines above the first `---`: it must be the first line of the file.';
  return dashes.length > DELIMITER.length
    ? 'Write exactly three dashes, `---`, on the first line.'
    : 'Delete the spaces before the first `---`.';
}

/** gray-matter searches frontmatter for comments in a time that grows with the square of its blank lines. */
function withoutBlankLines(text: string): string {
  return text.replaceAll(/\n(?:[^\S\n]*\n)+/g, '\n');
}

function reportNoMapping(
  source: SourceText,
  yaml: string,
  yamlStart: number,
  root: YamlNode | undefined,
  kind: string,
  diagnostics: Diagnostics,
): void {
  const problem = typeof root?.value === 'string' ? noKeyProblem(yaml, root.start - yamlStart) : undefined;
  if (problem !== undefined) {
    const { start, end, reason, hint } = problem;
    diagnostics.report('parse/yaml-syntax', { source, start: yamlStart + start, end: yamlStart + end }, { reason }, { hint });
  } else if (root === undefined || root.start === root.end) {
    diagnostics.report('parse/frontmatter-not-mapping', { source, start: 0, end: DELIMITER.length }, { found: 'is empty', kind });
  } else {
    const found = Array.isArray(root.value) ? 'is a list' : 'is a single value';
    diagnostics.report('parse/frontmatter-not-mapping', { source, start: root.start, end: root.end }, { found, kind });
  }
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
    const { key, node } = this.#along(path).at(-1)!;
    if (key === undefined && node === this.root) return { source: this.source, start: 0, end: DELIMITER.length };
    // A mapping as a whole is shown by its first line, which is its key's, unless it stands in braces.
    const isBlock = node.entries !== undefined && this.source.text[node.start] !== '{';
    const place = (part === 'key' || isBlock || node.start === node.end) && key !== undefined ? key : node;
    return { source: this.source, start: place.start, end: place.end };
  }

  isRefused(path: readonly (string | number)[]): boolean {
    return this.#along(path).some(({ node }) => node.refused);
  }

  /** The nodes that a path leads through, as far as it goes; the root first. */
  #along(path: readonly (string | number)[]): Step[] {
    const steps: Step[] = [{ node: this.root, key: undefined }];
    for (const step of path) {
      const { node } = steps.at(-1)!;
      const entry = node.entries?.get(String(step));
      const next = entry?.value ?? node.items?.[Number(step)];
      if (next === undefined) break;
      steps.push({ node: next, key: entry?.key });
    }
    return steps;
  }
}

interface Step {
  readonly node: YamlNode;
  readonly key: YamlNode | undefined;
}
