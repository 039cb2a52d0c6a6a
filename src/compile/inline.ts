/**
 * Prompts given as values → the same pipeline as files.
 *
 * What always holds: equal content gives equal text and hashes, whether it comes from files or as values.
 */
import { findNodeAtLocation, type Node as JsonNode, parseTree } from 'jsonc-parser';
import { CompileError, PromptcError } from '../base/error.js';
import { Diagnostics } from '../base/diagnostic.js';
import { isObject, type Json, type JsonObject } from '../base/json.js';
import { copyPlainJson } from '../base/plain-json.js';
import { SourceText, type Span } from '../base/span.js';
import { trimBody } from '../base/trim-body.js';
import type { Constraints, JsonSchema, Role, SlotName } from '../format/artifact.js';
import { compilePrompts, type Prompts, type Unparsed } from './compile.js';
import { type Config, DEFAULT_CONFIG } from './config.js';
import { decode } from './discover/decode.js';
import type { Build } from './emit/emit.js';
import type { ParsedBundle, ParsedTemplate, Partial } from './model.js';
import type { Frontmatter } from './parse/frontmatter.js';
import { parsePartial, wholeFile } from './parse/parse.js';
import { parseTemplate } from './parse/template/parse-template.js';

/** A template as a value: its frontmatter's keys, and its text as `content`. */
export interface InlineTemplate {
  readonly id: string;
  readonly version: string;
  readonly role: Role;
  readonly description?: string;
  readonly adapter_version?: string;
  /** Name (with `?` if optional) → shorthand or JSON Schema. */
  readonly inputs?: { readonly [name: string]: string | JsonSchema };
  readonly constraints?: Constraints;
  readonly content: string;
}

/** A bundle as a value: its frontmatter's keys. */
export interface InlineBundle {
  readonly id: string;
  readonly version: string;
  readonly description?: string;
  /** Slot → reference, such as `{ task: 'greet@1.0.0' }`. */
  readonly slots: { readonly [slot in SlotName]?: string };
  readonly tags?: readonly string[];
  readonly config?: JsonObject;
  readonly output?: JsonObject;
  readonly constraints?: Constraints;
  readonly constraints_in_prompt?: 'append';
  readonly locale?: string;
}

/** Prompts as values. */
export interface InlineContent {
  readonly bundles?: readonly InlineBundle[];
  readonly templates: readonly InlineTemplate[];
  /** Text by name. */
  readonly partials?: { readonly [name: string]: string };
}

/** Deeper values than this cannot be prompts. */
const MAX_DEPTH = 128;

/**
 * Compiles values in memory.
 *
 * @throws CompileError with diagnostics whose files are `templates/0`, `partials/name` and the like
 */
export function compileInline(content: InlineContent, config: Config = DEFAULT_CONFIG): Build {
  const { value, problems } = copyPlainJson(content, MAX_DEPTH);
  const [problem] = problems;
  if (problem !== undefined)
    throw new PromptcError('content_invalid', `The content is no JSON: ${problem.path} ${problem.message}.`, problems);
  if (!isObject(value))
    throw new PromptcError('content_invalid', 'The content must be an object with `bundles`, `templates` and `partials`.');

  const diagnostics = new Diagnostics();
  const parser = new InlineParser(config, diagnostics);
  const partials = Object.entries(asObject(value, 'partials')).map(([name, text]) => parser.partial(name, text));
  const prompts: Prompts = {
    templates: asList(value, 'templates').map((template, i) => parsed(parser.template(template, `templates/${i}`))),
    bundles: asList(value, 'bundles').map((bundle, i) => parsed(parser.bundle(bundle, `bundles/${i}`))),
    partials: new Map(partials.flatMap((partial) => (partial === undefined ? [] : [[partial.name, partial] as const]))),
  };
  const { build, diagnostics: found } = compilePrompts(prompts, config, diagnostics);
  if (build === undefined) throw new CompileError(found);
  return build;
}

function parsed<Parsed extends { readonly source: SourceText }>(value: Parsed): Unparsed<Parsed> {
  return { source: value.source, read: () => value };
}

class InlineParser {
  constructor(
    readonly config: Config,
    readonly diagnostics: Diagnostics,
  ) {}

  partial(name: string, text: Json): Partial | undefined {
    const source = this.#text(text, `partials/${name}`);
    return source && parsePartial({ name, source }, this.config.limits, this.diagnostics);
  }

  template(value: Json, path: string): ParsedTemplate {
    const whole = new SourceText(path, '');
    const { content, ...keys } = isObject(value) ? value : {};
    const frontmatter = this.#frontmatter(isObject(value) ? keys : value, path);
    const source = this.#text(content ?? null, `${path}/content`);
    if (source === undefined) return { source: whole, frontmatter, body: { text: '', start: 0 }, nodes: [] };
    const text = trimBody(source.text);
    if (text === '') this.diagnostics.report('parse/empty-body', wholeFile(source), { kind: 'template' });
    const start = source.text.indexOf(text);
    const nodes = parseTemplate(text, source, start, this.config.limits.blockDepth, this.diagnostics);
    return { source, frontmatter, body: { text, start }, nodes };
  }

  bundle(value: Json, path: string): ParsedBundle {
    return { source: new SourceText(path, ''), frontmatter: this.#frontmatter(value, path) };
  }

  #frontmatter(value: Json, path: string): Frontmatter | undefined {
    if (isObject(value)) return new ValueFrontmatter(value, path);
    const kind = path.startsWith('bundles/') ? 'bundle' : 'template';
    this.diagnostics.report('parse/frontmatter-not-mapping', wholeFile(new SourceText(path, '')), { found: 'is no object', kind });
    return undefined;
  }

  /** By way of bytes, so that the same texts are refused as in files. */
  #text(text: Json, path: string): SourceText | undefined {
    if (typeof text === 'string') return decode(path, new TextEncoder().encode(text), this.config.limits.fileBytes, this.diagnostics);
    const problem = text === null ? 'is missing' : 'must be a text';
    this.diagnostics.report('check/wrong-value', wholeFile(new SourceText(path, '')), { path, problem });
    return undefined;
  }
}

/** A value's keys, placed in its own JSON text. */
class ValueFrontmatter implements Frontmatter {
  readonly #source: SourceText;
  #tree: JsonNode | undefined;

  constructor(
    readonly value: JsonObject,
    path: string,
  ) {
    this.#source = new SourceText(path, JSON.stringify(value, null, 2));
  }

  locate(path: readonly (string | number)[], part: 'key' | 'value' = 'value'): Span {
    this.#tree ??= parseTree(this.#source.text)!;
    for (let length = path.length; length > 0; length--) {
      const steps = path
        .slice(0, length)
        .map((step) => (typeof step === 'string' && /^[0-9]+$/.test(step) ? this.#step(path.slice(0, length - 1), step) : step));
      const node = findNodeAtLocation(this.#tree, steps);
      if (node === undefined) continue;
      const key = node.parent?.type === 'property' ? node.parent.children![0]! : node;
      const shown = part === 'key' || node.type === 'object' ? key : node;
      return { source: this.#source, start: shown.offset, end: shown.offset + shown.length };
    }
    return { source: this.#source, start: 0, end: 1 };
  }

  /** Values are read whole or not at all. */
  isRefused(): boolean {
    return false;
  }

  /** A numeric step is an index in a list, a key in an object. */
  #step(parent: readonly (string | number)[], step: string): string | number {
    const node = findNodeAtLocation(this.#tree!, [...parent]);
    return node?.type === 'array' ? Number(step) : step;
  }
}

function asObject(content: JsonObject, key: string): JsonObject {
  const value = content[key];
  if (value === undefined) return {};
  if (!isObject(value)) throw new PromptcError('content_invalid', `\`${key}\` must be an object.`);
  return value;
}

function asList(content: JsonObject, key: string): Json[] {
  const value = content[key];
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new PromptcError('content_invalid', `\`${key}\` must be a list.`);
  return value;
}
