import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomBytes } from 'node:crypto';
import type { Admission } from '../access/access.js';
import type { ServedBuild } from './served-build.js';

/** A request and its answer, with what is known of both before a route is looked for. */
export class Exchange {
  /** Who asks: the id of a key; `null` without one. */
  caller: string | null = null;
  /** What the caller may see; nothing is held back where nobody is asked for a key. */
  admission: Admission = ANYBODY;
  /** Headers that a route gives its answer, names and values in turn. */
  readonly headers: string[] = [];
  /** On `performance`'s clock, which nobody sets. */
  readonly started = performance.now();
  readonly id: string;

  constructor(
    readonly req: IncomingMessage,
    readonly res: ServerResponse,
    /** The build that the whole answer comes from, whatever is put in its place meanwhile; `undefined` before the first. */
    readonly build: ServedBuild | undefined,
  ) {
    const given = req.headers['x-request-id'];
    this.id = typeof given === 'string' && GIVEN_ID.test(given) ? given : nextId();
  }
}

const ANYBODY: Admission = { allowed: true, caller: undefined, prefix: undefined };

/** What somebody else calls a request, if it can stand in a header and in a log as it is. */
const GIVEN_ID = /^[\w.:/+=-]{1,128}$/;

const PROCESS = randomBytes(6).toString('base64url');
let requests = 0;

/** Another one for each request of each process. */
function nextId(): string {
  return `${PROCESS}-${(requests++).toString(36)}`;
}
