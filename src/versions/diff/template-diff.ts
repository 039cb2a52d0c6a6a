/** One template before and after, by itself. */
import { isDeepStrictEqual } from 'node:util';
import type { RuleLevels } from '../../format/diff-rule.js';
import type { Change } from './change.js';
import { constraintChanges } from './constraint-changes.js';
import { Findings } from './findings.js';
import { inputChanges } from './input-changes.js';
import { adapterChanges } from './metadata-changes.js';
import { partialCauses } from './partial-causes.js';
import type { TemplateDiff, TemplateName, TextDiff } from './project-diff.js';
import type { TemplateView } from './project-view.js';
import { promptDiff, reportSource } from './prompt-diff.js';
import { type Sentence, sentence } from './sentence.js';
import type { SharedComparisons } from './shared-comparisons.js';
import type { VersionPair } from './version-pairs.js';

/** @returns `undefined` if nothing differs */
export function templateDiff(
  { before, after }: VersionPair<TemplateView>,
  levels: RuleLevels,
  shared: SharedComparisons,
): Omit<TemplateDiff, 'bundles'> | undefined {
  const findings = new Findings(levels);
  if (before === undefined) findings.report({ rule: 'template-added', message: sentence`The template is new.` });
  else if (after === undefined) findings.report({ rule: 'template-removed', message: sentence`The template is gone.` });
  else if (before.artifact.hash === after.artifact.hash) return undefined;
  else {
    const partials = textDiffs(before, after, shared).flatMap(({ partial }) => partial ?? []);
    for (const change of templateChanges(before, after)) findings.report(change);
    for (const change of shared.instructionChanges(before, after)) {
      findings.report(change, { through: partialCauses(change, before, after, partials) });
    }
    reportSource(findings, isSameTemplate(before, after));
  }
  return { ...promptDiff(before, after, findings), texts: before && after ? textDiffs(before, after, shared) : [] };
}

/** What changed besides the text. */
function templateChanges(before: TemplateView, after: TemplateView): Change[] {
  const [old, fresh] = [before.artifact, after.artifact];
  return [
    ...roleChanges(old, fresh, sentence`The template`),
    ...inputChanges([before], [after]),
    ...constraintChanges(old.constraints ?? {}, fresh.constraints ?? {}),
    ...adapterChanges(old.adapter_version, fresh.adapter_version),
  ];
}

/** @param subject - who speaks: a slot or a template */
export function roleChanges(before: TemplateName, after: TemplateName, subject: Sentence): Change[] {
  if (before.role === after.role) return [];
  return [{ rule: 'role-changed', message: sentence`${subject} speaks as ${after.role} instead of ${before.role}.` }];
}

/** Whether two templates have the same hash, their ids and versions left out. */
export function isSameTemplate(before: TemplateView, after: TemplateView): boolean {
  return isDeepStrictEqual(contentOf(before), contentOf(after));
}

function contentOf({ artifact, body, partials }: TemplateView) {
  const { spec, role, adapter_version: adapter, inputs, constraints } = artifact;
  return { spec, role, adapter, inputs, constraints, body, partials };
}

/** The template's own text, then its partials by name; of each, if it differs. */
export function textDiffs(before: TemplateView, after: TemplateView, shared: SharedComparisons): TextDiff[] {
  const names = [...new Set([...before.partials.keys(), ...after.partials.keys()])].toSorted();
  const own = before.body === after.body ? [] : [{ change: shared.textChange(before.body, after.body) }];
  const included = names.flatMap((partial) => {
    const [old, fresh] = [before.partials.get(partial) ?? '', after.partials.get(partial) ?? ''];
    return old === fresh ? [] : [{ partial, change: shared.textChange(old, fresh) }];
  });
  return [...own, ...included];
}
