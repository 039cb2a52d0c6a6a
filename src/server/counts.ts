/**
 * What a server is doing and has done, in plain numbers: counting costs nanoseconds, and they become text when somebody
 * asks for it.
 *
 * What always holds: everything that is counted by a name is counted by one of a fixed set of names, so that no client can
 * make this grow.
 */
import type { ProblemDocument } from './problem.js';
import type { RoutePattern } from './route-pattern.js';

/** Why something was refused before any route was asked. */
export type Refusal =
  | 'overloaded'
  | 'too_many_connections'
  | 'accept_failed'
  | 'request_timeout'
  | 'answer_timeout'
  | 'header_too_large'
  | 'body_too_large'
  | 'bad_request';

/** The status, in counts and logs, of a request whose client went away before it was answered. */
export const CLIENT_GONE = 499;

export class Counts {
  connections = 0;
  /** Requests that are not answered yet, or whose answer is not through. */
  inFlight = 0;
  readonly renders = new Latencies();
  readonly renderErrors = new Map<ProblemDocument['code'], number>();
  /** By route, and by status. */
  readonly #requests = new Map<RoutePattern, Map<number, number>>();
  readonly refused = new Map<Refusal, number>();
  swaps = 0;
  buildFailures = 0;
  /** When the build that is served took its place, on `performance`'s clock. */
  swappedAt = performance.now();

  answered(route: RoutePattern, status: number): void {
    let byStatus = this.#requests.get(route);
    if (byStatus === undefined) this.#requests.set(route, (byStatus = new Map()));
    addTo(byStatus, status);
  }

  get requests(): ReadonlyMap<RoutePattern, ReadonlyMap<number, number>> {
    return this.#requests;
  }
}

/** Adds one to what is counted by a name. */
export function addTo<Name>(counts: Map<Name, number>, name: Name): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** The upper ends of the ranges in which latencies are counted, in milliseconds: most renders take a hundredth of one. */
export const LATENCY_BOUNDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000] as const;

export class Latencies {
  /** How many there were in each range; the last one has no end. */
  readonly counts = new Float64Array(LATENCY_BOUNDS.length + 1);
  readonly #sum = new Float64Array(1);

  add(milliseconds: number): void {
    let range = 0;
    while (range < LATENCY_BOUNDS.length && milliseconds > LATENCY_BOUNDS[range]!) range++;
    this.counts[range]!++;
    this.#sum[0]! += milliseconds;
  }

  /** Of all of them, in milliseconds. */
  get sum(): number {
    return this.#sum[0]!;
  }
}
