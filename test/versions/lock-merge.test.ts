/** What Git makes of the lock when branches meet, with the attribute that `promptc init` writes and without it. */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../../src/base/diagnostic.js';
import { SourceText } from '../../src/base/span.js';
import { INIT_LINES } from '../../src/cli/init-files.js';
import { LOCK_FILE, type LockEntry } from '../../src/format/lock.js';
import { formatLock, parseLock } from '../../src/versions/lock.js';
import { projectFolder } from '../support/project.js';
import { templateEntry } from './generated-lock.js';

const ATTRIBUTES = INIT_LINES['.gitattributes']!.map((line) => `${line}\n`).join('');

const [A, M, Z] = ['a', 'm', 'z'].map((id) => templateEntry({ id }));

describe('two branches', () => {
  it('that add neighbouring entries merge without a conflict, to the lock that has both', async () => {
    const { merge, lock } = await branches([A!, Z!], [A!, M!, Z!], [A!, templateEntry({ id: 'n' }), Z!]);
    expect(merge()).toEqual([]);
    const text = await lock();
    const diagnostics = new Diagnostics();
    const merged = parseLock(new SourceText(LOCK_FILE, text), diagnostics);
    expect(diagnostics.sorted()).toEqual([]);
    expect(merged!.entries.map(({ id }) => id)).toEqual(['a', 'm', 'n', 'z']);
  });

  it('that add the same entry beside others of their own merge to one that has it once', async () => {
    const [b, c] = ['b', 'c'].map((id) => templateEntry({ id }));
    const { merge, lock } = await branches([], [b!, M!], [c!, M!]);
    expect(merge()).toEqual([]);
    const merged = parseLock(new SourceText(LOCK_FILE, await lock()), new Diagnostics());
    expect(merged!.entries.map(({ id }) => id)).toEqual(['b', 'c', 'm']);
  });

  it.each(['ours', 'theirs'])(
    'that publish one version with different content are merged, and refused, when %s goes first',
    async (first) => {
      const published = ['5', '6'].map((digit) => templateEntry({ id: 'm', version: '1.1.0', hash: `sha256:${digit.repeat(64)}` }));
      const [ours, theirs] = first === 'ours' ? published : published.toReversed();
      const { merge, lock } = await branches([A!, M!], [A!, M!, ours!], [A!, M!, theirs!]);
      expect(merge()).toEqual([]);
      const diagnostics = new Diagnostics();
      expect(parseLock(new SourceText(LOCK_FILE, await lock()), diagnostics)).toBeUndefined();
      const [diagnostic, ...more] = diagnostics.sorted();
      expect(more).toEqual([]);
      expect(diagnostic!.message).toBe('Lines 4 and 5 both publish version 1.1.0 of the template "m", with different content.');
      const lines = [diagnostic!.span, diagnostic!.related![0]!.span].map(({ source, start }) => source.position(start).line);
      expect(lines).toEqual([5, 4]);
    },
  );

  it('leave a conflict without the attribute, and it is refused', async () => {
    const { merge, lock } = await branches([A!, Z!], [A!, M!, Z!], [A!, templateEntry({ id: 'n' }), Z!], '');
    expect(merge()).toEqual([LOCK_FILE]);
    const diagnostics = new Diagnostics();
    expect(parseLock(new SourceText(LOCK_FILE, await lock()), diagnostics)).toBeUndefined();
    expect(diagnostics.sorted().map(({ code, span }) => [code, span.source.position(span.start).line])).toEqual([
      ['lock/merge-conflict', 3],
    ]);
  });
});

/** A repository with a lock, and a branch of it beside the one that is checked out. */
async function branches(base: readonly LockEntry[], ours: readonly LockEntry[], theirs: readonly LockEntry[], attributes = ATTRIBUTES) {
  const folder = await projectFolder({ [LOCK_FILE]: formatLock({ entries: base }), '.gitattributes': attributes });
  const git = (...args: string[]): string => {
    // The user's own settings (a merge style, a signature) are none of the test's business.
    const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
    return execFileSync('git', ['-C', folder, ...identity, ...args], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  };
  const commit = async (entries: readonly LockEntry[]): Promise<void> => {
    await writeFile(path.join(folder, LOCK_FILE), formatLock({ entries }));
    git('commit', '--quiet', '--all', '--message', 'publish');
  };
  git('init', '--quiet', '--initial-branch', 'main');
  git('add', '.');
  git('commit', '--quiet', '--message', 'base');
  git('checkout', '--quiet', '-b', 'other');
  await commit(theirs);
  git('checkout', '--quiet', 'main');
  await commit(ours);
  return {
    /** Returns the files that are left with a conflict. */
    merge: (): string[] => {
      try {
        git('merge', '--quiet', '--no-edit', 'other');
        return [];
      } catch (error) {
        const conflicts = git('diff', '--name-only', '--diff-filter=U').trim();
        if (conflicts === '') throw error;
        return conflicts.split('\n');
      }
    },
    lock: () => readFile(path.join(folder, LOCK_FILE), 'utf8'),
  };
}
