/** A build's index and a lock → where they differ. */
import type { BuildIndex } from '../format/artifact.js';
import type { Lock, LockEntry } from '../format/lock.js';
import { byName } from '../versions/lock.js';
import type { Finding } from './finding.js';
import { versionsOf } from './versions.js';

/**
 * Every version of a build is in the lock as it was built, and every version of the lock is in the build, unless the
 * manifest says that it is partial.
 */
export function verifyLock(index: BuildIndex, lock: Lock): Finding[] {
  const locked = byName(lock.entries);
  const findings: Finding[] = [];
  for (const { name: subject, entry } of versionsOf(index)) {
    const recorded = locked.get(subject);
    locked.delete(subject);
    if (recorded === undefined) {
      const message =
        'It is in the build and not in the lock: a draft, or a version of another commit. Run `promptc build`, and commit the lock.';
      findings.push({ code: 'not_locked', subject, message });
    } else {
      const message = difference(entry, recorded);
      if (message !== undefined) findings.push({ code: 'lock_mismatch', subject, message });
    }
  }
  if (index.partial === true) return findings;
  for (const subject of locked.keys()) {
    findings.push({ code: 'not_built', subject, message: 'It is in the lock and not in the build. Run `promptc build`.' });
  }
  return findings;
}

/** The first thing that a build and a lock say of a version in two ways. */
function difference(
  { hash, artifact, yanked }: { hash: string; artifact: { digest: string }; yanked?: string },
  recorded: LockEntry,
): string | undefined {
  if (hash !== recorded.hash)
    return `Its hash is ${hash} in the build and ${recorded.hash} in the lock: what was built is not what was published.`;
  if (artifact.digest !== recorded.artifact.digest) {
    return `Its artifact is ${artifact.digest} in the build and ${recorded.artifact.digest} in the lock. Run \`promptc build\`.`;
  }
  if (yanked === recorded.yanked) return undefined;
  const isYanked = (reason: string | undefined): string => (reason === undefined ? 'not yanked' : `yanked ("${reason}")`);
  return `It is ${isYanked(yanked)} in the build and ${isYanked(recorded.yanked)} in the lock. Run \`promptc build\`.`;
}
