/**
 * What names mean at a place in a template: the one set of rules that checking and lowering share.
 *
 * A scope is immutable; entering a block or a partial makes a new one. `T` is whatever a user of the scope
 * knows about a value: its type when checking, where to find it when lowering.
 */
import type { Key, LoopVariable, PathExpression } from './parse/template/ast.js';

export type LoopVariables<T> = { readonly [name in LoopVariable]: T };

/** Where a path begins, and what remains to go down from there. */
export interface Resolved<T> {
  readonly base: T;
  readonly keys: readonly Key[];
}

/** Why a path means nothing here. */
export type Unresolved = 'outside-each' | 'no-parent';

interface Frame<T> {
  readonly context: T;
  /** The frame that `../` leads to; none at a template's or a partial's own level. */
  readonly parent: Scope<T> | undefined;
  /** Names that lie over the context: a partial's parameters. */
  readonly parameters: ReadonlyMap<string, T>;
  /** Block parameters of all blocks around, up to the partial's beginning. */
  readonly names: ReadonlyMap<string, T>;
  readonly loop: LoopVariables<T> | undefined;
}

export class Scope<T> {
  readonly #frame: Frame<T>;

  private constructor(frame: Frame<T>) {
    this.#frame = frame;
  }

  /** The scope of a template's own text. */
  static root<T>(context: T): Scope<T> {
    return new Scope({ context, parent: undefined, parameters: new Map(), names: new Map(), loop: undefined });
  }

  /** Inside an `each` or a `with`: another context, whose `../` is this one. */
  enter(context: T, names: readonly (readonly [string, T])[], loop?: LoopVariables<T>): Scope<T> {
    return new Scope({
      context,
      parent: this,
      parameters: new Map(),
      names: names.length === 0 ? this.#frame.names : new Map([...this.#frame.names, ...names]),
      loop: loop ?? this.#frame.loop,
    });
  }

  /**
   * Inside a partial: the context at its place, overlaid with its parameters. The caller's block parameters
   * are out of sight, and so is what `../` would lead to; loop variables stay.
   */
  enterPartial(parameters: readonly (readonly [string, T])[]): Scope<T> {
    const { context, loop } = this.#frame;
    return new Scope({
      context,
      parent: undefined,
      parameters: new Map([...this.#frame.parameters, ...parameters]),
      names: new Map(),
      loop,
    });
  }

  resolve(path: PathExpression): Resolved<T> | Unresolved {
    if (path.variable !== undefined) {
      const { loop } = this.#frame;
      return loop === undefined ? 'outside-each' : { base: loop[path.variable], keys: [] };
    }
    let frame = this.#frame;
    for (let i = 0; i < path.up; i++) {
      if (frame.parent === undefined) return 'no-parent';
      frame = frame.parent.#frame;
    }
    const [first, ...rest] = path.keys;
    if (first === undefined) return { base: frame.context, keys: [] };
    for (const named of path.scoped ? [frame.parameters] : [frame.names, frame.parameters]) {
      if (named.has(first.name)) return { base: named.get(first.name) as T, keys: rest };
    }
    return { base: frame.context, keys: path.keys };
  }

  /** What `../`, `../../` and so on lead to, the nearest first. */
  outerContexts(): T[] {
    const contexts: T[] = [];
    for (let at = this.#frame.parent; at !== undefined; at = at.#frame.parent) contexts.push(at.#frame.context);
    return contexts;
  }

  /** Every name that a plain path could begin with here, besides the context's own. */
  namesInSight(): string[] {
    return [...this.#frame.names.keys(), ...this.#frame.parameters.keys()];
  }
}
