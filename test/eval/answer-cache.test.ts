/** Answers that are kept between runs. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Digest, sha256 } from '../../src/base/digest.js';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import { AnswerCache } from '../../src/eval/answers/answer-cache.js';
import { temporaryFolder } from '../support/project.js';

const FILE = '.promptc/answers.jsonl';
const LIMITS = { entries: 3, bytes: 100_000 };
const [A, B, C, D] = ['a', 'b', 'c', 'd'].map((name) => sha256(name)) as [Digest, Digest, Digest, Digest];

async function cacheIn(folder: string, limits = LIMITS): Promise<AnswerCache> {
  return AnswerCache.open(new NodeDisk(folder), limits);
}

function answersIn(folder: string): string[] {
  const lines = readFileSync(path.join(folder, FILE), 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => (JSON.parse(line) as { answer: string }).answer);
}

describe('AnswerCache', () => {
  it('keeps what was added, whatever it holds', async () => {
    const folder = await temporaryFolder();
    const first = await cacheIn(folder);
    expect(first.get(A)).toBeUndefined();
    first.add(A, 'line\n\u2028 😀 \ud800 "');
    await first.save();
    expect((await cacheIn(folder)).get(A)).toBe('line\n\u2028 😀 \ud800 "');
    expect(readdirSync(path.join(folder, '.promptc')).toSorted()).toEqual(['.gitignore', 'answers.jsonl']);
  });

  it('writes nothing if nothing is new', async () => {
    const folder = await temporaryFolder();
    const cache = await cacheIn(folder);
    cache.get(A);
    await cache.save();
    expect(existsSync(path.join(folder, '.promptc'))).toBe(false);
  });

  it('forgets what was used least lately', async () => {
    const folder = await temporaryFolder();
    const first = await cacheIn(folder);
    for (const [key, answer] of [
      [A, 'a'],
      [B, 'b'],
      [C, 'c'],
    ] as const)
      first.add(key, answer);
    await first.save();
    const second = await cacheIn(folder);
    expect(second.get(A)).toBe('a');
    second.add(D, 'd');
    await second.save();
    expect(answersIn(folder)).toEqual(['c', 'a', 'd']);
  });

  it('stays below its size, and keeps the newest', async () => {
    const folder = await temporaryFolder();
    const cache = await cacheIn(folder, { entries: 100, bytes: 1000 });
    cache.add(A, 'a'.repeat(600));
    cache.add(B, 'b'.repeat(600));
    cache.add(C, 'c'.repeat(600));
    await cache.save();
    expect(answersIn(folder).map((answer) => answer[0])).toEqual(['c']);
    cache.add(D, 'd'.repeat(2000));
    await cache.save();
    expect(answersIn(folder)).toEqual([]);
  });

  it('keeps what another run has added meanwhile', async () => {
    const folder = await temporaryFolder();
    const [one, other] = [await cacheIn(folder), await cacheIn(folder)];
    one.add(A, 'a');
    other.add(B, 'b');
    await one.save();
    await other.save();
    expect(answersIn(folder)).toEqual(['a', 'b']);
  });

  it('takes from a file what can be taken, and nothing from one that is too large', async () => {
    const folder = await temporaryFolder();
    mkdirSync(path.join(folder, '.promptc'));
    const lines = [
      '',
      'not JSON',
      '[]',
      'null',
      `{"key":"x","answer":"a"}`,
      `{"key":"${A}","answer":1}`,
      `{"key":"${B}","answer":"b"}`,
      '{"key":"sh',
    ];
    writeFileSync(path.join(folder, FILE), lines.join('\n'));
    const cache = await cacheIn(folder);
    expect([cache.get(A), cache.get(B)]).toEqual([undefined, 'b']);
    expect((await cacheIn(folder, { entries: 3, bytes: 10 })).get(B)).toBeUndefined();
  });

  it('is empty where it cannot be read, and says so when it cannot be written', async () => {
    const folder = await temporaryFolder();
    mkdirSync(path.join(folder, FILE), { recursive: true });
    const cache = await cacheIn(folder);
    expect(cache.get(A)).toBeUndefined();
    cache.add(A, 'a');
    await expect(cache.save()).rejects.toThrow(/E[A-Z]+/);
    expect(readdirSync(path.join(folder, '.promptc')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
