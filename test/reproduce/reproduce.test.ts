/** Builds of one commit are the same bytes, whatever is around them; and what compares them would notice if not. */
import { execFile } from 'node:child_process';
import { appendFile, chmod, cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reproduce, type Trial } from '../../scripts/reproduce/reproduce.js';
import type { Variation } from '../../scripts/reproduce/variation.js';
import { VARIATIONS } from '../../scripts/reproduce/variations.js';
import { REPOSITORY } from '../support/project.js';
import { TestRepository } from '../support/repository.js';

const run = promisify(execFile);
let home: string;
let source: string;
let cli: string;

// The built command line, and a repository with this project's prompts and some history.
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'promptc-reproduce-test-'));
  await chmod(home, 0o755);
  cli = path.join(home, 'lib/cli.js');
  await run('npx', ['vite', 'build', '--logLevel', 'error', '--outDir', path.dirname(cli)], { cwd: REPOSITORY });
  await symlink(path.join(REPOSITORY, 'node_modules'), path.join(home, 'node_modules'));
  source = path.join(home, 'source');
  for (const name of ['prompts', '.gitattributes', '.gitignore']) {
    await cp(path.join(REPOSITORY, name), path.join(source, name), { recursive: true });
  }
  const made = new TestRepository(source);
  made.git('init', '--quiet', '--initial-branch=main', '--template=');
  made.commit({}, 'first');
  made.commit({ README: 'Prompts.\n' }, 'second');
}, 120_000);

afterAll(() => rm(home, { recursive: true, force: true }));

async function tried(...variations: readonly Variation[]): Promise<Trial[]> {
  const trials: Trial[] = [];
  for await (const trial of reproduce(source, cli, variations)) trials.push(trial);
  return trials;
}

describe('a build', () => {
  it('is the same with everything around it varied', async () => {
    const fast = VARIATIONS.filter(({ isSlow }) => isSlow !== true);
    const trials = await tried(...fast);
    const said = trials.map(({ name, outcome, detail, files }) => `${name}: ${outcome} (${detail}) ${files.join(' ')}`);
    expect(said.filter((line) => /: (?:different|failed) \(/.test(line))).toEqual([]);
    // What needs nothing of the machine was varied indeed.
    const certain = fast.filter(({ lacks }) => lacks === undefined).map(({ name }) => `${name}: same`);
    expect(certain.length).toBeGreaterThan(8);
    expect(trials.filter(({ outcome }) => outcome === 'same').map(({ name }) => `${name}: same`)).toEqual(expect.arrayContaining(certain));
  }, 300_000);
});

describe('what compares builds', () => {
  const another: Variation = {
    name: 'another text',
    seen: `fs.readdirSync('prompts/templates').length`,
    // A draft: what is published cannot be another text.
    prepare: (clone) =>
      appendFile(path.join(clone, 'prompts/templates/another.md'), '---\nid: another\nversion: 1.0.0\nrole: user\n---\nHi.\n'),
  };

  it('sees a difference, a failure, a lack, and that nothing was varied', async () => {
    const [different, ...others] = await tried(
      another,
      { name: 'nothing', seen: '1' },
      { name: 'broken', seen: `fs.existsSync('prompts')`, prepare: (clone) => rm(path.join(clone, 'prompts'), { recursive: true }) },
      { name: 'lacking', seen: 'process.version', lacks: () => Promise.resolve('there is no such thing') },
    );
    expect(different).toMatchObject({ outcome: 'different', files: expect.arrayContaining(['build.json', 'manifest.json']) as string[] });
    expect(different!.files.some((name) => name.startsWith('objects/'))).toBe(true);
    expect(others).toMatchObject([
      { name: 'nothing', outcome: 'not available here', detail: 'nothing changed: 1 → 1' },
      { name: 'broken', outcome: 'failed', detail: expect.stringContaining('There is no template and no bundle') as string },
      { name: 'lacking', outcome: 'not available here', detail: 'there is no such thing' },
    ]);
  }, 60_000);
});
