/** The syntax tree of a template or a partial. Offsets are those of the file it was read from. */
import type { HelperName, Literal } from '../../../format/operation.js';

export interface Place {
  readonly start: number;
  readonly end: number;
}

export type Node = TextNode | PrintNode | ConstraintsNode | CommentNode | PartialNode | ConditionNode | EachNode | WithNode;

/** Text as it will be printed: escapes resolved, white-space control applied. */
export interface TextNode extends Place {
  readonly type: 'text';
  readonly text: string;
}

/** `{{expression}}` */
export interface PrintNode extends Place {
  readonly type: 'print';
  readonly value: Expression;
}

/** `{{constraints}}` */
export interface ConstraintsNode extends Place {
  readonly type: 'constraints';
}

/** `{{! … }}` or `{{!-- … --}}`; prints nothing. */
export interface CommentNode extends Place {
  readonly type: 'comment';
  readonly text: string;
}

/** `{{> name key=value}}` */
export interface PartialNode extends Place {
  readonly type: 'partial';
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** What every line of the partial begins with: the indentation of a tag on a line of its own. */
  readonly indent: string;
}

export interface Parameter extends Place {
  readonly name: string;
  readonly value: Expression;
}

/** `{{#if}} … {{else if}} … {{else}} … {{/if}}`; `{{#unless}}` is one whose first branch is negated. */
export interface ConditionNode extends Place {
  readonly type: 'condition';
  readonly branches: readonly Branch[];
  readonly otherwise: readonly Node[];
  /** `{{else}}` */
  readonly elseTag: Place | undefined;
}

export interface Branch extends Place {
  readonly condition: Expression;
  readonly negated: boolean;
  readonly body: readonly Node[];
}

/** `{{#each list as |item key|}} … {{else}} … {{/each}}` */
export interface EachNode extends Place {
  readonly type: 'each';
  readonly subject: Expression;
  readonly blockParameters: readonly BlockParameter[];
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
  readonly elseTag: Place | undefined;
}

/** `{{#with value as |name|}} … {{else}} … {{/with}}` */
export interface WithNode extends Place {
  readonly type: 'with';
  readonly subject: Expression;
  readonly blockParameters: readonly BlockParameter[];
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
  readonly elseTag: Place | undefined;
}

export interface BlockParameter extends Place {
  readonly name: string;
}

export type Expression = PathExpression | LiteralExpression | CallExpression;

/** `a.b`, `this`, `../a`, `@index` */
export interface PathExpression extends Place {
  readonly type: 'path';
  /** How many `../` it begins with. */
  readonly up: number;
  /** Whether it begins with `this`, `.` or `../`, and so never means a block parameter. */
  readonly scoped: boolean;
  /** For `@index`, `@key`, `@first`, `@last`: the name without `@`; then there are no keys. */
  readonly variable?: LoopVariable;
  readonly keys: readonly Key[];
}

export type LoopVariable = 'index' | 'key' | 'first' | 'last';

export interface Key extends Place {
  readonly name: string;
}

export interface LiteralExpression extends Place {
  readonly type: 'literal';
  readonly value: Literal;
}

/** `(helper argument … option=value)`, or the same without parentheses as a whole tag. */
export interface CallExpression extends Place {
  readonly type: 'call';
  readonly helper: HelperName;
  readonly args: readonly Expression[];
  readonly options: readonly Parameter[];
}

/** How a path was written, for messages: without brackets and white space. */
export function pathText(path: PathExpression): string {
  if (path.variable !== undefined) return `@${path.variable}`;
  const keys = path.keys.map((key) => key.name).join('.');
  const climb = '../'.repeat(path.up);
  if (keys === '') return path.up > 0 ? climb.slice(0, -1) : 'this';
  return path.up > 0 ? climb + keys : path.scoped ? `this.${keys}` : keys;
}
