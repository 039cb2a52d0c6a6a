/**
 * Answers that become ready in one turn of the event loop go out together, at its end.
 *
 * A write to a client that sleeps wakes it, and on one machine (a proxy in front, another container) the writer pays for
 * that: more than for the write itself. Of thirty answers in a row only the first finds its client asleep.
 */
import type { ServerResponse } from 'node:http';

interface Ending {
  readonly res: ServerResponse;
  readonly body: string | Uint8Array | undefined;
}

/** With more than these there is little left to gain, and some have waited long enough. */
const MOST = 64;

let endings: Ending[] = [];

/** Sends an answer whose head is written, and ends it. */
export function endSoon(res: ServerResponse, body?: string | Uint8Array): void {
  const count = endings.push({ res, body });
  if (count === 1) setImmediate(endAll);
  else if (count === MOST) endAll();
}

function endAll(): void {
  const ready = endings;
  endings = [];
  for (const { res, body } of ready) res.end(body);
}
