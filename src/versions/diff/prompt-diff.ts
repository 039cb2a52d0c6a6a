/** What the diffs of bundles and of templates have in common. */
import { type Findings, heaviest } from './findings.js';
import type { PromptDiff } from './project-diff.js';
import { sentence } from './sentence.js';
import { versionCover } from './version-cover.js';

/** Reports a difference that no rule has seen: a version may not hide any. */
export function reportSource(findings: Findings, isSame: boolean): void {
  if (findings.changeCount > 0 || isSame) return;
  findings.report({ rule: 'source-changed', message: sentence`The files differ, and nothing that the prompt says, takes or returns.` });
}

/** What prompts of both kinds have. */
export function promptDiff(
  before: { readonly artifact: { readonly id: string; readonly version: string }; readonly isDraft?: boolean } | undefined,
  after: typeof before,
  collected: Findings,
): PromptDiff {
  const findings = collected.sorted();
  const verdict = heaviest(findings.map(({ level }) => level));
  const [old, fresh] = [before?.artifact.version, after?.artifact.version];
  return {
    id: (before ?? after)!.artifact.id,
    ...(old === undefined ? {} : { before: old }),
    ...(fresh === undefined ? {} : { after: fresh }),
    verdict,
    ...(old === undefined || fresh === undefined || before?.isDraft === true ? {} : { version: versionCover(old, fresh, verdict) }),
    findings,
  };
}
