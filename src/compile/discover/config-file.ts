/** promptc.config.json → settings. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { findNodeAtLocation, type Node as JsonNode, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { isCode } from '../../base/codes.js';
import type { Diagnostics } from '../../base/diagnostic.js';
import { isObject, type JsonObject } from '../../base/json.js';
import { SourceText } from '../../base/span.js';
import { CONFIG_FILE } from '../../format/config-file.js';
import type { RuleLevels } from '../../format/diff-rule.js';
import { pointerKeys, problemPath } from '../../format/schema-problem.js';
import { authorProblem } from '../author-problem.js';
import { type Bounds, budgetOf, type Config, CONFIG_SCHEMA, DEFAULT_CONFIG, type Limits } from '../config.js';
import { didYouMean } from '../nearest.js';
import type { Severities } from '../settle.js';
import { decode } from './decode.js';
import type { Disk } from './disk.js';
import { systemReason } from './system-reason.js';

/** The project's settings; the defaults where it has none, or where what it has is wrong (which is reported). */
export async function readConfig(disk: Disk, diagnostics: Diagnostics): Promise<Config> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await disk.read(CONFIG_FILE);
  } catch (error) {
    diagnostics.report(
      'discover/unreadable',
      { source: new SourceText(CONFIG_FILE, ''), start: 0, end: 1 },
      { reason: systemReason(error) },
    );
  }
  if (bytes === undefined) return DEFAULT_CONFIG;
  const source = decode(CONFIG_FILE, bytes, DEFAULT_CONFIG.limits.fileBytes, diagnostics);
  if (source === undefined) return DEFAULT_CONFIG;
  const deep = tooDeepAt(source.text);
  if (deep !== undefined) {
    report(source, deep, deep + 1, `The file is nested deeper than ${MAX_DEPTH} levels`, diagnostics);
    return DEFAULT_CONFIG;
  }
  const errors: ParseError[] = [];
  const tree = parseTree(source.text, errors, { disallowComments: true });
  const [error] = errors;
  if (error !== undefined || tree === undefined) {
    // What is missing at the end is shown by the last thing that is there.
    const start = Math.min(error?.offset ?? 0, Math.max(0, source.text.trimEnd().length - 1));
    report(
      source,
      start,
      start + Math.max(1, error?.length ?? 1),
      source.text.trim() === ''
        ? 'The file is empty'
        : `The file is not JSON: ${WORDS[printParseErrorCode(error!.error)] ?? 'something is wrong here'}`,
      diagnostics,
      'Write `{}` for no settings, or for example `{ "limits": { "fileBytes": 2000000 } }`.',
    );
    return DEFAULT_CONFIG;
  }
  const twice = duplicateKey(tree);
  if (twice !== undefined) {
    report(
      source,
      twice.offset,
      twice.offset + twice.length,
      `The key ${source.text.slice(twice.offset, twice.offset + twice.length)} is written twice`,
      diagnostics,
      'Keep one of them.',
    );
    return DEFAULT_CONFIG;
  }
  const value: unknown = JSON.parse(source.text);
  const validate = new Ajv2020({ allErrors: true, validateSchema: false }).compile(CONFIG_SCHEMA);
  if (!validate(value)) {
    for (const one of validate.errors!) {
      const path = pointerKeys(problemPath(one));
      const node = findNodeAtLocation(tree, path) ?? tree;
      const key = one.keyword === 'additionalProperties' ? node.parent!.children![0]! : node;
      const known = Object.keys(knownKeys(path));
      const hint = one.keyword === 'additionalProperties' ? unknownHint(path, known) : undefined;
      const name = path.length === 0 ? 'The file' : `\`${path.join('.')}\``;
      report(source, key.offset, key.offset + Math.max(1, key.length), `${name} ${authorProblem(one)}`, diagnostics, hint);
    }
    return DEFAULT_CONFIG;
  }
  const { limits, diagnostics: severities = {}, cache = DEFAULT_CONFIG.cache, diff, dev } = value as Written;
  return {
    limits: { ...DEFAULT_CONFIG.limits, ...limits },
    severities,
    budget: budgetOf(value as JsonObject),
    cache,
    diff: { rules: { ...DEFAULT_CONFIG.diff.rules, ...diff?.rules } },
    dev: { debounce: debounceOf(dev?.debounce) },
  };
}

/** The file, if it is as its schema says. */
interface Written {
  readonly limits?: Partial<Limits>;
  readonly diagnostics?: Severities;
  readonly cache?: boolean;
  readonly diff?: { readonly rules?: Partial<RuleLevels> };
  readonly dev?: { readonly debounce?: Partial<Bounds> };
}

/** Where only one end is set, the other one makes room for it. */
function debounceOf(written: Partial<Bounds> = {}): Bounds {
  const preset = DEFAULT_CONFIG.dev.debounce;
  const min = written.min ?? Math.min(preset.min, written.max ?? preset.min);
  return { min, max: Math.max(min, written.max ?? preset.max) };
}

/** jsonc-parser calls itself for each level. */
const MAX_DEPTH = 16;

/** Where the text is nested too deep to be parsed, brackets within texts left out. */
function tooDeepAt(text: string): number | undefined {
  let depth = 0;
  for (const { 0: found, index } of text.matchAll(/"(?:\\.|[^"\\\n])*"|[[\]{}]/g)) {
    if (found === '[' || found === '{') depth++;
    else if (found === ']' || found === '}') depth--;
    if (depth > MAX_DEPTH) return index;
  }
  return undefined;
}

/** A key that its object has already. */
function duplicateKey(node: JsonNode): JsonNode | undefined {
  const keys = new Set<unknown>();
  for (const child of node.children ?? []) {
    const key = node.type === 'object' ? child.children![0]! : undefined;
    if (key !== undefined && keys.has(key.value)) return key;
    keys.add(key?.value);
    const inner = duplicateKey(child);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** What jsonc-parser says, in words. */
const WORDS: { readonly [code: string]: string } = {
  InvalidSymbol: 'a text needs double quotes',
  InvalidNumberFormat: 'a number is expected here',
  PropertyNameExpected: 'a name in double quotes is expected here (is there a comma too many before it?)',
  ValueExpected: 'a value is expected here (is there a comma too many before it?)',
  ColonExpected: 'a ":" is missing here',
  CommaExpected: 'a "," is missing here',
  CloseBraceExpected: 'a "}" is missing here',
  CloseBracketExpected: 'a "]" is missing here',
  EndOfFileExpected: 'nothing more can follow here',
  InvalidCommentToken: 'it cannot hold comments',
  UnexpectedEndOfComment: 'it cannot hold comments',
  UnexpectedEndOfString: 'a text has no closing quote',
};

/** The settings at the level of an unknown one. */
function knownKeys(path: readonly string[]): object {
  let schema: unknown = CONFIG_SCHEMA;
  for (const key of path.slice(0, -1)) schema = isObject(schema) && isObject(schema['properties']) ? schema['properties'][key] : undefined;
  return isObject(schema) && isObject(schema['properties']) ? schema['properties'] : {};
}

function unknownHint(path: readonly string[], known: readonly string[]): string | undefined {
  const key = path.at(-1)!;
  const isError = path.length === 2 && path[0] === 'diagnostics' && isCode(key);
  return isError ? `${key} is an error, and only warnings can be set. Delete this line.` : didYouMean(key, known);
}

function report(source: SourceText, start: number, end: number, reason: string, diagnostics: Diagnostics, hint?: string): void {
  diagnostics.report('discover/config', { source, start, end }, { reason }, { hint });
}
