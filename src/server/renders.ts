/** One render, as a request asks for it. */
import type { AuditSink } from '../audit/sink.js';
import type { Json } from '../base/json.js';
import { admitTo } from './admit.js';
import { addTo, type Counts } from './counts.js';
import type { Exchange } from './exchange.js';
import { problemOf } from './problem.js';
import { buildOf } from './route.js';
import type { Chosen } from './served-build.js';
import { readRenderRequest } from './read-request.js';

export interface RendersOptions {
  readonly counts: Counts;
  /** Is told of each render; absent if nobody is. */
  readonly audit?: AuditSink | undefined;
}

/** A render that succeeded. */
export interface Rendered {
  /** The JSON of a RenderResult. */
  readonly text: string;
  /** Why the version is not to be used any more, if it is yanked: whoever names it still gets it. */
  readonly yanked: string | undefined;
}

/** Every render that the server does comes by here, asked for alone or with others. */
export class Renders {
  readonly #counts: Counts;
  readonly #audit: AuditSink | undefined;

  constructor({ counts, audit }: RendersOptions) {
    this.#counts = counts;
    this.#audit = audit;
  }

  /**
   * What one request of an exchange asks for, rendered from its build; at once, if the bundle was asked for before.
   *
   * @throws PromptcError, HttpError
   */
  one(exchange: Exchange, request: Json): Rendered | Promise<Rendered> {
    const started = performance.now();
    try {
      const { bundleId, version, payload } = readRenderRequest(request);
      admitTo(exchange, bundleId);
      const found = buildOf(exchange).choose(bundleId, version);
      if (!(found instanceof Promise)) return this.#render(exchange, found, payload, started);
      return found.then((chosen) => this.#render(exchange, chosen, payload, started)).catch((error: unknown) => this.failed(error));
    } catch (error) {
      return this.failed(error);
    }
  }

  /** Counts what a render failed by, and throws it. */
  failed(error: unknown): never {
    addTo(this.#counts.renderErrors, problemOf(error).code);
    throw error;
  }

  #render(exchange: Exchange, { ready, yanked }: Chosen, sent: Json, started: number): Rendered {
    const { result, payload } = ready.linked.render(sent);
    const text = ready.answer(result);
    const latencyMs = performance.now() - started;
    this.#counts.renders.add(latencyMs);
    if (this.#audit !== undefined) {
      const { digest, origin } = buildOf(exchange);
      const { caller } = exchange;
      const from = { build: digest, ...(origin.commit !== null && { commit: origin.commit }), ...(caller !== null && { caller }) };
      this.#audit.record({ result, payload, latencyMs, ...from });
    }
    return { text, yanked };
  }
}
