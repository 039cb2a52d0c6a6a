/** The type of what a template's own text sees: its inputs and the four persona inputs, side by side. */
import { isPersonaName, PERSONA_NAMES } from '../../format/persona.js';
import type { Input } from '../model.js';
import { personaSchema } from './inputs.js';
import { schemaType } from './schema-type.js';
import { ABSENT, objectType, type Type } from './type.js';
import { union, unionOf } from './type-algebra.js';

export function contextType(inputs: ReadonlyMap<string, Input> | undefined): Type {
  const types = new Map<string, Type>();
  for (const name of PERSONA_NAMES) {
    const schema = personaSchema(name, inputs?.get(name)?.schema);
    types.set(name, schemaType(schema, schema));
  }
  for (const { name, optional, schema } of inputs?.values() ?? []) {
    if (isPersonaName(name)) continue;
    const type = schemaType(schema, schema);
    types.set(name, optional && schema['default'] === undefined ? union(type, ABSENT) : type);
  }
  return {
    object: objectType({ names: () => [...types.keys()], property: (name) => types.get(name), each: () => unionOf([...types.values()]) }),
  };
}
