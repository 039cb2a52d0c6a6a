/** Habits from other template languages and from programming, and what to write here instead: hints for what does not parse. */
import { HELPER_NAMES } from '../../../format/operation.js';
import { nearest } from '../../nearest.js';

/** Infix operators and the helpers that take their place, by rank: what binds least comes first. */
const OPERATORS: readonly { readonly pattern: RegExp; readonly helpers: { readonly [operator: string]: string } }[] = [
  { pattern: /^(.*\S)\s*(\|\|)\s*(\S.*)$|^(.*\S)\s+(or)\s+(\S.*)$/s, helpers: { '||': 'or', or: 'or' } },
  { pattern: /^(.*\S)\s*(&&)\s*(\S.*)$|^(.*\S)\s+(and)\s+(\S.*)$/s, helpers: { '&&': 'and', and: 'and' } },
  {
    pattern: /^([^=!<>]*[^=!<>\s])\s*(===?|!==?|<=|>=|<|>)\s*([^=!<>\s].*)$|^(.*\S)\s+(is)\s+(\S.*)$/s,
    helpers: { '==': 'eq', '===': 'eq', is: 'eq', '!=': 'ne', '!==': 'ne', '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' },
  },
];
/** Longer conditions are nobody's slip. */
const MAX_CONDITION = 200;

const ELSE_IF = new Set(['elif', 'elseif', 'elsif']);
const LOOPS = new Set(['for', 'foreach', 'forEach', 'loop', 'repeat']);
const BLOCKS = ['if', 'unless', 'each', 'with'];

/** A condition with operators as calls: `plan == "pro"` → `(eq plan "pro")`; `undefined` if it has none. */
function asCall(condition: string): string | undefined {
  const negated = /^!\s*([^=\s].*)$/s.exec(condition)?.[1];
  for (const { pattern, helpers } of OPERATORS) {
    const [, left, operator, right] = (pattern.exec(condition) ?? []).filter((part, i) => i === 0 || part !== undefined);
    if (left === undefined || operator === undefined || right === undefined) continue;
    return `(${helpers[operator]!} ${asCall(left) ?? left} ${asCall(right) ?? right})`;
  }
  return negated === undefined ? undefined : `(not ${asCall(negated) ?? negated})`;
}

/** For the argument of a block that is more than one value. */
export function blockArgumentHint(block: string, written: string): string {
  const [, before, name] =
    /^(\S+)\s+as\s+(\w+)$|^(\S+)\s+\|\s*(\w+)\s*\|$/.exec(written)?.filter((part, i) => i === 0 || part !== undefined) ?? [];
  if (name !== undefined) return `Write \`{{#${block} ${before!} as |${name}|}}\`.`;
  const loop = /^(\w+)\s+(?:in|of)\s+(\S+)$/.exec(written);
  if (loop !== null) return `Write \`{{#${block} ${loop[2]!} as |${loop[1]!}|}}\`.`;
  const call = written.length > MAX_CONDITION ? undefined : asCall(written);
  if (call !== undefined) return `Write \`{{#${block} ${call}}}\`: conditions are calls of helpers.`;
  const [first = ''] = written.split(/\s/);
  if ((HELPER_NAMES as readonly string[]).includes(first)) return `Put the helper into parentheses: \`{{#${block} (${written})}}\`.`;
  return `To look at more than one value, use a helper, such as \`{{#${block} (and a b)}}\`.`;
}

/** For a name that has arguments and is no helper. */
export function helperHint(name: string): string {
  if (ELSE_IF.has(name)) return 'Write `{{else if …}}`.';
  const near = nearest(name, HELPER_NAMES);
  if (near !== undefined) return `Did you mean "${near}"?`;
  return `A tag of several words calls a helper: ${HELPER_NAMES.join(', ')}. To print a value, write its name alone.`;
}

/** For a sign behind a value that is to be printed. */
export function signHint(name: string, rest: string): string {
  switch (rest[0]) {
    case '|':
      return `There are no filters. The helpers come first, such as \`{{default ${name} "…"}}\`.`;
    case '?':
      return `Write \`{{#if ${name}}}…{{else}}…{{/if}}\`.`;
    case '[':
      return `Write \`${name}.[${/^\[\s*["']?([^\]"']*)/.exec(rest)![1]!.trim()}]\`.`;
    case '+':
      return 'To put texts together, write the tags one after the other.';
    case '=':
    case '!':
    case '<':
    case '>':
    case '&':
      return 'A comparison belongs into a block, such as `{{#if (eq plan "pro")}}`.';
    default:
      return 'A tag prints one value; a helper comes first: `{{join list ", "}}`.';
  }
}

/** For a sign where a value must begin. */
export function startHint(sign: string): string {
  switch (sign) {
    case ',':
      return 'Separate values by spaces, without commas.';
    case '!':
      return 'Write `(not name)`.';
    default:
      return 'A tag holds a name, a path such as `user.name`, or a helper with its arguments.';
  }
}

/** For a block of another name. */
export function blockHint(name: string, rest: string): string {
  if (LOOPS.has(name)) {
    const [, item = 'item', list = 'list'] = /^(\w+)\s+(?:in|of)\s+([^\s()]+)$/.exec(rest) ?? [];
    return `Write \`{{#each ${list} as |${item}|}} … {{/each}}\`.`;
  }
  const near = nearest(name.toLowerCase(), BLOCKS);
  return near === undefined
    ? `Write \`{{#if ${name}}}\`, \`{{#each ${name}}}\` or \`{{#with ${name}}}\`.`
    : `Did you mean \`{{#${near}}}\`?`;
}
