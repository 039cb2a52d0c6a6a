import type { ErrorObject } from 'ajv';
import { problemText } from '../format/schema-problem.js';

/** What is wrong with a value of a file, as the end of a sentence that begins with it, for who wrote the file. */
export function authorProblem(error: ErrorObject): string {
  const { data, params } = error as { data?: unknown; params: Record<string, unknown> };
  const limit = String(params['limit']);
  switch (error.keyword) {
    case 'minimum':
    case 'maximum':
      return `must be at ${error.keyword === 'minimum' ? 'least' : 'most'} ${limit}`;
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return `must be ${error.keyword === 'exclusiveMinimum' ? 'more' : 'less'} than ${limit}`;
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return limit === '1' ? 'is empty' : problemText(error);
    case 'uniqueItems':
      return `names ${Array.isArray(data) ? JSON.stringify(data[params['j'] as number]) : 'one item'} twice`;
    default:
      return problemText(error);
  }
}
