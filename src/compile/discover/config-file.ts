/** promptc.config.json → settings. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { findNodeAtLocation, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Diagnostics } from '../../base/diagnostic.js';
import { isObject } from '../../base/json.js';
import type { SourceText } from '../../base/span.js';
import { pointerKeys, problemPath, problemText } from '../../format/schema-problem.js';
import { type Config, CONFIG_FILE, CONFIG_SCHEMA, DEFAULT_CONFIG, type Limits } from '../config.js';
import { didYouMean } from '../nearest.js';
import { decode } from './decode.js';
import type { Disk } from './disk.js';

/** The project's settings; the defaults where it has none, or where what it has is wrong (which is reported). */
export async function readConfig(disk: Disk, diagnostics: Diagnostics): Promise<Config> {
  const bytes = await disk.read(CONFIG_FILE);
  if (bytes === undefined) return DEFAULT_CONFIG;
  const source = decode(CONFIG_FILE, bytes, DEFAULT_CONFIG.limits.fileBytes, diagnostics);
  if (source === undefined) return DEFAULT_CONFIG;
  const errors: ParseError[] = [];
  const tree = parseTree(source.text, errors, { disallowComments: true });
  const [error] = errors;
  if (error !== undefined || tree === undefined) {
    const start = error?.offset ?? 0;
    report(
      source,
      start,
      start + Math.max(1, error?.length ?? 1),
      `it is not JSON (${error === undefined ? 'it is empty' : printParseErrorCode(error.error)})`,
      diagnostics,
    );
    return DEFAULT_CONFIG;
  }
  const value: unknown = JSON.parse(source.text);
  const validate = new Ajv2020({ allErrors: true }).compile(CONFIG_SCHEMA);
  if (!validate(value)) {
    for (const one of validate.errors!) {
      const path = pointerKeys(problemPath(one));
      const node = findNodeAtLocation(tree, path) ?? tree;
      const key = one.keyword === 'additionalProperties' ? node.parent!.children![0]! : node;
      const hint = one.keyword === 'additionalProperties' ? didYouMean(path.at(-1)!, Object.keys(knownKeys(path))) : undefined;
      const name = path.length === 0 ? 'it' : `\`${path.join('.')}\``;
      report(source, key.offset, key.offset + Math.max(1, key.length), `${name} ${problemText(one)}`, diagnostics, hint);
    }
    return DEFAULT_CONFIG;
  }
  const { limits } = value as { limits?: Partial<Limits> };
  return { limits: { ...DEFAULT_CONFIG.limits, ...limits } };
}

/** The settings at the level of an unknown one. */
function knownKeys(path: readonly string[]): object {
  let schema: unknown = CONFIG_SCHEMA;
  for (const key of path.slice(0, -1)) schema = isObject(schema) && isObject(schema['properties']) ? schema['properties'][key] : undefined;
  return isObject(schema) && isObject(schema['properties']) ? schema['properties'] : {};
}

function report(source: SourceText, start: number, end: number, reason: string, diagnostics: Diagnostics, hint?: string): void {
  diagnostics.report('discover/config', { source, start, end }, { reason }, { hint });
}
