/** The list of a large project: its index has many pages, of which a request reads what it needs. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectPath, type PageReference } from '../../src/format/artifact.js';
import { replaceBuild } from './replace-build.js';
import { buildInto, call, json, startServer, startServerForTest, type TestServer, verdict } from './test-server.js';

const BUNDLES = '/v1/prompts/bundles';

/** Of ten teams; every hundredth is for a model that the others are not for. */
const BUNDLE_IDS = Array.from({ length: 3000 }, (_, i) => `team-${i % 10}/bundle-${String(i).padStart(4, '0')}`).toSorted();
const isRare = (id: string): boolean => id.endsWith('00');

function project(ids: readonly string[]): { [path: string]: string } {
  const template = '---\nid: plain\nversion: 1.0.0\nrole: user\n---\nPlain {{task}}.';
  const bundles = ids.map((id) => [
    `prompts/bundles/${id}.md`,
    `---\nid: ${id}\nversion: 1.0.0\nslots: { task: plain@1.0.0 }\ntags: [${isRare(id) ? 'rare' : 'usual'}]\n---\nFor tests.`,
  ]);
  return { 'prompts/templates/plain.md': template, ...(Object.fromEntries(bundles) as { [path: string]: string }) };
}

interface Page {
  readonly bundles: readonly { readonly bundle_id: string }[];
  readonly next: string | null;
}

let server: TestServer;
beforeAll(async () => {
  server = await startServer(project(BUNDLE_IDS));
}, 60_000);
afterAll(() => server.close());

async function list(to: TestServer, query: string): Promise<Page> {
  const answer = await call(to, `${BUNDLES}${query}`);
  expect(answer.status).toBe(200);
  return json(answer) as Page;
}

const idsOf = ({ bundles }: Page): string[] => bundles.map(({ bundle_id }) => bundle_id);

/** The ids of all pages that follow on each other. */
async function walk(query: string): Promise<string[]> {
  const ids: string[] = [];
  let cursor = '';
  for (;;) {
    const page = await list(server, `?${query}${cursor}`);
    ids.push(...idsOf(page));
    if (page.next === null) return ids;
    expect(page.bundles.length).toBeGreaterThan(0);
    cursor = `&cursor=${page.next}`;
  }
}

const cursorBehind = (id: string): string => Buffer.from(id).toString('base64url');

describe('a list of thousands of bundles', () => {
  it('comes from many pages of an index', () => {
    expect(server.build.manifest.bundles.length).toBeGreaterThan(20);
  });

  it.each([1000, 700, 100])('gives each once, in order, %i at a time', async (limit) => {
    expect(await walk(`limit=${limit}`)).toEqual(BUNDLE_IDS);
  });

  it('can be filtered, over all pages', async () => {
    expect(await walk('model_type=rare&limit=7')).toEqual(BUNDLE_IDS.filter(isRare));
    expect(await walk('prefix=team-3/&limit=150')).toEqual(BUNDLE_IDS.filter((id) => id.startsWith('team-3/')));
    expect(await walk('prefix=team-9/bundle-2&model_type=usual')).toEqual(
      BUNDLE_IDS.filter((id) => id.startsWith('team-9/bundle-2') && !isRare(id)),
    );
    expect(await walk('model_type=none')).toEqual([]);
  });
});

it('goes on behind the same bundle in the next build', async () => {
  const few = BUNDLE_IDS.slice(0, 300);
  const moving = await startServerForTest(project(few), { pollMilliseconds: 20 });
  const first = await list(moving, '?limit=150');
  // What was before the cursor, the bundle at it and some behind it are gone; others came on both sides.
  const later = [...few.slice(120, 140), ...few.slice(160), 'a/new', 'z/new'].toSorted();
  const { dir, build } = await buildInto(project(later));
  await replaceBuild(dir, moving.dir);
  await expect.poll(async () => (await call(moving, '/readyz')).headers['x-promptc-build']).toBe(build.manifestDigest);
  const rest = idsOf(await list(moving, `?cursor=${first.next}&limit=1000`));
  expect(rest).toEqual(later.filter((id) => id > few[149]!));
  expect(rest).toContain('z/new');
});

describe('what a request reads', () => {
  let pages: readonly PageReference[];
  let bare: TestServer;
  /** The numbers of the pages that are there. */
  const KEPT = new Set([5, 6, 7]);
  const ids = BUNDLE_IDS.slice(0, 1000);
  beforeAll(async () => {
    // It keeps nothing, so that it meets what is missing.
    bare = await startServer(project(ids), { cache: false });
    pages = bare.build.manifest.bundles;
    for (const [i, { digest }] of pages.entries()) if (!KEPT.has(i)) await rm(path.join(bare.dir, objectPath(digest)));
  }, 60_000);
  afterAll(() => bare.close());

  it('is no more than the pages that hold what is asked for', async () => {
    const first = ids.indexOf(pages[5]!.first);
    const end = ids.indexOf(pages[7]!.first);
    const answer = await list(bare, `?limit=${end - first - 1}&cursor=${cursorBehind(ids[first]!)}`);
    expect(idsOf(answer)).toEqual(ids.slice(first + 1, end));
    const one = ids[first + 5]!;
    expect(idsOf(await list(bare, `?prefix=${one}`))).toEqual([one]);
  });

  it('is all that follows, if nothing else can tell', async () => {
    const behind = cursorBehind(pages[5]!.first);
    expect(verdict(await call(bare, `${BUNDLES}?cursor=${behind}&model_type=none`))).toEqual([500, 'artifact_missing']);
    expect(verdict(await call(bare, BUNDLES))).toEqual([500, 'artifact_missing']);
  });
});
