/** `GET /v1/prompts/bundles` and `GET /v1/prompts/bundles/{id}`. */
import { ID_PATTERN } from '../../format/frontmatter-schema.js';
import { isWithin } from '../../access/prefix.js';
import { admitTo } from '../admit.js';
import { sendDocument } from '../answer.js';
import type { Exchange } from '../exchange.js';
import { idFromPath } from '../path-id.js';
import { type Parameter, readQuery, text, VERSION_QUERY, wholeNumber } from '../query.js';
import { buildOf } from '../route.js';
import type { DefaultBundle } from '../served-build.js';
import { Slices } from '../slices.js';
import { bundleDocument, bundleSummary } from '../documents.js';

export const BUNDLES_PATH = '/v1/prompts/bundles';

/** The last id of a page: it stays good when bundles come and go, and from one build to the next. */
const cursor: Parameter<string> = {
  description: '`next` of the page before, the other parameters being the same. It stays good from one build to the next.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9_-]+$' },
  refusal: 'is not one that this server gave out',
  read: fromCursor,
  absent: '',
};

/** What a page of the list holds, out of all bundles. */
export const LIST_QUERY = {
  model_type: text('Only bundles that support this model: it is one of their tags, or they have no tags.', undefined),
  prefix: text('Only ids that begin like this, such as `support/`.', ''),
  limit: wholeNumber('How many bundles at most.', { minimum: 1, maximum: 1000, absent: 100 }),
  cursor,
};

/** How long other requests may have to wait at a time for a list that finds little among very many. */
const SLICE_MILLISECONDS = 1;

export async function listBundles(exchange: Exchange): Promise<void> {
  const { model_type: modelType, prefix, limit, cursor: after } = readQuery(exchange.req.url!, LIST_QUERY);
  const { prefix: allowed } = exchange.admission;
  const found: DefaultBundle[] = [];
  const slices = new Slices(SLICE_MILLISECONDS);
  for await (const bundle of buildOf(exchange).defaultBundles(after > prefix ? after : prefix)) {
    const isAskedFor = bundle.id > after && bundle.id.startsWith(prefix) && supports(bundle, modelType);
    if (isAskedFor && isWithin(allowed, bundle.id)) found.push(bundle);
    // One more than asked for tells whether there is a next page; ids are sorted, so that none with the prefix follows one without.
    if (found.length > limit || isBehind(bundle.id, prefix)) break;
    if (slices.isOver) await slices.next();
  }
  const page = found.slice(0, limit);
  const next = found.length > page.length ? toCursor(page.at(-1)!.id) : null;
  sendDocument(exchange, { bundles: page.map(bundleSummary), next });
}

export async function showBundle(exchange: Exchange): Promise<void> {
  const url = exchange.req.url!;
  const { semver } = readQuery(url, VERSION_QUERY);
  const id = idFromPath(url, `${BUNDLES_PATH}/`);
  admitTo(exchange, id);
  sendDocument(exchange, bundleDocument(await buildOf(exchange).bundle(id, semver)));
}

/** Whether an id comes behind all that begin with a prefix. */
function isBehind(id: string, prefix: string): boolean {
  return id > prefix && !id.startsWith(prefix);
}

/** As a render sees it: without tags a bundle supports any model. */
function supports({ entry: { tags } }: DefaultBundle, modelType: string | undefined): boolean {
  return modelType === undefined || tags === undefined || tags.includes(modelType);
}

function toCursor(id: string): string {
  return Buffer.from(id).toString('base64url');
}

function fromCursor(sent: string): string | undefined {
  const id = Buffer.from(sent, 'base64url').toString();
  return new RegExp(ID_PATTERN).test(id) && toCursor(id) === sent ? id : undefined;
}
