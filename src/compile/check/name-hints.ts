/** What to do about a name that means nothing. */
import { FORBIDDEN_KEYS } from '../../base/json.js';
import { nearest } from '../nearest.js';

/**
 * For a name at the top of a template.
 *
 * @param candidates - what could have been meant
 * @param isInPartial - whether it stands in a partial, which can be given it
 */
export function nameHint(name: string, candidates: readonly string[], isInPartial: boolean): string {
  if (name === 'constraints') return 'The constraints can be printed, as `{{constraints}}`; nothing else can be done with them.';
  if (FORBIDDEN_KEYS.has(name)) return 'JavaScript gives this name a meaning of its own; nothing can have it. Choose another.';
  if (name === 'inputs') return 'Inputs are named without anything before them: `{{name}}`.';
  if (/^end(?:if|unless|each|with|for)?$/.test(name)) return `A block is closed by its name: \`{{/${name.slice(3) || 'if'}}}\`.`;
  if (/[“”„‘’‚«»]/.test(name)) return `If this is a text, use straight quotes: "${name.replaceAll(/[“”„‘’‚«»]/g, '')}".`;
  const near = nearest(name, [...new Set([...candidates, 'constraints'])]);
  if (near !== undefined) return `Did you mean "${near}"?`;
  const input = name.replaceAll(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=[0-9]|$)/, '_');
  if (input === name && isInPartial) {
    return `Give it where the partial is included, as \`${name}=…\`, or declare it under \`inputs:\` of the template: ${name}: string`;
  }
  return input === name
    ? `Declare it under \`inputs:\` of the template: ${name}: string`
    : `Declare it under \`inputs:\` of the template by a name of letters, digits and "_": ${input}: string`;
}

/** For a key that a value does not have. */
export function propertyHint(name: string, names: readonly string[]): string | undefined {
  if (FORBIDDEN_KEYS.has(name)) return 'JavaScript gives this name a meaning of its own; nothing can have it.';
  const near = nearest(name, names);
  if (near !== undefined) return `Did you mean "${near}"?`;
  if (names.length === 0) return undefined;
  const shown =
    names.length > MOST_NAMED ? `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more` : names.join(', ');
  return `It has ${shown}.`;
}

/** A hint that lists more names than these is read by nobody. */
const MOST_NAMED = 12;
