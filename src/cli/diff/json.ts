/** A diff for programs, in the form that docs/versions.md describes. */
import type {
  BundleDiff,
  Cause,
  ExampleDiff,
  Finding,
  ProjectDiff,
  PromptDiff,
  RenderedExample,
  SlotDiff,
  TemplateDiff,
  TextDiff,
} from '../../versions/diff/project-diff.js';
import type { PromptSizes } from '../../versions/diff/project-view.js';
import { plainText } from '../../versions/diff/sentence.js';
import { safeJson } from '../diagnostics/visible.js';

export function diffJson({ verdict, covered, bundles, templates, yanked }: ProjectDiff): string {
  const value = { verdict, covered, bundles: bundles.map(bundleJson), templates: templates.map(templateJson), yanked };
  return `${safeJson(value)}\n`;
}

function bundleJson(diff: BundleDiff) {
  const { before, after } = diff.sizes ?? {};
  return {
    ...promptJson(diff),
    slots: diff.slots.map(slotJson),
    examples: diff.examples.map(exampleJson),
    ...(diff.sizes && { sizes: { ...(before && { before: sizesJson(before) }), ...(after && { after: sizesJson(after) }) } }),
  };
}

function templateJson(diff: TemplateDiff) {
  return { ...promptJson(diff), texts: diff.texts.map(textJson), bundles: diff.bundles };
}

function promptJson({ id, before, after, verdict, version, findings }: PromptDiff) {
  return {
    id,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    verdict,
    ...(version && { covered: version.covered, least_version: version.least }),
    findings: findings.map(findingJson),
  };
}

function findingJson({ rule, level, message, slot, through, detail }: Finding) {
  return {
    rule,
    level,
    message: plainText(message),
    ...(slot && { slot }),
    ...(through.length > 0 && { through: through.map(causeJson) }),
    ...(detail && { detail }),
  };
}

function causeJson(cause: Cause) {
  if ('partial' in cause) return { partial: cause.partial };
  return { template: { ...(cause.before && { before: cause.before }), ...(cause.after && { after: cause.after }) } };
}

function slotJson({ slot, before, after, texts }: SlotDiff) {
  return { slot, ...(before && { before }), ...(after && { after }), texts: texts.map(textJson) };
}

function textJson({ partial, change }: TextDiff) {
  return { ...(partial !== undefined && { partial }), change };
}

function exampleJson({ name, before, after, edited, change }: ExampleDiff) {
  const rendered = ({ prompt, hash }: RenderedExample) => ({ rendered_prompt: prompt, prompt_hash: hash });
  return {
    name,
    edited,
    ...(before && { before: rendered(before) }),
    ...(after && { after: rendered(after) }),
    ...(change && { change }),
  };
}

function sizesJson({ prefixTokens, prefixBytes, fixedTokens, exampleTokens }: PromptSizes) {
  return { prefix_tokens: prefixTokens, prefix_bytes: prefixBytes, fixed_tokens: fixedTokens, example_tokens: exampleTokens };
}
