/** The links between the pages for authors and implementers lead somewhere. */
import { describe, expect, it } from 'vitest';
import { readPage } from './page.js';

const PAGES = new Map(
  [
    'language.md',
    'frontmatter.md',
    'artifact-format.md',
    'hashes.md',
    'library.md',
    'access.md',
    'operations.md',
    'metrics.md',
    'mirror.md',
    'http-api.md',
    'performance.md',
    'audit.md',
    'drift.md',
    'dev.md',
    'editors.md',
    'versions.md',
    'ci.md',
    'eval.md',
    'lock.md',
    'diagnostics.md',
  ].map((name) => [name, readPage(name)]),
);

describe('links', () => {
  it.each([...PAGES])('of docs/%s lead to headings that there are', (name, { text }) => {
    const links = [...text.matchAll(/\]\(([a-z-]+\.md)?#([^)]+)\)/g)].map(([, page = name, anchor]) => ({ page, anchor }));
    expect(links.length).toBeGreaterThan(0);
    const broken = links.filter(({ page, anchor }) => PAGES.has(page) && !anchorsOf(PAGES.get(page)!.text).has(anchor!));
    expect(broken).toEqual([]);
  });

  it.each([...PAGES])('docs/%s names no machine', (_name, { text }) => {
    expect(text).not.toMatch(/\/(?:work|home|Users|tmp)\//);
  });
});

/** As GitHub makes them from headings. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.replaceAll(/^```[^]*?^```$/gm, '').matchAll(/^#+ (.*)$/gm)].map((match) => match[1]!);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}
