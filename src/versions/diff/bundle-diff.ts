/** One bundle before and after, with all that it is made of. */
import { isDeepStrictEqual } from 'node:util';
import { SLOT_NAMES, type SlotName, type TemplateArtifact } from '../../format/artifact.js';
import type { RuleLevels } from '../../format/diff-rule.js';
import type { Change } from './change.js';
import { constraintChanges } from './constraint-changes.js';
import { Findings } from './findings.js';
import { inputChanges } from './input-changes.js';
import { metadataChanges } from './metadata-changes.js';
import { partialCauses } from './partial-causes.js';
import type { BundleDiff, Cause, ExampleDiff, SlotDiff, TemplateName } from './project-diff.js';
import type { BundleView, ExampleView, TemplateView } from './project-view.js';
import { promptDiff, reportSource } from './prompt-diff.js';
import { sentence } from './sentence.js';
import type { SharedComparisons } from './shared-comparisons.js';
import { isSameTemplate, roleChanges, textDiffs } from './template-diff.js';
import type { VersionPair } from './version-pairs.js';

/** @returns `undefined` if nothing differs */
export function bundleDiff(
  { before, after }: VersionPair<BundleView>,
  levels: RuleLevels,
  shared: SharedComparisons,
): BundleDiff | undefined {
  const findings = new Findings(levels);
  const examples = exampleDiffs(before?.examples ?? [], after?.examples ?? [], shared);
  let slots: SlotDiff[] = [];
  if (before === undefined) findings.report({ rule: 'bundle-added', message: sentence`The bundle is new.` });
  else if (after === undefined) findings.report({ rule: 'bundle-removed', message: sentence`The bundle is gone.` });
  else if (before.artifact.hash !== after.artifact.hash) {
    slots = SLOT_NAMES.flatMap((slot) => slotDiff(slot, before.slots[slot], after.slots[slot], findings, shared) ?? []);
    reportContract(before, after, findings);
    reportSource(findings, isSameBundle(before, after));
  } else if (examples.every(isSameExample)) return undefined;
  const sizes = { ...(before?.sizes && { before: before.sizes }), ...(after?.sizes && { after: after.sizes }) };
  return {
    ...promptDiff(before, after, findings),
    slots,
    examples,
    ...(Object.keys(sizes).length === 0 ? {} : { sizes }),
  };
}

/** Reports what changed in a slot. */
function slotDiff(
  slot: SlotName,
  before: TemplateView | undefined,
  after: TemplateView | undefined,
  findings: Findings,
  shared: SharedComparisons,
): SlotDiff | undefined {
  if (before === undefined && after === undefined) return undefined;
  const names = { ...(before && { before: nameOf(before) }), ...(after && { after: nameOf(after) }) };
  if (before === undefined) {
    findings.report({ rule: 'slot-added', message: sentence`The slot ${slot} is new: ${titleOf(after!)} fills it.` }, { slot });
    return { slot, ...names, texts: [{ change: shared.textChange('', after!.body) }] };
  }
  if (after === undefined) {
    findings.report({ rule: 'slot-removed', message: sentence`The slot ${slot} is gone; ${titleOf(before)} filled it.` }, { slot });
    return { slot, ...names, texts: [{ change: shared.textChange(before.body, '') }] };
  }
  const isReferenceChanged = titleOf(before) !== titleOf(after);
  if (isReferenceChanged) {
    const message = sentence`The slot ${slot} is filled by ${titleOf(after)} instead of ${titleOf(before)}.`;
    findings.report({ rule: 'reference-changed', message }, { slot });
  }
  const through: Cause[] = isReferenceChanged ? [names] : [];
  for (const change of roleChanges(before.artifact, after.artifact, sentence`The slot ${slot}`)) findings.report(change, { slot, through });
  const changed = textDiffs(before, after, shared);
  const partials = changed.flatMap(({ partial }) => partial ?? []);
  for (const change of shared.instructionChanges(before, after)) {
    findings.report(change, { slot, through: [...through, ...partialCauses(change, before, after, partials)] });
  }
  return isReferenceChanged || changed.length > 0 ? { slot, ...names, texts: changed } : undefined;
}

/** Reports what changed between the bundle and who calls it or reads its answers. */
function reportContract(before: BundleView, after: BundleView, findings: Findings): void {
  const reportThrough = (changes: readonly Change[], valueOf: (template: TemplateArtifact, name: string) => unknown): void => {
    for (const change of changes) {
      const { name } = change;
      findings.report(change, { through: name === undefined ? [] : causesOf(before, after, (template) => valueOf(template, name)) });
    }
  };
  reportThrough(inputChanges(Object.values(before.slots), Object.values(after.slots)), ({ inputs }, name) => [
    inputs?.[name],
    inputs?.[`${name}?`],
  ]);
  reportThrough(constraintChanges(before.artifact.constraints, after.artifact.constraints), ({ constraints }, name) => constraints?.[name]);
  for (const change of metadataChanges(before.artifact, after.artifact)) {
    const isAdapter = change.rule === 'adapter-version-changed';
    findings.report(change, { through: isAdapter ? causesOf(before, after, ({ adapter_version: version }) => version) : [] });
  }
}

/** The slots' templates in which a value differs. */
function causesOf(before: BundleView, after: BundleView, valueOf: (template: TemplateArtifact) => unknown): Cause[] {
  return SLOT_NAMES.flatMap((slot) => {
    const [old, fresh] = [before.slots[slot], after.slots[slot]];
    if (isDeepStrictEqual(old && valueOf(old.artifact), fresh && valueOf(fresh.artifact))) return [];
    return [{ ...(old && { before: nameOf(old) }), ...(fresh && { after: nameOf(fresh) }) }];
  });
}

/** Whether two bundles have the same hash, the versions of their own and of their templates left out. */
function isSameBundle(before: BundleView, after: BundleView): boolean {
  const contentOf = ({ artifact, constraints }: BundleView) => ({
    spec: artifact.spec,
    tags: artifact.tags,
    config: artifact.config,
    output: artifact.output,
    constraints,
    constraintsInPrompt: artifact.constraints_in_prompt,
    locale: artifact.locale,
  });
  return (
    isDeepStrictEqual(contentOf(before), contentOf(after)) &&
    SLOT_NAMES.every((slot) => {
      const [old, fresh] = [before.slots[slot], after.slots[slot]];
      return old === undefined || fresh === undefined ? old === fresh : isSameTemplate(old, fresh);
    })
  );
}

function exampleDiffs(before: readonly ExampleView[], after: readonly ExampleView[], shared: SharedComparisons): ExampleDiff[] {
  const byName = (examples: readonly ExampleView[]) => new Map(examples.map((example) => [example.name, example]));
  const [old, fresh] = [byName(before), byName(after)];
  const names = [...new Set([...old.keys(), ...fresh.keys()])].toSorted();
  return names.map((name) => {
    const [was, is] = [old.get(name), fresh.get(name)];
    const change = is === undefined || was?.hash === is.hash ? undefined : shared.textChange(was?.prompt ?? '', is.prompt);
    return {
      name,
      ...(was && { before: { prompt: was.prompt, hash: was.hash } }),
      ...(is && { after: { prompt: is.prompt, hash: is.hash } }),
      edited: was !== undefined && is !== undefined && !isDeepStrictEqual(was.input, is.input),
      ...(change && { change }),
    };
  });
}

function isSameExample({ before, after, edited, change }: ExampleDiff): boolean {
  return before !== undefined && after !== undefined && !edited && change === undefined;
}

function nameOf({ artifact: { id, version, role } }: TemplateView): TemplateName {
  return { id, version, role };
}

function titleOf({ artifact: { id, version } }: TemplateView): string {
  return `${id}@${version}`;
}
