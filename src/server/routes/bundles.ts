/** `GET /v1/prompts/bundles` and `GET /v1/prompts/bundles/{id}`. */
import type { Problem } from '../../base/error.js';
import { ID_PATTERN } from '../../format/frontmatter-schema.js';
import { sendDocument } from '../answer.js';
import type { Exchange } from '../exchange.js';
import { idFromPath } from '../path-id.js';
import { badQuery, readQuery } from '../query.js';
import { buildOf } from '../route.js';
import type { DefaultBundle } from '../served-build.js';
import { bundleDocument, bundleSummary } from '../wire.js';

export const BUNDLES_PATH = '/v1/prompts/bundles';

/** What a page of the list holds, out of all bundles. */
interface ListQuery {
  readonly modelType: string | undefined;
  readonly prefix: string;
  readonly limit: number;
  /** Only ids behind this one. */
  readonly after: string;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

export async function listBundles(exchange: Exchange): Promise<void> {
  const query = readListQuery(exchange.req.url!);
  const found: DefaultBundle[] = [];
  for await (const bundle of buildOf(exchange).defaultBundles(query.after > query.prefix ? query.after : query.prefix)) {
    if (matches(bundle, query)) found.push(bundle);
    // One more than asked for tells whether there is a next page; ids are sorted, so that none with the prefix follows one without.
    if (found.length > query.limit || isBehind(bundle.id, query.prefix)) break;
  }
  const page = found.slice(0, query.limit);
  const next = found.length > page.length ? toCursor(page.at(-1)!.id) : null;
  sendDocument(exchange, { bundles: page.map(bundleSummary), next });
}

export async function showBundle(exchange: Exchange): Promise<void> {
  const url = exchange.req.url!;
  const { semver } = readQuery(url, ['semver']);
  const id = idFromPath(url, `${BUNDLES_PATH}/`);
  sendDocument(exchange, bundleDocument(await buildOf(exchange).bundle(id, semver)));
}

/** Whether an id comes behind all that begin with a prefix. */
function isBehind(id: string, prefix: string): boolean {
  return id > prefix && !id.startsWith(prefix);
}

function matches({ id, entry: { tags } }: DefaultBundle, { modelType, prefix, after }: ListQuery): boolean {
  // As a render sees it: without tags a bundle supports any model.
  return id > after && id.startsWith(prefix) && (modelType === undefined || tags === undefined || tags.includes(modelType));
}

function readListQuery(url: string): ListQuery {
  const { model_type: modelType, prefix = '', limit: limitText, cursor } = readQuery(url, ['model_type', 'prefix', 'limit', 'cursor']);
  const limit = limitText === undefined ? DEFAULT_LIMIT : /^[0-9]{1,4}$/.test(limitText) ? Number(limitText) : NaN;
  const after = cursor === undefined ? '' : fromCursor(cursor);
  const problems: Problem[] = [];
  if (!(limit >= 1 && limit <= MAX_LIMIT)) problems.push({ path: '?limit', message: `must be a whole number from 1 to ${MAX_LIMIT}` });
  if (after === undefined) problems.push({ path: '?cursor', message: 'is not one that this server gave out' });
  if (problems.length > 0) throw badQuery(problems);
  return { modelType, prefix, limit, after: after! };
}

/** The last id of a page: it stays good when bundles come and go, and from one build to the next. */
function toCursor(id: string): string {
  return Buffer.from(id).toString('base64url');
}

function fromCursor(cursor: string): string | undefined {
  const id = Buffer.from(cursor, 'base64url').toString();
  return new RegExp(ID_PATTERN).test(id) && toCursor(id) === cursor ? id : undefined;
}
