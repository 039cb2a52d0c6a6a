/** What a render may do once its bundle is ready, and what stays behind when it is done. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { compile } from '../../src/compile/compile.js';
import { Caches } from '../../src/server/caches.js';
import { Counts } from '../../src/server/counts.js';
import { CurrentBuild } from '../../src/server/current-build.js';
import { Exchange } from '../../src/server/exchange.js';
import { Renders } from '../../src/server/renders.js';
import { buildInto, CORPUS } from './test-server.js';

/** One render of each example of the corpus, as the routes do it. */
async function rendersOfCorpus(): Promise<() => string[]> {
  const { dir } = await buildInto(CORPUS);
  const builds = new CurrentBuild({ dir, caches: new Caches({}) });
  await builds.open();
  const renders = new Renders({ counts: new Counts() });
  const req = new IncomingMessage(new Socket());
  const exchange = new Exchange(req, new ServerResponse(req), builds.served);
  const { examples } = await compile(CORPUS);
  const requests = examples.map(({ bundle, example }) => ({ bundle_id: bundle.id, semver: bundle.version, ...(example.input as object) }));
  for (const request of requests) await renders.one(exchange, request);
  return () => requests.map((request) => (renders.one(exchange, request) as { text: string }).text);
}

describe('a render whose bundle is ready', () => {
  it('is there at once, and reads or writes no JSON but the texts that it answers with', async () => {
    const renderAll = await rendersOfCorpus();
    const parse = vi.spyOn(JSON, 'parse');
    const stringify = vi.spyOn(JSON, 'stringify');
    try {
      const texts = renderAll();
      expect(texts.length).toBeGreaterThan(15);
      expect(parse).not.toHaveBeenCalled();
      expect(stringify.mock.calls.length).toBeGreaterThanOrEqual(texts.length);
      expect(stringify.mock.calls.filter(([value]) => typeof value !== 'string')).toEqual([]);
    } finally {
      parse.mockRestore();
      stringify.mockRestore();
    }
  });

  it('goes through files that parse nothing', () => {
    for (const file of [
      'server/renders.ts',
      'server/ready-bundle.ts',
      'render/render-bundle.ts',
      'render/machine.ts',
      'render/payload.ts',
    ]) {
      expect(readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8'), file).not.toContain('JSON.parse');
    }
  });
});

/** So many renders of each example; more of them by hand, as docs/performance.md says. */
const ROUNDS = Number(process.env['LEAK_ROUNDS'] ?? 1500);

it('renders leave nothing behind', { timeout: 60_000 + ROUNDS * 10 }, async () => {
  const renderAll = await rendersOfCorpus();
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heapAfter = (rounds: number): number => {
    for (let i = 0; i < rounds; i++) renderAll();
    collect();
    return process.memoryUsage().heapUsed;
  };
  // Code is compiled and tables grow to their size first.
  heapAfter(300);
  const before = heapAfter(100);
  const after = heapAfter(ROUNDS);
  // Thirty thousand renders at least: what each left behind would be a megabyte and more.
  expect((after - before) / 1024).toBeLessThan(500);
});
