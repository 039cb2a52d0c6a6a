/**
 * What an expression gives at its place, and what is wrong with it.
 *
 * In: an expression, the names in sight and what is known there. Out: its value, as far as checking knows it.
 * What always holds: an expression with an error gives `undefined`, and needs no second message.
 */
import type { Code, CodeArgs } from '../../base/codes.js';
import type { Diagnostic, Diagnostics, Extras } from '../../base/diagnostic.js';
import { FORBIDDEN_KEYS } from '../../base/json.js';
import type { SourceText } from '../../base/span.js';
import type { Partial } from '../model.js';
import { nearest } from '../nearest.js';
import { type CallExpression, type Expression, type Key, type PathExpression, pathText, type Place } from '../parse/template/ast.js';
import type { Scope } from '../scope.js';
import { callSides, type Judged, judgeValue } from './conditions.js';
import { below, Facts, type Value, type ValuePlace } from './facts.js';
import { checkHelperArguments } from './helper-arguments.js';
import { callType } from './helper-types.js';
import { nameHint, propertyHint } from './name-hints.js';
import { BOOLEAN, isAny, type KnownType, literalType, mayBeAbsent, type Type, typeText, without } from './type.js';

/** What all parts of one template's check share. */
export interface Run {
  readonly partials: ReadonlyMap<string, Partial>;
  readonly diagnostics: Diagnostics;
  /** The inputs that something uses. */
  readonly used: Set<string>;
  /** Whether the context is used as a whole, by `{{json this}}` say. */
  usesAll: boolean;
  /** The place of the context. */
  readonly context: ValuePlace;
}

/** Of one text: a template's own, or a partial's at one of its places. */
export class ExpressionTypes {
  constructor(
    readonly source: SourceText,
    readonly run: Run,
    /** The inclusions that led here, the innermost first. */
    readonly includes: NonNullable<Diagnostic['related']>,
  ) {}

  evaluate(expression: Expression, scope: Scope<Value>, facts: Facts): Value | undefined {
    switch (expression.type) {
      case 'literal':
        return { type: literalType(expression.value) };
      case 'path':
        return this.#path(expression, scope, facts);
      case 'call':
        return this.#call(expression, scope, facts).value;
    }
  }

  /** The same for a condition, with what is known where it holds and where it does not. */
  judge(condition: Expression, scope: Scope<Value>, facts: Facts): Judged {
    if (condition.type === 'call') return this.#call(condition, scope, facts);
    return judgeValue(this.evaluate(condition, scope, facts), facts);
  }

  reportUnguarded(expression: Expression, type: Type): void {
    const name = expressionText(expression);
    const why = mayBeAbsent(type) ? 'can be left out' : 'can be null';
    const elsewhere = this.includes.length === 0 ? '' : ' Or see to it where the partial is included.';
    const hint = `Guard it, \`{{#if ${name}}}…{{/if}}\`, or give a text for that case: \`{{default ${name} "…"}}\`.${elsewhere}`;
    this.report('check/unguarded', expression, { name, why }, hint);
  }

  report<C extends Code>(code: C, { start, end }: Place, args: CodeArgs<C>, hint?: Extras['hint']): undefined {
    const related = this.includes.length === 0 ? undefined : this.includes;
    this.run.diagnostics.report(code, { source: this.source, start, end }, args, { hint, related });
  }

  #call(call: CallExpression, scope: Scope<Value>, facts: Facts): Judged {
    const unknown: Judged = { value: undefined, holds: facts, fails: facts };
    if (!checkHelperArguments(call, this.source, this.run.diagnostics)) return unknown;
    if (call.helper === 'and' || call.helper === 'or') return this.#junction(call, scope, facts);
    if (call.helper === 'not') {
      const { value, holds, fails } = this.judge(call.args[0]!, scope, facts);
      return { value: value && { type: BOOLEAN }, holds: fails, fails: holds };
    }
    const args = call.args.map((argument): Judged => {
      return argument.type === 'call' ? this.#call(argument, scope, facts) : { ...unknown, value: this.evaluate(argument, scope, facts) };
    });
    const types: Type[] = [];
    for (const { value } of args) {
      if (value === undefined) return unknown;
      types.push(facts.typeOf(value));
    }
    const { result, problem, unguarded } = callType(call.helper, types);
    for (const index of unguarded ?? []) this.reportUnguarded(call.args[index]!, types[index]!);
    // In a partial, a value that this place never gives may be another place's.
    if (problem !== undefined && !(problem.neverHolds && this.includes.length > 0)) {
      const code = problem.neverHolds ? 'check/never-holds' : 'check/helper-type';
      const hint = problem.neverHolds ? valueHint(call, types) : problem.hint;
      this.report(code, call.args[problem.argument]!, { name: call.helper, problem: problem.text }, hint);
    }
    return { value: { type: result }, ...callSides(call, args, facts) };
  }

  /** `and` and `or`, which look at an argument only where those before it have not decided. */
  #junction({ helper, args }: CallExpression, scope: Scope<Value>, facts: Facts): Judged {
    let isSound = true;
    let decided: Facts | undefined;
    let open: Facts | undefined = facts;
    for (const argument of args) {
      const { value, holds, fails } = this.judge(argument, scope, open ?? facts);
      isSound &&= value !== undefined;
      if (open === undefined) continue;
      decided = Facts.either(decided, helper === 'or' ? holds : fails);
      open = helper === 'or' ? fails : holds;
    }
    const value = isSound ? { type: BOOLEAN } : undefined;
    return helper === 'or' ? { value, holds: decided, fails: open } : { value, holds: open, fails: decided };
  }

  #path(path: PathExpression, scope: Scope<Value>, facts: Facts): Value | undefined {
    const resolved = scope.resolve(path);
    if (resolved === 'no-parent') return this.report('check/no-parent', path, undefined);
    if (resolved === 'outside-each') return this.report('check/outside-each', path, { name: pathText(path) });
    let value: Value = resolved.base;
    if (value.place === this.run.context) {
      const [first] = resolved.keys;
      if (first === undefined) this.run.usesAll = true;
      else this.run.used.add(first.name);
    }
    for (const key of resolved.keys) {
      const next = FORBIDDEN_KEYS.has(key.name) ? undefined : below(value, key.name, facts);
      if (next === undefined) return this.#reportUnknown(path, key, value, facts, scope);
      value = next;
    }
    return value;
  }

  #reportUnknown(path: PathExpression, key: Key, value: Value, facts: Facts, scope: Scope<Value>): undefined {
    const type = facts.typeOf(value);
    const names = (): readonly string[] => (isAny(type) ? [] : (type.object?.names() ?? []));
    if (value.place === this.run.context) {
      return this.report('check/unknown-name', key, { name: key.name }, () =>
        nameHint(key.name, [...names(), ...scope.namesInSight()], this.includes.length > 0),
      );
    }
    if (FORBIDDEN_KEYS.has(key.name)) return this.report('check/unknown-name', key, { name: key.name }, propertyHint(key.name, []));
    const args = { name: key.name, type: typeText(without(type, 'absent', 'null')) };
    return this.report('check/unknown-property', key, args, () => {
      // A plain name within a loop or a `with` is often meant as one of outside.
      const up = key === path.keys[0] ? scope.outerContexts().findIndex((outer) => below(outer, key.name, facts) !== undefined) : -1;
      if (up === -1 && COUNTS.has(key.name) && !isAny(type) && (type.list ?? type.string)) {
        const counted = pathText({ ...path, keys: path.keys.slice(0, path.keys.indexOf(key)) });
        return `Write \`{{length ${counted}}}\`, or \`(length ${counted})\` within a condition.`;
      }
      if (up === -1) return propertyHint(key.name, names());
      return `Outside of this block there is one: write \`${'../'.repeat(up + 1)}${pathText(path)}\`.`;
    });
  }
}

/** What the length of a list is called elsewhere. */
const COUNTS: ReadonlySet<string> = new Set(['length', 'size', 'count']);

/** For a comparison with a misspelt value of an enum. */
function valueHint({ args }: CallExpression, types: readonly Type[]): string | undefined {
  const literal = args.find((argument) => argument.type === 'literal' && typeof argument.value === 'string');
  const allowed = types.flatMap((type, i) => (isAny(type) || args[i] === literal ? [] : (type.string?.values ?? listValues(type))));
  if (literal?.type !== 'literal' || typeof literal.value !== 'string' || allowed.length === 0) return undefined;
  const near = nearest(literal.value, allowed);
  return near === undefined ? `It can be ${typeText({ string: { values: allowed } })}.` : `Did you mean ${JSON.stringify(near)}?`;
}

function listValues(type: KnownType): readonly string[] {
  const item = type.list?.item();
  return item === undefined || isAny(item) ? [] : (item.string?.values ?? []);
}

/** An expression as it could be written. */
export function expressionText(expression: Expression): string {
  if (expression.type === 'path') return pathText(expression);
  if (expression.type === 'literal') return JSON.stringify(expression.value);
  return `(${[expression.helper, ...expression.args.map(expressionText)].join(' ')})`;
}
