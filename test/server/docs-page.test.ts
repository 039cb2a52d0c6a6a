/** The page that shows the API: whole in itself, and as the document says. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.js';
import { ADVICE } from '../../src/server/openapi/advice.js';
import { html } from '../../src/base/markup.js';
import { prose } from '../../src/server/openapi/markup.js';
import { openApiPage } from '../../src/server/openapi/page.js';
import { DOCUMENT } from './conformance.js';
import { type Answer, call, problem, SMALL, startServer, type TestServer } from './test-server.js';

let server: TestServer;
let answer: Answer;
beforeAll(async () => {
  server = await startServer(SMALL);
  answer = await call(server, '/docs');
});
afterAll(() => server.close());

const VOID = new Set(['meta']);

/** The elements of a page by name, with their attributes; throws unless each that is opened is closed, in turn. */
function elementsOf(page: string): { name: string; attributes: { [name: string]: string } }[] {
  const elements: { name: string; attributes: { [name: string]: string } }[] = [];
  const open: string[] = [];
  for (const [whole, closing, name, attributes] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+="[^"<>]*")*)\s*\/?>/g)) {
    if (closing === '/') {
      if (open.pop() !== name) throw new Error(`${whole} closes something else`);
      continue;
    }
    const pairs = [...attributes!.matchAll(/([a-z-]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]);
    elements.push({ name: name!, attributes: Object.fromEntries(pairs) as { [name: string]: string } });
    if (!VOID.has(name!)) open.push(name!);
  }
  if (open.length > 0) throw new Error(`${open.join(', ')} is never closed`);
  return elements;
}

/** What a reader sees. */
function textOf(page: string): string {
  const text = page.replace(/<style>.*<\/style>/s, '').replace(/<[^>]*>/g, '');
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

describe('GET /docs', () => {
  it('is a page that may load and run nothing but its own style sheet', () => {
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    const style = /<style>(.*)<\/style>/s.exec(answer.text)![1]!;
    const digest = createHash('sha256').update(style).digest('base64');
    expect(answer.headers['content-security-policy']).toBe(
      `default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-${digest}'`,
    );
    expect(answer.headers['x-frame-options']).toBe('DENY');
    expect(style).not.toMatch(/url\(|@import/);
  });

  it('is well-formed, and links to what is there', () => {
    const elements = elementsOf(answer.text);
    const names = new Set(elements.map(({ name }) => name));
    for (const name of ['script', 'img', 'link', 'iframe', 'form', 'base']) expect(names).not.toContain(name);
    const attributes = elements.flatMap((element) => Object.keys(element.attributes));
    expect(attributes.filter((name) => name.startsWith('on') || name === 'style' || name === 'src')).toEqual([]);
    const ids = elements.flatMap((element) => element.attributes['id'] ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const links = elements.flatMap((element) => element.attributes['href'] ?? []);
    expect(links.length).toBeGreaterThan(40);
    for (const link of links) expect(link === 'openapi.json' || ids.includes(link.slice(1)), link).toBe(true);
  });

  it('shows each operation, parameter, schema, example and problem', () => {
    const text = textOf(answer.text);
    for (const [path, methods] of Object.entries(DOCUMENT.paths)) {
      expect(text).toContain(path);
      for (const operation of Object.values(methods)) {
        for (const name of operation.parameters.flatMap((one) => one.name ?? [])) expect(text).toContain(name);
        const contents = [operation.requestBody?.content, operation.responses['200']?.content];
        for (const example of contents.flatMap((content) => content?.['application/json']?.example ?? [])) {
          expect(text).toContain(JSON.stringify(example, null, 2));
        }
      }
    }
    for (const name of Object.keys(DOCUMENT.components.schemas)) expect(answer.text).toContain(`id="${name}"`);
    const codes = Object.entries(ADVICE).filter(([code]) => code !== 'method_not_allowed' && code !== 'batch_full');
    for (const [code, advice] of codes) {
      expect(text).toContain(code);
      expect(text).toContain(advice.replaceAll('`', ''));
    }
  });

  it('takes no query', async () => {
    expect(problem(await call(server, '/docs?x=1')).code).toBe('bad_query');
  });

  it('shows text as text, whatever it is', () => {
    const hostile = '<script>alert(1)</script>&amp;" `<b>`';
    const changed = JSON.parse(JSON.stringify(DOCUMENT).replaceAll('Render a prompt', JSON.stringify(hostile).slice(1, -1))) as JsonObject;
    const page = openApiPage(changed);
    expect(elementsOf(page).map(({ name }) => name)).not.toContain('script');
    expect(textOf(page)).toContain('<script>alert(1)</script>&amp;" `<b>`');
  });
});

describe('prose', () => {
  it('has paragraphs, lists and code', () => {
    const text = html`${prose('One `code`, <b>.\n\n- a\n- `b`')}`.text.replace(/\s*\n\s*/g, '');
    expect(text).toBe('<p>One <code>code</code>, &lt;b&gt;.</p><ul><li>a</li><li><code>b</code></li></ul>');
  });
});
