/** What the phases hand on: prompts as values, each part with its place. */
import type { Span, SourceText } from '../base/span.js';
import type { JsonObject } from '../base/json.js';
import type { Constraints, JsonSchema, Role, SlotName } from '../format/artifact.js';
import type { Body, Frontmatter } from './parse/frontmatter.js';
import type { Budget } from './config.js';
import type { Node } from './parse/template/ast.js';

/** All files of a project, read and decoded. */
export interface Sources {
  readonly templates: readonly SourceText[];
  readonly bundles: readonly SourceText[];
  readonly partials: readonly PartialSource[];
}

export interface PartialSource {
  readonly name: string;
  readonly source: SourceText;
}

/** A template after parsing; `frontmatter` is missing if it could not be read. */
export interface ParsedTemplate {
  readonly source: SourceText;
  readonly frontmatter: Frontmatter | undefined;
  readonly body: Body;
  readonly nodes: readonly Node[];
}

export interface ParsedBundle {
  readonly source: SourceText;
  readonly frontmatter: Frontmatter | undefined;
}

export interface Partial {
  readonly name: string;
  readonly source: SourceText;
  /** Without its final line ends. */
  readonly text: string;
  readonly nodes: readonly Node[];
}

/** A declared input, its shorthand made into a schema. */
export interface Input {
  /** Without the `?`. */
  readonly name: string;
  readonly optional: boolean;
  readonly schema: JsonSchema;
  readonly span: Span;
}

/** A template that passed its checks. */
export interface Template {
  readonly id: string;
  readonly version: string;
  readonly role: Role;
  readonly description: string | undefined;
  readonly adapterVersion: string | undefined;
  /** `undefined` if the author wrote no `inputs`. */
  readonly inputs: ReadonlyMap<string, Input> | undefined;
  readonly constraints: Constraints | undefined;
  readonly body: Body;
  readonly nodes: readonly Node[];
  readonly source: SourceText;
  readonly frontmatter: Frontmatter;
}

export interface Example {
  readonly name: string;
  readonly input: JsonObject;
  readonly span: Span;
}

/** `id`, `id@1.2.0` or `id@^1.0.0`. */
export interface Reference {
  readonly id: string;
  /** A version or a range; absent for the one in the working tree. */
  readonly wanted: string | undefined;
}

/** A bundle that passed its checks, its references resolved. */
export interface Bundle {
  readonly id: string;
  readonly version: string;
  readonly description: string | undefined;
  readonly slots: { readonly [slot in SlotName]?: Template };
  /** What was written for each slot. */
  readonly references: { readonly [slot in SlotName]?: Reference };
  readonly tags: readonly string[] | undefined;
  readonly config: JsonObject | undefined;
  readonly output: JsonObject | undefined;
  readonly constraints: Constraints | undefined;
  readonly constraintsInPrompt: 'append' | undefined;
  /** A BCP 47 tag. */
  readonly locale: string | undefined;
  readonly examples: readonly Example[];
  /** What the bundle itself sets; the configuration sets the rest. */
  readonly budget: Budget;
  readonly source: SourceText;
  readonly frontmatter: Frontmatter;
}
