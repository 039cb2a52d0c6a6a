/**
 * What of a prompt is the same for every payload.
 *
 * In: a bundle's and its templates' artifacts. Out: the text that all prompts begin with, and all text that
 * the templates hold themselves.
 */
import { trimBody } from '../base/trim-body.js';
import { constraintDirectives } from '../constraints/vocabulary.js';
import { type BundleArtifact, SLOT_NAMES, type SlotName, type TemplateArtifact } from '../format/artifact.js';
import type { Operation } from '../format/operation.js';
import { DEFAULT_RENDER_LIMITS } from './limits.js';
import { load, run } from './machine.js';
import { appendsTo, joined } from './render-bundle.js';

export interface StaticText {
  /** What stands before the first operation that depends on the payload. */
  readonly prefix: string;
  /** Every text that does not depend on the payload, whether each prompt has it or not. */
  readonly fixed: readonly string[];
}

export interface BundleStaticText extends StaticText {
  /** In the order in which they are assembled. */
  readonly slots: ReadonlyMap<SlotName, StaticText>;
}

export function bundleStaticText(bundle: BundleArtifact, templates: { readonly [slot in SlotName]?: TemplateArtifact }): BundleStaticText {
  const directives = constraintDirectives(bundle.constraints, bundle.output);
  const slots = new Map<SlotName, StaticText>();
  let prefix = '';
  let isWhole = true;
  for (const slot of SLOT_NAMES) {
    const template = templates[slot];
    if (template === undefined) continue;
    const { operations } = template;
    const end = operations.findIndex((operation) => !isStatic(operation));
    const appended = appendsTo(bundle) === slot ? directives : '';
    const own = prefixOf(end === -1 ? operations : operations.slice(0, end), template.slots, directives, end === -1);
    const part = end === -1 ? joined(own, appended) : own;
    slots.set(slot, { prefix: part, fixed: [...fixedTexts(operations, directives), ...(appended === '' ? [] : [appended])] });
    if (isWhole) prefix = joined(prefix, part);
    isWhole &&= end === -1;
  }
  return { prefix, fixed: [...slots.values()].flatMap(({ fixed }) => fixed), slots };
}

/** Whether an operation does the same whatever the payload. */
export function isStatic([name]: Operation): boolean {
  return name === 'text' || name === 'constraints' || name === 'indent' || name === 'dedent';
}

/** @param isWhole - whether nothing follows, so that white space at the end is dropped as well */
function prefixOf(operations: readonly Operation[], slots: number, directives: string, isWhole: boolean): string {
  const open = operations.filter(([name]) => name === 'indent').length - operations.filter(([name]) => name === 'dedent').length;
  const closed = [...operations, ...Array.from({ length: open }, (): Operation => ['dedent'])];
  const text = run(load(closed, slots), {}, directives, DEFAULT_RENDER_LIMITS);
  // With something behind it, only the beginning is trimmed.
  return isWhole ? trimBody(text) : trimBody(`${text}.`).slice(0, -1);
}

function fixedTexts(operations: readonly Operation[], directives: string): string[] {
  return operations.flatMap((operation) => (operation[0] === 'text' ? [operation[1]] : operation[0] === 'constraints' ? [directives] : []));
}
