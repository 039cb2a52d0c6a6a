/** The inputs of templates before and after → what requests may or must send that they did not, and the other way round. */
import { isDeepStrictEqual } from 'node:util';
import type { JsonSchema } from '../../format/artifact.js';
import { isPersonaName, PERSONA_INPUTS, PERSONA_NAMES } from '../../format/persona.js';
import { compileDefaults } from '../../render/defaults.js';
import { DEFAULT_RENDER_LIMITS } from '../../render/limits.js';
import type { Change } from './change.js';
import type { TemplateView } from './project-view.js';
import { defaultChange, schemaChange, type SchemaRelation } from './schema-change.js';
import { SchemaValidity } from './schema-validity.js';
import { joinSentences, type Sentence, sentence, words } from './sentence.js';

interface DeclaredInput {
  readonly schema: JsonSchema;
  /** Whether a request may leave it out. */
  readonly optional: boolean;
}

/** @param before - the templates that share their inputs: those of a bundle, or one by itself */
export function inputChanges(before: readonly TemplateView[], after: readonly TemplateView[]): Change[] {
  const [old, fresh] = [inputsOf(before), inputsOf(after)];
  const names = [...new Set([...old.keys(), ...fresh.keys()])].toSorted();
  return names.flatMap((name) => {
    const [was, is] = [old.get(name), fresh.get(name)];
    if (was !== undefined && is !== undefined) return changesOf(name, was, is);
    if (is === undefined) return [{ rule: 'input-removed', message: sentence`The input ${name} is gone.`, name }];
    const message = sentence`The input ${name} is new, and ${words(is.optional ? 'optional' : 'required')}.`;
    return [{ rule: is.optional ? 'input-added' : 'input-required', message, name }];
  });
}

const RULES: { readonly [relation in Exclude<SchemaRelation, 'same'>]: Change['rule'] } = {
  narrowed: 'input-narrowed',
  widened: 'input-widened',
  changed: 'input-changed',
};

function changesOf(name: string, before: DeclaredInput, after: DeclaredInput): Change[] {
  const changes: Change[] = [];
  if (before.optional && !after.optional) {
    changes.push({ rule: 'input-required', message: sentence`The input ${name} is required; it was optional.`, name });
  } else if (!before.optional && after.optional) {
    changes.push({ rule: 'input-optional', message: sentence`The input ${name} is optional; it was required.`, name });
  }
  const { relation, reasons, defaults } = schemaChange(name, before.schema, after.schema);
  if (relation !== 'same') changes.push({ rule: RULES[relation], message: clauses(reasons), name });
  // Where it was or is required, its own default has been told.
  const own = before.optional && after.optional ? defaultChange(name, before.schema['default'], after.schema['default']) : undefined;
  const all = [...(own === undefined ? [] : [own]), ...defaults];
  if (all.length > 0) changes.push({ rule: 'default-changed', message: clauses(all), name });
  if (changes.length === 0 && !isDeepStrictEqual(before.schema, after.schema)) {
    changes.push({ rule: 'input-rewritten', message: sentence`The input ${name} is declared otherwise, and takes the same.`, name });
  }
  return changes;
}

const MAX_CLAUSES = 5;

function clauses(all: readonly Sentence[]): Sentence {
  const more = all.length - MAX_CLAUSES;
  const shown = joinSentences(all.slice(0, MAX_CLAUSES), '; ');
  const whole = more > 0 ? sentence`${shown}; and ${more} more.` : sentence`${shown}.`;
  const [first, ...rest] = whole;
  return typeof first === 'string' ? [first.charAt(0).toUpperCase() + first.slice(1), ...rest] : whole;
}

/** The four inputs that every template has, and what the templates declare. */
function inputsOf(templates: readonly TemplateView[]): Map<string, DeclaredInput> {
  const inputs = new Map<string, DeclaredInput>(PERSONA_NAMES.map((name) => [name, { schema: PERSONA_INPUTS[name], optional: true }]));
  for (const { artifact } of templates) {
    for (const [key, declared] of Object.entries(artifact.inputs ?? {})) {
      const name = key.replace(/\?$/, '');
      const schema = isPersonaName(name) ? { ...PERSONA_INPUTS[name], ...declared } : declared;
      const hasDefault = schema['default'] !== undefined;
      const optional = hasDefault ? isDefaultTaken(schema) : key.endsWith('?');
      // Declared by several templates, it is required if one of them requires it; all have the same schema.
      inputs.set(name, { schema, optional: optional && (inputs.get(name)?.optional ?? true) });
    }
  }
  return inputs;
}

/** A narrowed persona input can refuse the default that it has from promptc: then a request has to send a value. */
function isDefaultTaken(schema: JsonSchema): boolean {
  const filled = {};
  compileDefaults({ properties: { value: schema } }, schema, DEFAULT_RENDER_LIMITS.payloadDepth)(filled);
  return new SchemaValidity(schema).accepts(schema, (filled as { value: JsonSchema }).value) !== false;
}
