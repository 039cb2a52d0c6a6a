/** The inputs of a bundle: the union of its templates', and the schema that a payload must fit. */
import { canonicalJson } from '../../base/canonical-json.js';
import type { Diagnostics } from '../../base/diagnostic.js';
import type { JsonObject } from '../../base/json.js';
import { pointerToken } from '../../base/plain-json.js';
import type { JsonSchema } from '../../format/artifact.js';
import { isPersonaName, PERSONA_NAMES } from '../../format/persona.js';
import { personaSchema } from '../check/inputs.js';
import { rebaseReferences } from '../check/json-schema.js';
import type { Bundle, Input, Template } from '../model.js';

interface Declared {
  readonly input: Input;
  readonly template: Template;
  readonly required: boolean;
}

/** Reports inputs that the templates declare differently. */
export function payloadSchema(bundle: Bundle, templates: readonly Template[], diagnostics: Diagnostics): JsonSchema {
  const union = new Map<string, Declared>();
  for (const template of templates) {
    for (const input of template.inputs?.values() ?? []) {
      const before = union.get(input.name);
      const required = !input.optional && input.schema['default'] === undefined;
      if (before === undefined) union.set(input.name, { input, template, required });
      else if (canonicalJson(before.input.schema) !== canonicalJson(input.schema))
        reportConflict(bundle, before, { input, template, required }, diagnostics);
      else if (required && !before.required) union.set(input.name, { ...before, required });
    }
  }

  const properties: JsonObject = {};
  for (const name of PERSONA_NAMES) {
    const narrowing = union.get(name)?.input.schema;
    properties[name] = rebaseReferences(personaSchema(name, narrowing), `/properties/${name}`);
  }
  const own = [...union.values()].filter(({ input }) => !isPersonaName(input.name));
  const inputs: JsonObject = {};
  for (const { input } of own)
    inputs[input.name] = rebaseReferences(input.schema, `/properties/inputs/properties/${pointerToken(input.name)}`);
  const required = own.filter((declared) => declared.required).map(({ input }) => input.name);
  properties['inputs'] = {
    type: 'object',
    properties: inputs,
    ...(required.length === 0 ? {} : { required: required.toSorted() }),
    additionalProperties: false,
    default: {},
  };
  return { type: 'object', properties, additionalProperties: false };
}

function reportConflict(bundle: Bundle, first: Declared, second: Declared, diagnostics: Diagnostics): void {
  const place = ({ template }: Declared): string => `${template.id}@${template.version}`;
  const related = [first, second].map((declared) => ({ message: `in ${place(declared)}`, span: declared.input.span }));
  const args = { name: first.input.name, first: place(first), second: place(second) };
  diagnostics.report('link/input-conflict', bundle.frontmatter.locate(['slots'], 'key'), args, { related });
}
