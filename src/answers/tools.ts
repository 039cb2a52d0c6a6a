/** What checks of answers need beside the text. */
import { PromptcError } from '../base/error.js';
import type { Tools } from '../constraints/constraint.js';
import { compilePattern, PatternError } from '../format/pattern.js';
import { problemPath, problemText } from '../format/schema-problem.js';
import { compileValidator, EndlessCheck, type Validator } from '../format/validator.js';

/** What checking an answer may cost by its schema: more than any that ends, and less than a second. */
const MAX_COST = 10_000_000;

/** Nobody mends more of an answer at once. */
const MOST_PROBLEMS = 20;

export function toolsWith(countTokens: Tools['countTokens']): Tools {
  return {
    countTokens,
    pattern(source) {
      try {
        return compilePattern(source);
      } catch (error) {
        if (!(error instanceof PatternError)) throw error;
        throw new PromptcError('content_invalid', `The pattern ${JSON.stringify(source)}: ${error.message}`);
      }
    },
    validator(schema) {
      const validate = compiledSchema(schema);
      return (value) => {
        try {
          return validate(value)
            .slice(0, MOST_PROBLEMS)
            .map((error) => ({ path: problemPath(error), message: problemText(error) }));
        } catch (error) {
          if (!(error instanceof EndlessCheck)) throw error;
          return [{ path: '', message: 'takes too long to be checked' }];
        }
      };
    },
  };
}

function compiledSchema(schema: Parameters<Tools['validator']>[0]): Validator {
  try {
    return compileValidator(schema, { allErrors: true, maxCost: MAX_COST });
  } catch (error) {
    throw new PromptcError(
      'content_invalid',
      `The schema of the output is no JSON Schema that can be checked: ${(error as Error).message}`,
    );
  }
}
