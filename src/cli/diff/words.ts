/** What the formats for people say alike. */
import { hexOf } from '../../base/digest.js';
import type {
  BundleDiff,
  Cause,
  ExampleDiff,
  ProjectDiff,
  PromptDiff,
  RenderedExample,
  TemplateName,
} from '../../versions/diff/project-diff.js';
import type { YankedVersion } from '../../versions/diff/project-view.js';
import { type Sentence, sentence, words } from '../../versions/diff/sentence.js';

/** `2.1.0 → 2.2.0`, `new, 1.0.0` */
export function versionsText({ before, after }: PromptDiff): string {
  if (before === undefined) return `new, ${after}`;
  if (after === undefined) return `${before}, gone`;
  return before === after ? before : `${before} → ${after}`;
}

export function causeText(cause: Cause): Sentence {
  if ('partial' in cause) return sentence`through the partial ${cause.partial}`;
  const { before, after } = cause;
  return sentence`through ${templateText(before, after)}`;
}

/** Two templates that are one and the other: `support/tone 1.2.0 → 1.3.0`. */
export function templateText(before: TemplateName | undefined, after: TemplateName | undefined): Sentence {
  if (before === undefined || after === undefined) {
    const { id, version } = (before ?? after)!;
    return sentence`${id} ${words(before === undefined ? `${version}, new` : `${version}, gone`)}`;
  }
  if (before.id !== after.id) return sentence`${before.id} ${words(before.version)} → ${after.id} ${words(after.version)}`;
  const versions = before.version === after.version ? before.version : `${before.version} → ${after.version}`;
  return sentence`${after.id} ${words(versions)}`;
}

/** How large the bundle's prompts are, and were: one line for each size that is known. */
export function sizeLines({ sizes }: BundleDiff): string[] {
  const { before, after } = sizes ?? {};
  const line = (label: string, unit: string, old: number | undefined, fresh: number | undefined): string[] =>
    old === undefined && fresh === undefined ? [] : [`${label}: ${changeText(old, fresh)} ${unit}`];
  return [
    ...line('static prefix', 'tokens', before?.prefixTokens, after?.prefixTokens),
    ...line('static prefix', 'bytes', before?.prefixBytes, after?.prefixBytes),
    ...line('fixed text', 'tokens', before?.fixedTokens, after?.fixedTokens),
  ];
}

/** `812`, `812 → 640` */
function changeText(before: number | undefined, after: number | undefined): string {
  return before === undefined || after === undefined || before === after ? String(after ?? before) : `${before} → ${after}`;
}

/** What became of an example's prompt, such as `sha256:0123456789ab → sha256:ba9876543210, 210 → 190 tokens`. */
export function exampleText({ name, before, after, edited }: ExampleDiff, { sizes }: BundleDiff): string {
  const short = ({ hash }: RenderedExample): string => `sha256:${hexOf(hash).slice(0, 12)}`;
  const hashes =
    before === undefined
      ? `new, ${short(after!)}`
      : after === undefined
        ? 'gone'
        : before.hash === after.hash
          ? 'the same prompt'
          : `${short(before)} → ${short(after)}`;
  const tokens = [sizes?.before, sizes?.after].map((side) => side?.exampleTokens[name]);
  const counted = tokens.every((count) => count === undefined) ? '' : `, ${changeText(tokens[0], tokens[1])} tokens`;
  return `${hashes}${counted}${edited ? ' (the example itself was edited)' : ''}`;
}

/** Such as ``bundle `support-agent@2.1.0` is yanked: `Promises refunds.` `` */
export function yankedText({ kind, id, version, reason }: YankedVersion): Sentence {
  return sentence`${words(kind)} ${`${id}@${version}`} is yanked: ${reason}`;
}

/** `2 bundles and 1 template`; `nothing` */
export function countText({ bundles, templates }: ProjectDiff): string {
  const parts = [
    [bundles.length, 'bundle'],
    [templates.length, 'template'],
  ] as const;
  const named = parts.filter(([count]) => count > 0).map(([count, noun]) => `${count} ${noun}${count === 1 ? '' : 's'}`);
  return named.length === 0 ? 'nothing' : named.join(' and ');
}
