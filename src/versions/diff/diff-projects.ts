/**
 * Two projects → what differs between them, what that weighs, and whether the versions say so.
 *
 * In: two views of compiled projects, and what each rule weighs. Out: values that every format prints from. What
 * always holds: everything is sorted, and nothing but the two projects counts, so equal projects give equal diffs;
 * a project does not differ from itself; a prompt whose content differs has a finding, unless its rule is off.
 */
import { DEFAULT_RULE_LEVELS, type RuleLevels } from '../../format/diff-rule.js';
import { nameOf } from '../lock.js';
import { bundleDiff } from './bundle-diff.js';
import { heaviest } from './findings.js';
import type { BundleDiff, ProjectDiff, TemplateDiff } from './project-diff.js';
import type { ProjectView, YankedVersion } from './project-view.js';
import { SharedComparisons } from './shared-comparisons.js';
import { templateDiff } from './template-diff.js';
import { versionPairs } from './version-pairs.js';

/** @param levels - those of the configuration of the project `after` */
export function diffProjects(before: ProjectView, after: ProjectView, levels: RuleLevels = DEFAULT_RULE_LEVELS): ProjectDiff {
  const shared = new SharedComparisons();
  const bundles = versionPairs(before.bundles, after.bundles).flatMap((pair) => bundleDiff(pair, levels, shared) ?? []);
  const templates = versionPairs(before.templates, after.templates).flatMap((pair) => {
    const diff = templateDiff(pair, levels, shared);
    return diff === undefined ? [] : [{ ...diff, bundles: bundlesShowing(diff, bundles) }];
  });
  const all = [...bundles, ...templates];
  return {
    verdict: heaviest(all.map(({ verdict }) => verdict)),
    covered: all.every(({ version }) => version?.covered ?? true),
    bundles,
    templates,
    yanked: newlyYanked(before, after),
  };
}

function newlyYanked({ yanked: before = [] }: ProjectView, { yanked: after = [] }: ProjectView): YankedVersion[] {
  const known = new Set(before.map(nameOf));
  return after.filter((one) => !known.has(nameOf(one)));
}

function bundlesShowing({ id, before, after }: Pick<TemplateDiff, 'id' | 'before' | 'after'>, bundles: readonly BundleDiff[]): string[] {
  const shown = bundles.filter(({ slots }) =>
    slots.some((slot) => slot.before?.id === id && slot.before.version === before && slot.after?.id === id && slot.after.version === after),
  );
  return [...new Set(shown.map((bundle) => bundle.id))];
}
