/** How each helper is called. */
import type { Diagnostics } from '../../base/diagnostic.js';
import type { SourceText } from '../../base/span.js';
import type { HelperName } from '../../format/operation.js';
import type { CallExpression } from '../parse/template/ast.js';

interface Usage {
  readonly least: number;
  readonly most: number;
  readonly example: string;
}

const USAGES: { readonly [name in HelperName]: Usage } = {
  eq: { least: 2, most: 2, example: '(eq plan "pro")' },
  ne: { least: 2, most: 2, example: '(ne plan "free")' },
  lt: { least: 2, most: 2, example: '(lt stress 0.5)' },
  lte: { least: 2, most: 2, example: '(lte stress 0.5)' },
  gt: { least: 2, most: 2, example: '(gt stress 0.5)' },
  gte: { least: 2, most: 2, example: '(gte stress 0.5)' },
  and: { least: 2, most: Infinity, example: '(and a b)' },
  or: { least: 2, most: Infinity, example: '(or a b)' },
  not: { least: 1, most: 1, example: '(not a)' },
  includes: { least: 2, most: 2, example: '(includes tags "urgent")' },
  json: { least: 1, most: 1, example: '{{json value}}` or `{{json value indent=2}}' },
  join: { least: 2, most: 2, example: '{{join list ", "}}' },
  length: { least: 1, most: 1, example: '{{length list}}' },
  default: { least: 2, most: 2, example: '{{default name "there"}}' },
};

const MAX_INDENT = 10;

/** @returns whether a call has the arguments and options that its helper takes; if not, that is reported */
export function checkHelperArguments(call: CallExpression, source: SourceText, diagnostics: Diagnostics): boolean {
  const { least, most, example } = USAGES[call.helper];
  const given = call.args.length;
  let fits = true;
  const report = (problem: string, place: { start: number; end: number } = call): void => {
    fits = false;
    diagnostics.report(
      'check/helper-arguments',
      { source, start: place.start, end: place.end },
      { name: call.helper, problem, usage: example },
    );
  };
  if (given < least || given > most) {
    const wanted = least === most ? `${least} ${least === 1 ? 'value' : 'values'}` : `at least ${least} values`;
    report(`takes ${wanted}, not ${given}`);
  }
  for (const option of call.options) {
    if (call.helper !== 'json' || option.name !== 'indent') report(`has no option "${option.name}"`, option);
    else if (option.value.type !== 'literal' || !isIndent(option.value.value))
      report(`takes an indent from 0 to ${MAX_INDENT}, written as a number`, option);
  }
  return fits;
}

function isIndent(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_INDENT;
}
