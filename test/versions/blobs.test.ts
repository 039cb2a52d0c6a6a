/** Reading many blobs: what comes out, what it costs, and what is never done for it. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { BlobContent } from '../../src/versions/git/blobs.js';
import { blobId } from '../../src/versions/git/object-id.js';
import type { Repository } from '../../src/versions/git/repository.js';
import { temporaryFolder } from '../support/project.js';
import { GIT, onlyGit, repository, type TestRepository } from '../support/repository.js';

const MANY = 3000;
const LIMIT = 1024 * 1024;

afterEach(() => void vi.unstubAllEnvs());

/** `missing`, `<n> bytes` for what is too large, or the text. */
async function read(opened: Repository, ids: readonly string[], limit = LIMIT): Promise<string[]> {
  const found: BlobContent[] = [];
  for await (const blob of opened.blobs(ids, limit)) found.push(blob);
  expect(found.map(({ id }) => id)).toEqual(ids);
  return found.map(({ size, bytes }) => {
    if (bytes === undefined) return size === undefined ? 'missing' : `${size} bytes`;
    return bytes.length === size ? Buffer.from(bytes).toString() : `${bytes.length} bytes instead of ${size}`;
  });
}

function idOf(text: string): string {
  return blobId(Buffer.from(text), 'sha1');
}

/** Texts of very different lengths, some longer than a pipe holds. */
function manyTexts(): string[] {
  return Array.from({ length: MANY }, (_, i) => `${i}\n${'x'.repeat(i % 100 === 0 ? i * 100 : i % 7)}`);
}

/** Puts blobs into a repository, as one pack. */
function store(made: TestRepository, texts: readonly string[]): void {
  made.run(['fast-import', '--quiet'], { input: texts.map((text) => `blob\ndata ${text.length}\n${text}\n`).join('') });
}

interface Trace {
  readonly event: string;
  readonly name?: string;
  /** Ends with the process's id. */
  readonly sid: string;
}

/** What the commands of Git that are started from here on say of themselves. */
async function trace(): Promise<() => Trace[]> {
  const folder = await temporaryFolder();
  vi.stubEnv('GIT_TRACE2_EVENT', folder);
  return () => {
    const lines = readdirSync(folder).flatMap((file) => readFileSync(path.join(folder, file), 'utf8').trim().split('\n'));
    return lines.map((line) => JSON.parse(line) as Trace);
  };
}

function commands(events: readonly Trace[]): string[] {
  return events.flatMap(({ event, name }) => (event === 'cmd_name' ? [String(name)] : [])).toSorted();
}

describe('blobs', () => {
  it('come in the order in which they are asked for, all through one process', async () => {
    const texts = manyTexts();
    const made = await repository({ a: '1' });
    store(made, texts);
    const opened = await made.open();
    const backwards = texts.toReversed();
    const ids = backwards.map(idOf);
    const events = await trace();
    expect(await read(opened, ids)).toEqual(backwards);
    expect(commands(events())).toEqual(['cat-file', 'config']);
  });

  it('may be asked for twice', async () => {
    const opened = await (await repository({ a: 'A', b: 'B' })).open();
    expect(await read(opened, [idOf('A'), idOf('B'), idOf('A'), idOf('A')])).toEqual(['A', 'B', 'A', 'A']);
    expect(await read(opened, [])).toEqual([]);
  });

  it('are missing if there is none, or something else, or no id at all', async () => {
    const made = await repository({ a: 'A', 'x/b': 'B' });
    const opened = await made.open();
    const others = [
      idOf('C'),
      made.git('rev-parse', 'HEAD'),
      made.git('rev-parse', 'HEAD:x'),
      'HEAD:a',
      idOf('A').slice(0, 12),
      '',
      `${idOf('A')}\n`,
      '--all',
    ];
    const ids = others.flatMap((other) => [other, idOf('A')]);
    expect(await read(opened, ids)).toEqual(others.flatMap(() => ['missing', 'A']));
  });

  it('in a repository of sha256 have other ids', async () => {
    const made = await repository({ a: 'A' }, '--object-format=sha256');
    expect(await read(await made.open(), [blobId(Buffer.from('A'), 'sha256'), idOf('A')])).toEqual(['A', 'missing']);
  });

  it('that are too large are passed over, and only measured', async () => {
    const large = Buffer.alloc(8 * LIMIT, 'y').toString();
    const fits = 'z'.repeat(LIMIT);
    const opened = await (await repository({ a: 'A', large, fits, over: `${fits}!`, empty: '' })).open();
    const ids = ['A', large, fits, `${fits}!`, '', 'A'].map(idOf);
    expect(await read(opened, ids)).toEqual(['A', `${8 * LIMIT} bytes`, fits, `${LIMIT + 1} bytes`, '', 'A']);
    expect(await read(opened, ids, 0)).toEqual(['1 bytes', `${8 * LIMIT} bytes`, `${LIMIT} bytes`, `${LIMIT + 1} bytes`, '', '1 bytes']);
  });

  it('are not read on when nobody wants more', async () => {
    const texts = manyTexts();
    const made = await repository({ a: '1' });
    store(made, texts);
    const opened = await made.open();
    const events = await trace();
    for await (const { bytes } of opened.blobs(texts.map(idOf), LIMIT)) {
      expect(Buffer.from(bytes!).toString()).toBe(texts[0]);
      break;
    }
    // Git is stopped; it would wait for its reader for ever.
    const reader = events().find(({ name }) => name === 'cat-file');
    const id = Number.parseInt(reader!.sid.slice(reader!.sid.lastIndexOf('-P') + 2), 16);
    await vi.waitFor(() => expect(() => process.kill(id, 0)).toThrow('ESRCH'), 5000);
  });

  it('do not keep the memory of those beside them', async () => {
    const opened = await (await repository({ a: 'A', b: 'B' })).open();
    for await (const { bytes } of opened.blobs([idOf('A'), idOf('B')], LIMIT)) expect(bytes!.buffer.byteLength).toBe(1);
  });

  it('that are damaged are an error', async () => {
    const noise = randomBytes(100_000);
    const id = blobId(noise, 'sha1');
    const made = await repository({ a: noise, b: 'B' });
    const opened = await made.open();
    const file = `.git/objects/${id.slice(0, 2)}/${id.slice(2)}`;
    const stored = readFileSync(path.join(made.folder, file));
    rmSync(path.join(made.folder, file));
    made.write({ [file]: stored.subarray(0, 50_000) });
    const message = expect.stringContaining('Git could not do its part (git cat-file): ') as string;
    await expect(read(opened, [idOf('B'), id])).rejects.toMatchObject({ code: 'git_failed', message });
  });
});

describe('a Git that breaks down meanwhile', () => {
  const dies = (command: string): string => `case "$*" in *${command}*) echo 'fatal: no more' >&2; exit 3;; *) exec '${GIT}' "$@";; esac`;

  it.each([
    ['dies', dies('cat-file'), 'Git could not do its part (git cat-file): no more.'],
    [
      'says less than it must',
      `case "$*" in *cat-file*) ;; *) exec '${GIT}' "$@";; esac`,
      'Git could not do its part (git cat-file): it does not say why.',
    ],
    ['is gone', `PATH=/usr/bin:/bin rm "$0"; exec '${GIT}' "$@"`, 'Git could not do its part (git cat-file): spawn git ENOENT.'],
  ])('is an error if it %s', async (_name, script, message) => {
    const opened = await (await repository({ a: 'A' })).open();
    vi.stubEnv('PATH', await onlyGit(script));
    await expect(
      read(
        opened,
        Array.from({ length: 10_000 }, () => idOf('A')),
      ),
    ).rejects.toMatchObject({ code: 'git_failed', message });
  });

  it('is an error in a partial clone, too', async () => {
    const made = await repository({ a: 'A' });
    made.git('config', 'remote.origin.promisor', 'true');
    const opened = await made.open();
    vi.stubEnv('PATH', await onlyGit(dies('rev-list')));
    const message = 'Git could not do its part (git rev-list): no more.';
    await expect(read(opened, [idOf('A')])).rejects.toMatchObject({ code: 'git_failed', message });
  });
});

describe('a partial clone', () => {
  async function partial(): Promise<{ origin: TestRepository; clone: TestRepository }> {
    const origin = await repository({ 'prompts/a.md': 'old', 'prompts/b.md': 'B' });
    origin.commit({ 'prompts/a.md': 'new' });
    origin.git('config', 'uploadpack.allowFilter', 'true');
    return { origin, clone: await origin.clone('--filter=blob:none') };
  }

  it('has what was checked out; the rest is missing, and is not fetched', async () => {
    const { clone } = await partial();
    const opened = await clone.open();
    expect(await opened.isPartialClone()).toBe(true);
    const ids = ['old', 'new', 'B', 'old', 'none', 'new'].map(idOf);
    const events = await trace();
    expect(await read(opened, ids)).toEqual(['missing', 'new', 'B', 'missing', 'missing', 'new']);
    expect(commands(events())).toEqual(['cat-file', 'config', 'rev-list']);
    expect(await read(opened, [clone.git('rev-parse', 'HEAD'), idOf('old')])).toEqual(['missing', 'missing']);
    // Git would have.
    expect(clone.git('cat-file', 'blob', idOf('old'))).toBe('old');
    expect(await read(opened, ids)).toEqual(['old', 'new', 'B', 'old', 'missing', 'new']);
  });

  it('has its history, its files and its state without the network', async () => {
    const { origin, clone } = await partial();
    rmSync(origin.folder, { recursive: true });
    const opened = await clone.open();
    const head = await opened.head();
    expect(await opened.log(head, ['prompts'])).toHaveLength(2);
    expect([...(await opened.files((await opened.parents(head))[0]!, ['prompts'])).values()].map(({ id }) => id)).toEqual(
      ['old', 'B'].map(idOf),
    );
    expect(await opened.isClean(['prompts'])).toBe(true);
  });

  it('without trees cannot tell what an older commit holds, and says so', async () => {
    const { origin } = await partial();
    const opened = await (await origin.clone('--filter=tree:0')).open();
    const [parent] = await opened.parents(await opened.head());
    await expect(opened.files(parent!, ['prompts'])).rejects.toMatchObject({ code: 'git_failed' });
  });

  it('is told from a whole one', async () => {
    const origin = await repository({ a: '1' });
    const clone = await origin.clone();
    const opened = await clone.open();
    expect(await opened.isPartialClone()).toBe(false);
    clone.git('config', 'remote.origin.promisor', 'false');
    expect(await opened.isPartialClone()).toBe(false);
    clone.git('config', 'extensions.partialClone', 'origin');
    expect(await opened.isPartialClone()).toBe(true);
  });
});
