/**
 * A renderer written from docs/artifact-format.md alone, as someone would in another language: it imports
 * nothing of promptc. If it renders what promptc renders, the page is enough.
 */
import { createHash } from 'node:crypto';

type Value = undefined | null | boolean | number | string | Value[] | { [key: string]: Value };
type Dictionary = { [key: string]: Value };

/** The files of a build, by path. */
export type Files = ReadonlyMap<string, Uint8Array>;

export interface Rendered {
  rendered_prompt: string;
  messages: { role: string; content: string }[];
  bundle_id: string;
  semver: string;
  bundle_hash: string;
  personality_hash: string;
  prompt_hash: string;
  adapter_version: Value;
  constraints: Value;
  config: Value;
  output: Value;
}

const SLOTS = ['system', 'personality', 'activity', 'task'];

/** @param version - exact, or `undefined` for the default */
export function renderFrom(files: Files, id: string, version: string | undefined, payload: Dictionary): Rendered {
  const manifest = dictionary(JSON.parse(text(files.get('manifest.json'))));
  if (manifest['formatVersion'] !== 1) throw new Error('format');
  if (!files.has(objectPath(digest(files.get('manifest.json')!)))) throw new Error('manifest');
  const { default: preset, versions } = dictionary(versionsOf(files, 'bundles', manifest['bundles'] as Dictionary[], id));
  const wanted = version ?? string(preset);
  const entry = dictionary(own(dictionary(versions), wanted));
  const bundle = readArtifact(files, 'bundle', { ...entry, id, version: wanted });

  const { model_type: model, ...rest } = copy(payload);
  if (Array.isArray(bundle['tags']) && model !== undefined && !bundle['tags'].includes(model)) throw new Error('model');
  const schema = dictionary(bundle['payloadSchema']);
  fillDefaults(schema, rest, schema);

  const context = { ...dictionary(rest['inputs']) };
  for (const name of ['semantic_traits', 'activity_level', 'stress', 'task']) context[name] = rest[name];
  const directives = directivesOf(dictionary(bundle['constraints']), bundle['output']);
  const slots = dictionary(bundle['slots']);
  const appendTo = bundle['constraints_in_prompt'] === 'append' ? SLOTS.find((slot) => own(slots, slot) !== undefined) : undefined;
  const parts: { role: string; content: string }[] = [];
  for (const slot of SLOTS) {
    const reference = own(slots, slot);
    if (reference === undefined) continue;
    const template = readArtifact(files, 'template', dictionary(reference));
    const rendered = trim(run(template['operations'] as Value[][], context, directives));
    const content = [rendered, slot === appendTo ? directives : ''].filter((part) => part !== '').join('\n\n');
    if (content !== '') parts.push({ role: string(template['role']), content });
  }
  const messages: Rendered['messages'] = [];
  for (const part of parts) {
    const last = messages[messages.length - 1];
    if (last !== undefined && last.role === part.role) last.content += `\n\n${part.content}`;
    else messages.push({ ...part });
  }
  const prompt = parts.map((part) => part.content).join('\n\n');
  return {
    rendered_prompt: prompt,
    messages,
    bundle_id: string(bundle['id']),
    semver: string(bundle['version']),
    bundle_hash: string(bundle['hash']),
    personality_hash: digest(canonical(rest)),
    prompt_hash: digest(prompt),
    adapter_version: bundle['adapter_version'] ?? null,
    constraints: bundle['constraints'],
    ...(bundle['locale'] === undefined ? {} : { locale: bundle['locale'] }),
    config: bundle['config'] ?? null,
    output: bundle['output'] ?? null,
  };
}

// Reading it

/** The versions of an id: it is on the last page that does not begin after it, or nowhere. */
function versionsOf(files: Files, kind: string, pages: Dictionary[], id: string): Value {
  let page = -1;
  for (let [low, high] = [0, pages.length - 1]; low <= high;) {
    const middle = Math.floor((low + high) / 2);
    if (string(pages[middle]!['first']) <= id) {
      page = middle;
      low = middle + 1;
    } else high = middle - 1;
  }
  if (page < 0) return undefined;
  const ids = dictionary(readObject(files, kind, pages[page]!)['ids']);
  const names = Object.keys(ids);
  const [first, next] = [string(pages[page]!['first']), pages[page + 1]?.['first']];
  if (!names.includes(first) || names.some((name) => name < first || (next !== undefined && name >= string(next)))) throw new Error('page');
  return own(ids, id);
}

function readArtifact(files: Files, kind: string, pointer: Dictionary): Dictionary {
  const artifact = readObject(files, kind, dictionary(pointer['artifact']));
  if (artifact['spec'] !== 1) throw new Error('spec');
  for (const key of ['id', 'version', 'hash']) if (artifact[key] !== pointer[key]) throw new Error(key);
  return artifact;
}

function readObject(files: Files, kind: string, { digest: name, size }: Dictionary): Dictionary {
  const bytes = files.get(objectPath(string(name)));
  if (bytes === undefined || bytes.length !== size || digest(bytes) !== name) throw new Error('bytes');
  const object = dictionary(JSON.parse(text(bytes)));
  if (object['formatVersion'] !== 1 || object['kind'] !== kind) throw new Error('kind');
  return object;
}

function objectPath(name: string): string {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(name)![1]!;
  return `objects/sha256/${hex.slice(0, 2)}/${hex}.json`;
}

function digest(data: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`;
}

// Defaults

function fillDefaults(schema: Value, value: Value, root: Dictionary): void {
  if (!isDictionary(schema)) return;
  if (isDictionary(value)) {
    const properties = dictionary(schema['properties'] ?? {});
    for (const [name, property] of Object.entries(properties)) {
      const preset = isDictionary(property) ? property['default'] : undefined;
      if (own(value, name) === undefined && preset !== undefined) value[name] = copy(preset);
      if (own(value, name) !== undefined) fillDefaults(property, value[name], root);
    }
    for (const key of Object.keys(value)) {
      const matching = Object.entries(dictionary(schema['patternProperties'] ?? {})).filter(([pattern]) =>
        new RegExp(pattern, 'u').test(key),
      );
      for (const [, property] of matching) fillDefaults(property, value[key], root);
      if (matching.length === 0 && !Object.hasOwn(properties, key)) fillDefaults(schema['additionalProperties'], value[key], root);
    }
  }
  if (Array.isArray(value)) {
    const first = (schema['prefixItems'] ?? []) as Value[];
    for (const [i, item] of value.entries()) fillDefaults(i < first.length ? first[i] : schema['items'], item, root);
  }
  if (schema['$ref'] !== undefined) {
    const keys = string(schema['$ref']).split('/').slice(1);
    let at: Value = root;
    for (const key of keys) at = dictionary(at)[key.replaceAll('~1', '/').replaceAll('~0', '~')];
    fillDefaults(at, value, root);
  }
  for (const one of (schema['allOf'] ?? []) as Value[]) fillDefaults(one, value, root);
}

// Running a template

function run(operations: Value[][], context: Value, directives: string): string {
  const slots: Value[] = [context];
  const loops: { items: Value[]; keys: string[] | undefined; slot: number; at: number }[] = [];
  const outer: { before: string; indent: string }[] = [];
  let out = '';
  let at = 0;
  const take = (): void => {
    const loop = loops[loops.length - 1]!;
    slots[loop.slot] = loop.items[loop.at];
    slots[loop.slot + 1] = loop.keys === undefined ? loop.at : loop.keys[loop.at];
    slots[loop.slot + 2] = loop.at;
    slots[loop.slot + 3] = loop.at === 0;
    slots[loop.slot + 4] = loop.at === loop.items.length - 1;
  };
  while (at < operations.length) {
    const [name, a, b, c] = operations[at++]!;
    if (name === 'text') out += string(a);
    else if (name === 'print') out += print(valueOf(a, slots));
    else if (name === 'constraints') out += directives;
    else if (name === 'set') slots[a as number] = valueOf(b, slots);
    else if (name === 'jump') at = a as number;
    else if (name === 'jump-if') {
      if (isTrue(valueOf(a, slots))) at = b as number;
    } else if (name === 'jump-unless') {
      if (!isTrue(valueOf(a, slots))) at = b as number;
    } else if (name === 'each') {
      const subject = valueOf(a, slots);
      const keys = isDictionary(subject) ? sortedKeys(subject) : undefined;
      const items = Array.isArray(subject) ? subject : (keys?.map((key) => (subject as Dictionary)[key]) ?? []);
      if (items.length === 0) at = c as number;
      else {
        loops.push({ items, keys, slot: b as number, at: 0 });
        take();
      }
    } else if (name === 'next') {
      const loop = loops[loops.length - 1]!;
      loop.at++;
      if (loop.at === loop.items.length) loops.pop();
      else {
        take();
        at = a as number;
      }
    } else if (name === 'indent') {
      outer.push({ before: out, indent: string(a) });
      out = '';
    } else if (name === 'dedent') {
      const { before, indent } = outer.pop()!;
      const lines = out.match(/[^\n]*\n|[^\n]+$/g) ?? [];
      out = before + lines.map((line) => indent + line).join('');
    } else throw new Error(`operation ${JSON.stringify(name)}`);
  }
  return out;
}

function valueOf(expression: Value, slots: readonly Value[]): Value {
  const { path, value, call, args, options } = dictionary(expression);
  if (path !== undefined) {
    const [slot, ...keys] = path as [number, ...string[]];
    let found = slots[slot];
    for (const key of keys) {
      if (Array.isArray(found)) found = /^(?:0|[1-9][0-9]{0,9})$/.test(key) ? found[Number(key)] : undefined;
      else found = isDictionary(found) ? own(found, key) : undefined;
    }
    return found;
  }
  if (call === undefined) return value;
  const values = (args as Value[]).map((argument) => valueOf(argument, slots));
  return help(string(call), values, dictionary(options ?? {}));
}

function help(name: string, args: readonly Value[], options: Dictionary): Value {
  const [a, b] = args;
  switch (name) {
    case 'eq':
      return isEqual(a, b);
    case 'ne':
      return !isEqual(a, b);
    case 'lt':
      return isLess(a, b);
    case 'lte':
      return isComparable(a, b) && !isLess(b, a);
    case 'gt':
      return isLess(b, a);
    case 'gte':
      return isComparable(a, b) && !isLess(a, b);
    case 'and':
      return args.every(isTrue);
    case 'or':
      return args.some(isTrue);
    case 'not':
      return !isTrue(a);
    case 'includes':
      if (Array.isArray(a)) return a.some((item) => isEqual(item, b));
      return typeof a === 'string' && typeof b === 'string' && a.includes(b);
    case 'json': {
      const { indent } = options;
      return typeof indent === 'number' && indent > 0 ? indented(a ?? null, indent, 0) : canonical(a ?? null);
    }
    case 'join':
      return Array.isArray(a) ? a.map(print).join(print(b)) : '';
    case 'length':
      if (typeof a === 'string') return Array.from(a).length;
      return Array.isArray(a) ? a.length : isDictionary(a) ? Object.keys(a).length : 0;
    case 'default':
      return a === undefined || a === null ? b : a;
    default:
      throw new Error(`helper ${name}`);
  }
}

// Values

function isTrue(value: Value): boolean {
  return !(value === undefined || value === null || value === false || value === '' || value === 0 || isEmptyList(value));
}

function isEmptyList(value: Value): boolean {
  return Array.isArray(value) && value.length === 0;
}

function print(value: Value): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : canonical(value);
}

function isEqual(a: Value, b: Value): boolean {
  return canonical(a ?? null) === canonical(b ?? null);
}

function isComparable(a: Value, b: Value): boolean {
  return typeof a === typeof b && (typeof a === 'number' || typeof a === 'string');
}

function isLess(a: Value, b: Value): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  if (typeof a !== 'string' || typeof b !== 'string') return false;
  const [x, y] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < x.length && i < y.length; i++) {
    if (x[i] !== y[i]) return x[i]!.codePointAt(0)! < y[i]!.codePointAt(0)!;
  }
  return x.length < y.length;
}

function directivesOf(written: Dictionary, output: Value | undefined): string {
  const constraints: Dictionary = {};
  for (const name of sortedKeys(written)) {
    const value = written[name]!;
    constraints[name] = isDictionary(value) ? value['value']! : value;
  }
  const lines: string[] = [];
  const tokens = (constraints['FORBIDDEN_TOKENS'] ?? []) as Value[];
  if (tokens.length > 0) lines.push(`- Never use any of these: ${tokens.map(canonical).join(', ')}.`);
  const words = constraints['MAX_SENTENCE_LENGTH'];
  if (words !== undefined) lines.push(`- Keep every sentence to at most ${print(words)} ${words === 1 ? 'word' : 'words'}.`);
  const paragraphs = constraints['MAX_PARAGRAPHS'];
  if (paragraphs !== undefined) lines.push(`- Write at most ${print(paragraphs)} ${paragraphs === 1 ? 'paragraph' : 'paragraphs'}.`);
  if (constraints['NO_EMOJI'] === true) lines.push('- Use no emoji.');
  const level = constraints['ASSERTIVENESS_LEVEL'];
  if (level !== undefined) lines.push(`- Assertiveness: ${print(level)} on a scale from 0 (tentative) to 1 (categorical).`);
  const required = (constraints['REQUIRED_TOKENS'] ?? []) as Value[];
  if (required.length > 0) lines.push(`- Use each of these at least once: ${required.map(canonical).join(', ')}.`);
  for (const [name, noun] of [
    ['MAX_WORDS', 'word'],
    ['MAX_TOKENS', 'token'],
    ['MAX_SENTENCES', 'sentence'],
  ] as const) {
    const most = constraints[name];
    if (most !== undefined) lines.push(`- Write at most ${print(most)} ${noun}${most === 1 ? '' : 's'}.`);
  }
  const [start, end] = [constraints['STARTS_WITH'], constraints['ENDS_WITH']];
  if (start !== undefined) lines.push(`- Begin the answer with ${canonical(start)}.`);
  if (end !== undefined) lines.push(`- End the answer with ${canonical(end)}.`);
  for (const [name, each] of [
    ['MATCHES', 'each'],
    ['NOT_MATCHES', 'none'],
  ] as const) {
    const patterns = (constraints[name] ?? []) as string[];
    const shown = patterns.map((one) => `/${one.replaceAll(/\\[^]|\//g, (part) => (part === '/' ? '\\/' : part))}/`).join(', ');
    if (patterns.length > 0) lines.push(`- Write an answer in which ${each} of these regular expressions is found: ${shown}.`);
  }
  if (constraints['FORMAT'] === 'json') lines.push('- Answer with JSON only: no text around it, no code fence.');
  if (constraints['FORMAT'] === 'markdown') lines.push('- Format the answer as Markdown.');
  if (constraints['FORMAT'] === 'plain') lines.push('- Answer in plain text, without Markdown.');
  if (constraints['OUTPUT_SCHEMA'] === true) {
    lines.push(`- Answer with JSON only, in the form of this JSON Schema: ${canonical((output as Dictionary)['schema'])}`);
  }
  if (constraints['NO_URLS'] === true) lines.push('- Use no URLs.');
  return lines.join('\n');
}

function trim(whole: string): string {
  return whole.replace(/[ \t\n\v\f\r]+$/, '').replace(/^[ \t\n\v\f\r]*\n/, '');
}

function canonical(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (isDictionary(value))
    return `{${sortedKeys(value)
      .map((key) => `${canonical(key)}:${canonical(value[key])}`)
      .join(',')}}`;
  return JSON.stringify(value);
}

function indented(value: Value, indent: number, level: number): string {
  const line = (depth: number): string => `\n${' '.repeat(indent * depth)}`;
  const within = (open: string, parts: string[], close: string): string =>
    open + parts.map((part) => line(level + 1) + part).join(',') + line(level) + close;
  if (Array.isArray(value) && value.length > 0) {
    return within(
      '[',
      value.map((item) => indented(item, indent, level + 1)),
      ']',
    );
  }
  if (isDictionary(value) && Object.keys(value).length > 0) {
    return within(
      '{',
      sortedKeys(value).map((key) => `${canonical(key)}: ${indented(value[key], indent, level + 1)}`),
      '}',
    );
  }
  return canonical(value);
}

/** JavaScript compares strings by UTF-16 code units. */
function sortedKeys(object: Dictionary): string[] {
  return Object.keys(object).toSorted();
}

function own(object: Dictionary, key: string): Value {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isDictionary(value: Value): value is Dictionary {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function dictionary(value: unknown): Dictionary {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('no object');
  return value as Dictionary;
}

function string(value: Value): string {
  if (typeof value !== 'string') throw new Error('no text');
  return value;
}

function text(bytes: Uint8Array | undefined): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

function copy<T extends Value>(value: T): T {
  return structuredClone(value);
}
