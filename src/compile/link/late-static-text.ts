/**
 * Long fixed text behind the first part of a prompt that changes: providers bill less for a beginning that
 * repeats, and what stands behind a change does not count.
 */
import type { Diagnostics } from '../../base/diagnostic.js';
import type { Span } from '../../base/span.js';
import { SLOT_NAMES, type TemplateArtifact } from '../../format/artifact.js';
import { LOCK_FILE } from '../../format/lock.js';
import type { Operation } from '../../format/operation.js';
import { isStatic } from '../../render/static-text.js';
import type { Template } from '../model.js';
import type { LinkedBundleFile, LinkedTemplate } from './link.js';

/** Fixed text of fewer characters (some 500 tokens) is not worth moving. */
const LONG = 2000;

/** Looks at the first template of a bundle that is not the same for every payload: moving text helps only there. */
export function checkLateStaticText(
  { prompt }: LinkedBundleFile,
  templates: ReadonlyMap<Template, LinkedTemplate>,
  diagnostics: Diagnostics,
): void {
  const used = SLOT_NAMES.flatMap((slot) => (prompt.slots[slot] === undefined ? [] : [templates.get(prompt.slots[slot])!]));
  const changing = used.find(({ artifact }) => !artifact.operations.every(isStatic));
  // The text of a version that is published already cannot be moved.
  if (changing === undefined || changing.prompt.source.path === LOCK_FILE) return;
  const { artifact } = changing;
  const late = longestBehindChange(artifact);
  if (late === undefined || late.length < LONG) return;
  const { places } = changing;
  const change = places[artifact.operations.findIndex((operation) => !isStatic(operation))]!;
  const related = [{ message: 'the fixed text begins here', span: openingOf(places[late.at]!) }];
  diagnostics.report('link/late-static-text', openingOf(change), { length: late.length }, { related });
}

/** Fixed text in one piece. */
interface Stretch {
  /** The operation that it begins with. */
  readonly at: number;
  length: number;
}

/** The longest fixed text outside of any block, behind the first operation that depends on a payload. */
function longestBehindChange({ operations }: TemplateArtifact): Stretch | undefined {
  let longest: Stretch | undefined;
  let current: Stretch | undefined;
  let hasChanged = false;
  // Up to here, a jump or a loop may pass over what it stands before.
  let blockEnd = 0;
  for (const [at, operation] of operations.entries()) {
    blockEnd = Math.max(blockEnd, targetOf(operation));
    hasChanged ||= !isStatic(operation);
    if (!isStatic(operation) || at < blockEnd) current = undefined;
    else if (hasChanged && operation[0] === 'text') {
      current ??= { at, length: 0 };
      current.length += operation[1].length;
      if (longest === undefined || current.length > longest.length) longest = current;
    }
  }
  return longest;
}

function targetOf(operation: Operation): number {
  const last = operation.at(-1);
  return /^(?:jump|each)/.test(operation[0]) && typeof last === 'number' ? last : 0;
}

/** The first line of a place: of a block, its opening tag. */
function openingOf({ source, start, end }: Span): Span {
  const line = source.text.indexOf('\n', start);
  return { source, start, end: line === -1 ? end : Math.max(start + 1, Math.min(end, line)) };
}
