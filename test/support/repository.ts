/** Real Git repositories for tests. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Repository } from '../../src/versions/git/repository.js';
import { openRepository } from '../../src/versions/git/open.js';
import { type Files, temporaryFolder } from './project.js';

// What the user of this computer has configured must not change what tests see, here and in what they test.
process.env['GIT_CONFIG_GLOBAL'] = '/dev/null';
process.env['GIT_CONFIG_SYSTEM'] = '/dev/null';

const WHO = { NAME: 'Test', EMAIL: 'test@example.com' };

/** A repository on the disk. */
export class TestRepository {
  constructor(readonly folder: string) {}

  /** Runs a command of Git, and returns what it prints, without the last line end. */
  git(...args: string[]): string {
    return this.run(args).replace(/\n$/, '');
  }

  /** As `git`, with input and more variables. */
  run(args: readonly string[], { input = '', env = {} }: { input?: string | Uint8Array; env?: NodeJS.ProcessEnv } = {}): string {
    const allowed = ['-c', 'protocol.file.allow=always'];
    return execFileSync('git', ['-C', this.folder, ...allowed, ...args], {
      encoding: 'utf8',
      input,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_SYSTEM: '/dev/null',
        GIT_AUTHOR_NAME: WHO.NAME,
        GIT_AUTHOR_EMAIL: WHO.EMAIL,
        GIT_COMMITTER_NAME: WHO.NAME,
        GIT_COMMITTER_EMAIL: WHO.EMAIL,
        ...env,
      },
    });
  }

  write(files: Files): void {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(this.folder, name)), { recursive: true });
      writeFileSync(path.join(this.folder, name), content);
    }
  }

  /** Commits everything that is there, after writing some files; returns the commit. */
  commit(files: Files = {}, message = 'change'): string {
    this.write(files);
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', message);
    return this.git('rev-parse', 'HEAD');
  }

  /** Clones it into a folder of its own. */
  async clone(...args: string[]): Promise<TestRepository> {
    const folder = await temporaryFolder();
    this.git('clone', '--quiet', ...args, `file://${this.folder}`, folder);
    return new TestRepository(folder);
  }

  /** Opened, as promptc does it, at a folder of it. */
  async open(folder = '.'): Promise<Repository> {
    const opened = await openRepository(path.join(this.folder, folder));
    if (!(opened instanceof Repository)) throw new Error(`${opened.reason}: ${opened.message}`);
    return opened;
  }
}

/** A new repository, on the branch `main`; with files, they are its first commit. */
export async function repository(files?: Files, ...args: string[]): Promise<TestRepository> {
  const made = new TestRepository(await temporaryFolder());
  made.git('init', '--quiet', '--initial-branch=main', '--template=', ...args);
  if (files !== undefined) made.commit(files, 'first');
  return made;
}

/** Where Git itself is. */
export const GIT = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();

/** A folder for PATH with nothing in it but a shell script that is called git. */
export async function onlyGit(script: string): Promise<string> {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'git');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return folder;
}
