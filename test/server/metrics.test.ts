/** What is counted, and how it is told. Line 41 of the list of bad inputs. */
import { once } from 'node:events';
import { cp, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Counts, Latencies, LATENCY_BOUNDS } from '../../src/server/counts.js';
import { exposition, histogramSamples } from '../../src/server/exposition.js';
import { OPERATIONS } from '../../src/server/openapi/operations.js';
import { ROUTE_PATTERNS, routePattern } from '../../src/server/route-pattern.js';
import {
  buildInto,
  call,
  connection,
  received,
  render,
  RENDER,
  SMALL,
  startServer,
  startServerForTest,
  type TestServer,
} from './test-server.js';
import { series } from './series.js';

const HELLO = { bundle_id: 'team/hello', inputs: { name: 'Ada' } };

async function metricsOf(server: TestServer): Promise<Map<string, number>> {
  const { status, text } = await call(server, '/metrics');
  expect(status).toBe(200);
  return series(text);
}

describe('what is counted', () => {
  let server: TestServer;
  let metrics: Map<string, number>;
  beforeAll(async () => {
    server = await startServer(SMALL);
    for (let i = 0; i < 5; i++) await render(server, HELLO);
    await render(server, { ...HELLO, stress: 7 });
    await render(server, { bundle_id: 'none' });
    await render(server, 'no JSON');
    await call(server, '/v1/prompts/bundles/any');
    await call(server, '/v1/prompts/bundles/none');
    await call(server, '/nowhere');
    const garbage = connect(server.address.port, server.address.address).end('garbage\r\n\r\n').resume();
    await once(garbage, 'close');
    metrics = await metricsOf(server);
  });
  afterAll(() => server.close());

  it('renders, by how long they took', () => {
    expect(metrics.get('prompt_render_latency_seconds_count')).toBe(5);
    expect(metrics.get('prompt_render_latency_seconds_bucket{le="+Inf"}')).toBe(5);
    const sum = metrics.get('prompt_render_latency_seconds_sum')!;
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThan(5);
    const buckets = LATENCY_BOUNDS.map((bound) => metrics.get(`prompt_render_latency_seconds_bucket{le="${bound / 1000}"}`)!);
    expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
  });

  it('whether their bundle was ready', () => {
    // The one whose payload was wrong asked for it as well.
    expect([metrics.get('bundle_cache_hits_total'), metrics.get('bundle_cache_misses_total')]).toEqual([5, 1]);
  });

  it('their errors, with a series for each code from the beginning', () => {
    const count = (code: string): number | undefined => metrics.get(`render_errors_total{code="${code}"}`);
    expect(['payload_invalid', 'bundle_not_found', 'malformed_json', 'internal', 'overloaded'].map(count)).toEqual([1, 1, 1, 0, 0]);
  });

  it('requests, by route and status', () => {
    const count = (route: string, status: number): number | undefined =>
      metrics.get(`promptc_http_requests_total{route="${route}",status="${status}"}`);
    expect([count(RENDER, 200), count(RENDER, 400), count(RENDER, 404)]).toEqual([5, 2, 1]);
    expect([count('/v1/prompts/bundles/{id}', 200), count('/v1/prompts/bundles/{id}', 404), count('other', 404)]).toEqual([1, 1, 1]);
    // The one that asks is in flight itself.
    expect(metrics.get('promptc_http_requests_in_flight')).toBe(1);
    expect(metrics.get('promptc_refused_total{reason="bad_request"}')).toBe(1);
  });

  it('builds', () => {
    expect(metrics.get(`promptc_build_info{build="${server.build.manifestDigest}",commit="",version="0.1.0"}`)).toBe(1);
    expect(['swaps_total', 'failures_total', 'problem'].map((name) => metrics.get(`promptc_build_${name}`))).toEqual([0, 0, 0]);
    expect(metrics.get('promptc_build_age_seconds')).toBeGreaterThan(0);
    expect(metrics.get('promptc_build_last_look_age_seconds')).toBeLessThan(60);
  });

  it('the process', () => {
    expect(metrics.get('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(metrics.get('process_resident_memory_bytes')).toBeGreaterThan(2 ** 20);
    expect(metrics.get('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThanOrEqual(0);
    expect(metrics.get('nodejs_eventloop_utilization')).toBeLessThanOrEqual(1);
  });
});

it('a swap leaves the series of one build, and a build that cannot be served is a problem', async () => {
  const server = await startServerForTest(SMALL, { pollMilliseconds: 20 });
  const other = await buildInto({ ...SMALL, 'prompts/bundles/more.md': SMALL['prompts/bundles/any.md']!.replace('any', 'more') });
  await cp(other.dir, server.dir, { recursive: true });
  await expect.poll(async () => (await metricsOf(server)).get('promptc_build_swaps_total'), { timeout: 10_000 }).toBe(1);
  const after = await metricsOf(server);
  expect([...after.keys()].filter((name) => name.startsWith('promptc_build_info'))).toEqual([
    `promptc_build_info{build="${other.build.manifestDigest}",commit="",version="0.1.0"}`,
  ]);
  await writeFile(`${server.dir}/manifest.json`, '{}');
  await expect.poll(async () => (await metricsOf(server)).get('promptc_build_problem'), { timeout: 10_000 }).toBe(1);
  expect((await metricsOf(server)).get('promptc_build_failures_total')).toBeGreaterThan(0);
  expect(server.log.map(({ level, message }) => [level, message])).toEqual([
    ['info', expect.stringMatching(/^Serving the build sha256:\w{64}, checked in \d+ ms\.$/)],
    ...server.log.slice(1).map(() => ['warn', expect.stringMatching(/^The new build cannot be served: .* Looked at again in \d+ s\.$/)]),
  ]);
});

describe('41: unknown names add no series', () => {
  it('4,000 bundles, paths, queries and request ids, asked for', async () => {
    const server = await startServerForTest(SMALL);
    const ask = async (from: number, to: number): Promise<string> => {
      const socket = await connection(server);
      const answers = received(socket);
      for (let i = from; i < to; i++) {
        const body = `{"bundle_id":"unknown/${i}","semver":"${i}.0.0"}`;
        // Express is slow: most of them go to the render route.
        const line = i % 20 === 0 ? `GET /v1/prompts/bundles/unknown-${i}` : i % 20 === 1 ? `GET /unknown-${i}?q=${i}` : `POST ${RENDER}`;
        const headers = `Host: localhost\r\nX-Request-Id: ${i}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
        if (!socket.write(`${line} HTTP/1.1\r\n${headers}\r\n\r\n${body}`)) await once(socket, 'drain');
      }
      socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
      return answers;
    };
    await ask(0, 20);
    // The first of its kind itself.
    await metricsOf(server);
    const before = await metricsOf(server);
    expect((await ask(20, 4000)).match(/HTTP\/1\.1 (?:404|503) /g)).toHaveLength(3980);
    const after = await metricsOf(server);
    // Those that were too many at once were refused.
    expect([...after.keys()].filter((name) => !before.has(name) && !/status="503"|reason="overloaded"/.test(name))).toEqual([]);
    expect(after.get('render_errors_total{code="bundle_not_found"}')).toBeGreaterThan(1000);
  });

  it('100,000 paths, counted', () => {
    const counts = new Counts();
    for (let i = 0; i < 100_000; i++) {
      for (const target of [`/v1/prompts/bundles/${i}`, `/v1/audit/${i}`, `/${i}`, `${RENDER}?${i}`])
        counts.answered(routePattern(target), 404);
    }
    expect([...counts.requests.values()].map((byStatus) => [...byStatus])).toEqual(Array.from({ length: 4 }, () => [[404, 100_000]]));
  });
});

it('can be turned off', async () => {
  const server = await startServerForTest(SMALL, { metrics: false });
  // The document of the API has it.
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
});

it('tells of an audit log, if there is one', async () => {
  const server = await startServerForTest(SMALL, {
    audit: { counts: { written: 7, dropped: 2, failures: 1, queued: 3 }, record: () => undefined, close: () => Promise.resolve() },
  });
  const metrics = await metricsOf(server);
  expect(['records_total', 'dropped_total', 'failures_total', 'queued'].map((name) => metrics.get(`promptc_audit_${name}`))).toEqual([
    7, 2, 1, 3,
  ]);
});

describe('the text', () => {
  it('escapes labels and help, and names what is no number', () => {
    const text = exposition([
      {
        name: 'a_b',
        type: 'gauge',
        help: 'One\\\nline.',
        samples: [
          { labels: { x: 'a"b\\c\nd', y: '' }, value: NaN },
          { suffix: '_sum', value: Infinity },
          { labels: { x: '-' }, value: -Infinity },
          { labels: {}, value: 1e21 },
        ],
      },
    ]);
    expect(text).toBe(
      '# HELP a_b One\\\\\\nline.\n# TYPE a_b gauge\na_b{x="a\\"b\\\\c\\nd",y=""} NaN\na_b_sum +Inf\na_b{x="-"} -Inf\na_b 1e+21\n',
    );
    expect([...series(text).values()]).toEqual([NaN, Infinity, -Infinity, 1e21]);
  });

  it('of a histogram adds up what is below each bound', () => {
    const latencies = new Latencies();
    for (const milliseconds of [0, 0.01, 0.011, 999, 1000, 1000.1, 1e9]) latencies.add(milliseconds);
    const samples = histogramSamples(LATENCY_BOUNDS, latencies.counts, latencies.sum);
    expect(samples.slice(0, 2).map(({ value }) => value)).toEqual([2, 3]);
    expect(samples.slice(-4)).toEqual([
      { suffix: '_bucket', labels: { le: '1000' }, value: 5 },
      { suffix: '_bucket', labels: { le: '+Inf' }, value: 7 },
      { suffix: '_sum', value: 1e9 + 2999.121 },
      { suffix: '_count', value: 7 },
    ]);
  });
});

describe('routes', () => {
  it.each<[target: string, pattern: string]>([
    ...ROUTE_PATTERNS.map((pattern) => [pattern.replace(/\{.*\}/, 'x/y'), pattern] as [string, string]),
    [`${RENDER}?x`, RENDER],
    ['/v1/prompts/bundles?limit=1', '/v1/prompts/bundles'],
    ['/v1/prompts/bundles/', 'other'],
    ['/v1/prompts/renders', 'other'],
    ['/HEALTHZ', 'other'],
    ['*', 'other'],
    ['', 'other'],
    ['http://localhost/healthz', 'other'],
    ['/constructor', 'other'],
  ])('%s is %s', (target, pattern) => {
    expect(routePattern(target)).toBe(pattern);
  });

  it('each that is answered has its own pattern', () => {
    const patterns: readonly string[] = ROUTE_PATTERNS;
    expect(OPERATIONS.length).toBeGreaterThan(10);
    expect(OPERATIONS.map(({ path }) => path).filter((path) => !patterns.includes(path))).toEqual([]);
  });
});
