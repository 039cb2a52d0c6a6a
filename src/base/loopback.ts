import { isIPv4 } from 'node:net';

/**
 * Whether the host of an address is this machine: what goes there passes no network.
 *
 * @param hostname - as `URL` has it. Names below `localhost` are not among them: a resolver may send these elsewhere.
 */
export function isLoopbackName(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));
}
