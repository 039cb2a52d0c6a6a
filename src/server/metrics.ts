/** Everything that is counted → metrics, named and explained. */
import { type EventLoopUtilization, type IntervalHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { ENGINE_VERSION } from '../base/version.js';
import type { Caches } from './caches.js';
import { type Counts, LATENCY_BOUNDS } from './counts.js';
import type { Builds } from './builds.js';
import { histogramSamples, type Metric, type Sample } from './exposition.js';
import { PROBLEM_CODES } from './problem.js';

export interface MetricSources {
  readonly counts: Counts;
  readonly caches: Caches;
  readonly builds: Builds;
  /** What the audit log says of itself. */
  readonly audit?: (() => AuditNumbers) | undefined;
}

/** Of an audit log, since it was opened. */
export interface AuditNumbers {
  readonly written: number;
  readonly dropped: number;
  readonly failures: number;
  readonly queued: number;
}

/** How fine the wait for the event loop is measured. */
const LAG_MILLISECONDS = 20;

export class Metrics {
  readonly #sources: MetricSources;
  readonly #lag: IntervalHistogram = monitorEventLoopDelay({ resolution: LAG_MILLISECONDS });
  #utilization: EventLoopUtilization = performance.eventLoopUtilization();

  constructor(sources: MetricSources) {
    this.#sources = sources;
    this.#lag.enable();
  }

  close(): void {
    this.#lag.disable();
  }

  collect(): Metric[] {
    const { audit } = this.#sources;
    return [...this.#requests(), ...this.#builds(), ...(audit === undefined ? [] : auditMetrics(audit())), ...this.#process()];
  }

  #requests(): Metric[] {
    const { counts, caches } = this.#sources;
    const { renders, renderErrors, requests, refused } = counts;
    return [
      {
        name: 'prompt_render_latency_seconds',
        type: 'histogram',
        help: 'From what a request asks for to the JSON of its answer, for each render that succeeded.',
        samples: histogramSamples(LATENCY_BOUNDS.map(seconds), renders.counts, seconds(renders.sum)),
      },
      counter('bundle_cache_hits_total', 'Renders that found their bundle ready.', caches.hits),
      counter('bundle_cache_misses_total', 'Renders that had to load their bundle.', caches.misses),
      {
        name: 'render_errors_total',
        type: 'counter',
        help: 'Renders that were answered with an error, by its code.',
        // All of them from the beginning: of a series that begins with 1, no increase is seen.
        samples: PROBLEM_CODES.map((code) => ({ labels: { code }, value: renderErrors.get(code) ?? 0 })),
      },
      {
        name: 'promptc_http_requests_total',
        type: 'counter',
        help: 'Requests, by route and status; 499 if the client went away first.',
        samples: [...requests].flatMap(([route, byStatus]) =>
          [...byStatus].map(([status, value]) => ({ labels: { route, status: String(status) }, value })),
        ),
      },
      gauge('promptc_http_requests_in_flight', 'Requests whose answer is not through.', counts.inFlight),
      gauge('promptc_http_connections', 'Open connections.', counts.connections),
      {
        name: 'promptc_refused_total',
        type: 'counter',
        help: 'Requests and connections that were refused before a route was asked, by reason.',
        samples: [...refused].map(([reason, value]) => ({ labels: { reason }, value })),
      },
    ];
  }

  #builds(): Metric[] {
    const { counts, builds } = this.#sources;
    const { served, state, lookedAt } = builds;
    const present: Sample[] =
      served === undefined
        ? []
        : [{ labels: { build: served.digest, commit: served.origin.commit ?? '', version: ENGINE_VERSION }, value: 1 }];
    return [
      { name: 'promptc_build_info', type: 'gauge', help: 'The build that is served, and the version of promptc.', samples: present },
      counter('promptc_build_swaps_total', 'Builds that took the place of another.', counts.swaps),
      counter('promptc_build_failures_total', 'Attempts to take a build that cannot be served.', counts.buildFailures),
      gauge('promptc_build_problem', '1 while the newest build cannot be served.', state.problem === undefined ? 0 : 1),
      gauge(
        'promptc_build_age_seconds',
        'Since the build that is served took its place.',
        served === undefined ? NaN : since(counts.swappedAt),
      ),
      gauge('promptc_build_last_look_age_seconds', 'Since the newest build was last found to be the one that is served.', since(lookedAt)),
    ];
  }

  #process(): Metric[] {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#utilization);
    this.#utilization = now;
    const [p50, p99, max] = [this.#lag.percentile(50), this.#lag.percentile(99), this.#lag.max].map((nanoseconds) =>
      this.#lag.count === 0 ? 0 : Math.max(0, nanoseconds / 1e9 - seconds(LAG_MILLISECONDS)),
    );
    this.#lag.reset();
    return [
      counter('process_cpu_seconds_total', 'CPU time, of the user and of the system.', (user + system) / 1e6),
      gauge('process_resident_memory_bytes', 'Resident memory.', rss),
      gauge('nodejs_heap_size_used_bytes', 'Heap that is in use.', heapUsed),
      gauge('nodejs_heap_size_total_bytes', 'Heap.', heapTotal),
      gauge('nodejs_external_memory_bytes', 'Memory outside of the heap that objects hold.', external),
      gauge('nodejs_eventloop_lag_p50_seconds', 'How long the event loop kept timers waiting since the last scrape: half of them.', p50!),
      gauge('nodejs_eventloop_lag_p99_seconds', 'The same, the 99th percentile.', p99!),
      gauge('nodejs_eventloop_lag_max_seconds', 'The same, the longest.', max!),
      gauge('nodejs_eventloop_utilization', 'How much of the time since the last scrape the event loop was busy, 0 to 1.', utilization),
      gauge('process_uptime_seconds', 'Since the process started.', process.uptime()),
    ];
  }
}

function auditMetrics({ written, dropped, failures, queued }: AuditNumbers): Metric[] {
  return [
    counter('promptc_audit_records_total', 'Audit records that are stored.', written),
    counter('promptc_audit_dropped_total', 'Renders that were not recorded.', dropped),
    counter('promptc_audit_failures_total', 'Attempts to store audit records that failed, and were made again.', failures),
    gauge('promptc_audit_queued', 'Audit records on their way.', queued),
  ];
}

function counter(name: string, help: string, value: number): Metric {
  return { name, type: 'counter', help, samples: [{ value }] };
}

function gauge(name: string, help: string, value: number): Metric {
  return { name, type: 'gauge', help, samples: [{ value }] };
}

/** Since a time on `performance`'s clock, in seconds. */
function since(time: number): number {
  return seconds(performance.now() - time);
}

function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}
