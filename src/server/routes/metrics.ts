/** `GET /metrics`, for Prometheus. */
import { sendText } from '../answer.js';
import { exposition, EXPOSITION_TYPE } from '../exposition.js';
import type { Metrics } from '../metrics.js';
import { readQuery } from '../query.js';
import type { Route } from '../route.js';

export const METRICS_PATH = '/metrics';

export function metricsRoute(metrics: Metrics): Route {
  return (exchange) => {
    readQuery(exchange.req.url!, {});
    sendText(exchange, EXPOSITION_TYPE, exposition(metrics.collect()));
  };
}
