/** What to write instead: hints for wrong values in frontmatter. */
import type { ErrorObject } from 'ajv';
import { INVISIBLE } from '../../base/invisible.js';
import type { Json, JsonObject } from '../../base/json.js';
import { constraintNamed } from '../../constraints/vocabulary.js';
import { ID_PATTERN, VERSION_PATTERN } from '../../format/frontmatter-schema.js';
import { didYouMean } from '../nearest.js';

/** A line with a key that is missing, made for its file where that is possible. */
export function exampleLine(key: string, file: string): string {
  if (key === 'id') {
    const name = /^prompts\/(?:templates|bundles)\/(.*)\.md$/.exec(file)?.[1];
    if (name !== undefined && isId(name)) return `id: ${name}`;
  }
  return EXAMPLE_LINES[key] ?? `${key}: …`;
}

const EXAMPLE_LINES: { readonly [key: string]: string } = {
  id: 'id: support/tone',
  version: 'version: 1.0.0',
  role: 'role: system',
  slots: 'slots: { system: support/tone }',
  name: 'name: refund',
  input: 'input: { task: Hello }',
};

/** The nearest id, if the text has one. */
export function idHint(written: string): string | undefined {
  if (written.length > MAX_ID) return `An id has at most ${MAX_ID} characters.`;
  const id = withoutQuotes(written)
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._/-]+/g, '-')
    .replaceAll(/(?<=^|\/)[^a-z0-9/]+|[^a-z0-9/]+(?=\/|$)|(?<=\/)\/+|^\/+|\/+$/g, '');
  return isId(id) ? `Write for example \`${id}\`: an id is a-z, 0-9, ".", "_" and "-", in segments joined by "/".` : undefined;
}

const MAX_ID = 256;

/** Of each number of a version. */
const MAX_DIGITS = 15;

/** The version that was most likely meant, if the text is one but for its form. */
export function versionHint(written: string): string | undefined {
  const parts = /^v?(\d+)(?:\.(\d+)(?:\.(\d+)(-[0-9A-Za-z.-]+)?)?)?(?:\+.*)?$/i.exec(withoutQuotes(written));
  if (parts === null) return undefined;
  const [, major = '', minor = '0', patch = '0', prerelease = ''] = parts;
  const numbers = [major, minor, patch].map((part) => part.replace(/^0+(?=\d)/, ''));
  if (numbers.some((number) => number.length > MAX_DIGITS)) return `Each of its three numbers has at most ${MAX_DIGITS} digits.`;
  const version = numbers.join('.') + prerelease;
  return new RegExp(VERSION_PATTERN).test(version) ? `Write version: "${version}"` : undefined;
}

export function constraintHint(name: string): string | undefined {
  const { type, minimum, maximum, enum: values } = constraintNamed(name)?.schema ?? {};
  if (Array.isArray(values)) return `Write one of ${(values as string[]).join(', ')}.`;
  switch (type) {
    case 'boolean':
      return `Write ${name}: true or ${name}: false.`;
    case 'string':
      return `Write one text in quotes, without white space at its ends: ${name}: "…"`;
    case 'array':
      return `Write a list of texts, each in quotes: ${name}: ["…", "…"]`;
    case 'integer':
    case 'number':
      return `Write a ${type === 'integer' ? 'whole number' : 'number'} from ${JSON.stringify(minimum)} to ${JSON.stringify(maximum)}.`;
    default:
      return undefined;
  }
}

/**
 * @param path - of the wrong value
 * @param line - the line that it is shown by
 */
export function valueHint(path: readonly string[], error: ErrorObject, line: string): string | undefined {
  const { data, params } = error as { data?: Json; params: JsonObject };
  const [top] = path;
  const key = path.at(-1)!;
  if (data === null) {
    if (/:\s+#/.test(line)) return 'A "#" begins a comment: put a text that begins with it in quotes.';
    if (params['type'] === 'object' || params['type'] === 'array') return HINTS[top ?? ''];
    const isOwn = path.length === 1 || top === 'examples';
    return isOwn && Object.hasOwn(EXAMPLE_LINES, key) ? `Write one, such as \`${EXAMPLE_LINES[key]!}\`.` : 'Write one, or delete the line.';
  }
  if (error.keyword === 'enum' && typeof data === 'string') return didYouMean(data, params['allowedValues'] as string[]);
  const wantsText = [params['type']].flat().includes('string');
  if (wantsText && (typeof data === 'number' || typeof data === 'boolean') && path.length === 1) {
    return `Put it in quotes: ${key}: "${/:\s+(\S+)/.exec(line)?.[1] ?? String(data)}"`;
  }
  if (top === 'inputs' && path.length === 2) {
    return 'An input is a type such as string, number or string[], or a schema such as { enum: [free, pro] }.';
  }
  return HINTS[top ?? ''];
}

const BELOW = 'on a line of its own, indented by two spaces, such as';

const HINTS: { readonly [key: string]: string } = {
  inputs: `Below \`inputs:\`, write each input ${BELOW} \`customer_name: string\`.`,
  slots: `Below \`slots:\`, write each slot ${BELOW} \`system: support/tone@1.2.0\`.`,
  constraints: `Below \`constraints:\`, write each constraint ${BELOW} \`MAX_SENTENCE_LENGTH: 25\`.`,
  config: `Below \`config:\`, write each setting ${BELOW} \`temperature: 0.2\`.`,
  output: `Below \`output:\`, write each setting ${BELOW} \`schema: { type: object }\`.`,
  tags: 'Write a list of models, each once, such as tags: [gpt-4o, gpt-4.1]',
  examples: 'Write each example as `- { name: refund, input: { task: Hello } }`, on a line of its own.',
};

function isId(text: string): boolean {
  return new RegExp(ID_PATTERN).test(text);
}

/** Without what cannot be seen, and without the quotes that a word processor makes. */
function withoutQuotes(text: string): string {
  return text
    .replaceAll(INVISIBLE, '')
    .replaceAll(/[“”„‘’‚«»]/g, '')
    .trim();
}
