/** `GET /openapi.json` and `GET /docs`: the API itself, made when it is first asked for. */
import { type Digest, sha256 } from '../../base/digest.js';
import { sendPage, sendTagged } from '../answer.js';
import type { ServerLimits } from '../limits.js';
import { readQuery } from '../query.js';
import type { Route } from '../route.js';

export const OPENAPI_PATH = '/openapi.json';
export const DOCS_PATH = '/docs';

interface Text {
  readonly text: string;
  readonly digest: Digest;
}

export function openApiRoutes(limits: ServerLimits): { showOpenApi: Route; showDocs: Route } {
  let document: Promise<Text> | undefined;
  let page: Promise<Text & { style: string }> | undefined;
  return {
    async showOpenApi(exchange) {
      readQuery(exchange.req.url!, {});
      document ??= makeDocument();
      const { text, digest } = await document;
      sendTagged(exchange, digest, 'no-cache', text);
    },
    async showDocs(exchange) {
      readQuery(exchange.req.url!, {});
      page ??= makePage();
      const { text, digest, style } = await page;
      sendPage(exchange, digest, text, style);
    },
  };

  async function makeDocument(): Promise<Text> {
    const { openApiDocument } = await import('../openapi/document.js');
    const text = JSON.stringify(openApiDocument(limits));
    return { text, digest: sha256(text) };
  }

  async function makePage(): Promise<Text & { style: string }> {
    const [{ openApiDocument }, { STYLE, openApiPage }] = await Promise.all([
      import('../openapi/document.js'),
      import('../openapi/page.js'),
    ]);
    const text = openApiPage(openApiDocument(limits));
    return { text, digest: sha256(text), style: Buffer.from(sha256(STYLE).slice('sha256:'.length), 'hex').toString('base64') };
  }
}
