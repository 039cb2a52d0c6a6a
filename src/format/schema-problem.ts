import type { ErrorObject } from 'ajv';
import { pointerToken } from '../base/plain-json.js';

/** What is wrong with a value, as the end of a sentence that begins with the value: "must be string". */
export function problemText(error: ErrorObject): string {
  const { params } = error as { params: Record<string, unknown> };
  switch (error.keyword) {
    case 'type':
      return `must be ${[params['type']].flat().map(withArticle).join(' or ')}`;
    case 'enum':
      return `must be one of ${(params['allowedValues'] as unknown[]).map((value) => JSON.stringify(value)).join(', ')}`;
    case 'const':
      return `must be ${JSON.stringify(params['allowedValue'])}`;
    case 'required':
      return 'is required';
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return 'is not known here';
    case 'maxLength':
    case 'minLength':
      return `must have at ${error.keyword === 'maxLength' ? 'most' : 'least'} ${counted(params['limit'], 'character')}`;
    case 'maxItems':
    case 'minItems':
      return `must have at ${error.keyword === 'maxItems' ? 'most' : 'least'} ${counted(params['limit'], 'item')}`;
    case 'minProperties':
      return `must have at least ${String(params['limit'])} of its keys`;
    case 'pattern':
      return `must match the pattern ${String(params['pattern'])}`;
    default:
      return error.message ?? 'does not fit its schema';
  }
}

function counted(number: unknown, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** The JSON Pointer of what an error is about: for a missing or unknown property, of that property. */
export function problemPath(error: ErrorObject): string {
  const { params } = error as { params: Record<string, unknown> };
  const property = params['missingProperty'] ?? params['additionalProperty'] ?? params['unevaluatedProperty'] ?? params['propertyName'];
  return typeof property === 'string' ? `${error.instancePath}/${pointerToken(property)}` : error.instancePath;
}

/** The keys and indexes of a JSON Pointer. */
export function pointerKeys(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function withArticle(type: unknown): string {
  switch (type) {
    case 'null':
      return 'null';
    case 'object':
      return 'an object';
    case 'array':
      return 'a list';
    case 'integer':
      return 'a whole number';
    case 'boolean':
      return 'true or false';
    case 'string':
      return 'a text';
    default:
      return `a ${String(type)}`;
  }
}
