/** What a path is called in logs and metrics: one of a few names, whatever clients ask for. */
import { pathOf } from './path-id.js';

/** The busiest of all. */
const RENDER = '/v1/prompts/render';

/** Every route. What follows a prefix is in braces. */
export const ROUTE_PATTERNS = [
  RENDER,
  '/v1/prompts/render/batch',
  '/v1/prompts/validate',
  '/v1/prompts/bundles',
  '/v1/prompts/bundles/{id}',
  '/v1/prompts/templates/{id}',
  '/v1/manifest',
  '/v1/artifacts/sha256/{hex}',
  '/v1/audit/{hash}',
  '/healthz',
  '/readyz',
  '/metrics',
  '/openapi.json',
  '/docs',
] as const;

export type RoutePattern = (typeof ROUTE_PATTERNS)[number] | 'other';

const EXACT: ReadonlyMap<string, RoutePattern> = new Map(ROUTE_PATTERNS.map((pattern) => [pattern, pattern]));
const PREFIXES = ROUTE_PATTERNS.filter((pattern) => pattern.includes('{')).map(
  (pattern) => [pattern.slice(0, pattern.indexOf('{')), pattern] as const,
);

/** @param url - a request's target, a path */
export function routePattern(url: string): RoutePattern {
  if (url === RENDER) return RENDER;
  const path = pathOf(url);
  return EXACT.get(path) ?? PREFIXES.find(([prefix]) => path.startsWith(prefix) && path.length > prefix.length)?.[1] ?? 'other';
}
