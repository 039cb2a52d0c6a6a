/** Where the pages of an index end: each id is on one of them, and a change of an index changes few. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/base/canonical-json.js';
import { sha256 } from '../../src/base/digest.js';
import { pagesOf } from '../../src/compile/emit/pages.js';
import type { BuildIndex, IndexPage, TemplateEntry, Versions } from '../../src/format/artifact.js';

const ENTRY: Versions<TemplateEntry> = {
  default: '1.0.0',
  versions: { '1.0.0': { hash: sha256('hash'), artifact: { digest: sha256('artifact'), size: 8 } } },
};

function indexOf(ids: Iterable<string>): BuildIndex['templates'] {
  return Object.fromEntries([...ids].map((id) => [id, ENTRY]));
}

/** The ids on each page, as its bytes say. */
function idsOf(pages: ReturnType<typeof pagesOf>): string[][] {
  return pages.map(({ bytes }) => Object.keys((JSON.parse(new TextDecoder().decode(bytes)) as IndexPage).ids));
}

/** As docs/artifact-format.md says it. */
function endsPage(id: string): boolean {
  const [, digits] = sha256(id).split(':');
  const [first, second] = [digits!.slice(0, 2), digits!.slice(2, 4)].map((byte) => Number(`0x${byte}`));
  return (first! * 256 + second!) % 64 === 0;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const id = fc.oneof(
  fc.string({ unit: fc.constantFrom(...LETTERS, '.', '-', '/'), minLength: 1, maxLength: 12 }),
  // What JSON and JavaScript know otherwise.
  fc.constantFrom('constructor', 'tostring', '0', '1', '10', '9'),
);
const ids = fc.uniqueArray(
  fc.oneof(
    id,
    fc.nat(5000).map((number) => `support/n${number}`),
  ),
  { maxLength: 600, size: 'max' },
);

describe('the pages of an index', () => {
  it('hold every id once, in order, each between its first id and the next page’s', () => {
    fc.assert(
      fc.property(ids, (all) => {
        const pages = pagesOf('templates', indexOf(all));
        expect(idsOf(pages).flat().toSorted()).toEqual(all.toSorted());
        for (const [at, { reference, bytes }] of pages.entries()) {
          const page = JSON.parse(new TextDecoder().decode(bytes)) as IndexPage;
          expect(reference).toEqual({ first: Object.keys(page.ids).toSorted()[0], digest: sha256(bytes), size: bytes.length });
          expect(new TextDecoder().decode(bytes)).toBe(
            canonicalJson({ formatVersion: 1, kind: 'templates', ids: indexOf(idsOf([pages[at]!])[0]!) }),
          );
          const next = pages[at + 1]?.reference.first;
          expect(Object.keys(page.ids).every((one) => one >= reference.first && (next === undefined || one < next))).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('end behind an id whose digest says so, behind 256 ids, or with the last one, and nowhere else', () => {
    const checked = { digest: 0, size: 0 };
    const check = (all: readonly string[]): void => {
      const pages = idsOf(pagesOf('bundles', indexOf(all))).map((page) => page.toSorted());
      for (const [at, page] of pages.entries()) {
        expect(page.length).toBeLessThanOrEqual(256);
        expect(page.slice(0, -1).filter(endsPage)).toEqual([]);
        if (at === pages.length - 1) continue;
        const isEnd = endsPage(page.at(-1)!);
        expect(isEnd || page.length === 256).toBe(true);
        checked[isEnd ? 'digest' : 'size']++;
      }
    };
    fc.assert(fc.property(ids, check), { numRuns: 25 });
    // And where chance would end no page for long.
    check(namesWithoutEnds(1000));
    expect(checked.digest).toBeGreaterThan(20);
    expect(checked.size).toBeGreaterThanOrEqual(3);
  });

  it('are the same whatever the order of the index', () => {
    fc.assert(
      fc.property(ids, (all) => {
        expect([...digests(indexOf(all))]).toEqual([...digests(indexOf(all.toReversed()))]);
      }),
      { numRuns: 30 },
    );
  });

  it('are none without ids, and say which kind they are', () => {
    expect(pagesOf('templates', {})).toEqual([]);
    expect(new TextDecoder().decode(pagesOf('bundles', indexOf(['a']))[0]!.bytes)).toContain('"kind":"bundles"');
  });

  it('keep those that lie between other ends than the id that comes or goes', () => {
    fc.assert(
      fc.property(ids, id, (all, one) => {
        fc.pre(!all.includes(one));
        const [before, after] = [all, [...all, one]].map((some) => pagesOf('templates', indexOf(some)));
        // The ends that a digest makes do not move. Pages differ between the two around the id alone.
        const ends = all.filter(endsPage).toSorted();
        const from = ends.findLast((end) => end < one) ?? '';
        const to = ends.find((end) => end > one) ?? '~';
        const elsewhere = (pages: ReturnType<typeof pagesOf>): unknown[] =>
          pages.map(({ reference }) => reference).filter(({ first }) => first <= from || first > to);
        expect(elsewhere(after!)).toEqual(elsewhere(before!));
      }),
      { numRuns: 40 },
    );
  });

  it('of ten thousand ids change by one, two or three if one comes or goes, and by one if one changes', () => {
    const all = Array.from({ length: 10_000 }, (_, i) => `team${i % 40}/prompt-${i}`);
    const index = indexOf(all);
    const known = digests(index);
    expect(known.size).toBeGreaterThan(10_000 / 256);
    expect(known.size).toBeLessThan(2 * (10_000 / 64));
    for (let at = 0; at < all.length; at += 1999) {
      const { [all[at]!]: old, ...without } = index;
      const changes = [
        { index: without, most: 3 },
        { index: { ...index, [`${all[at]!}-b`]: ENTRY }, most: 3 },
        { index: { ...index, [all[at]!]: { versions: old!.versions } }, most: 1 },
      ];
      for (const { index: changed, most } of changes) {
        const others = [...digests(changed)].filter((digest) => !known.has(digest));
        expect(others.length).toBeLessThanOrEqual(most);
      }
    }
  });
});

function digests(index: BuildIndex['templates']): Set<string> {
  return new Set(pagesOf('templates', index).map(({ reference }) => reference.digest));
}

/** Ids none of which ends a page. */
function namesWithoutEnds(count: number): string[] {
  return Array.from({ length: 2 * count }, (_, i) => `id${i}`)
    .filter((name) => !endsPage(name))
    .slice(0, count);
}
