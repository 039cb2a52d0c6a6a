/** Addresses: where a server is bound, and whether only this machine reaches it. */
import { type AddressInfo, isIP } from 'node:net';

/**
 * The address that a name stands for.
 *
 * @throws what Node throws for a name that it does not find, code `ENOTFOUND`
 */
export async function addressOf(host: string): Promise<string> {
  // Node takes an empty host for every address of the machine, which nobody who left it empty has asked for.
  if (host === '') throw Object.assign(new Error('An empty host is no address.'), { code: 'ENOTFOUND' });
  if (isIP(host) !== 0) return host;
  const { lookup } = await import('node:dns/promises');
  return (await lookup(host)).address;
}

/** Where a client on this machine reaches a server. */
export function urlOf({ address, family, port }: AddressInfo): string {
  const reached = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return `http://${family === 'IPv6' ? `[${reached}]` : reached}:${port}`;
}

const LOOPBACK_ADDRESS = /^(?:::ffff:)?127\.|^::1$/;
const LOOPBACK_HOST = /^(?:(?:[a-z0-9-]+\.)*localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]*)?$/i;

/** @param address - of a socket, as Node prints it */
export function isLoopbackAddress(address: string): boolean {
  return LOOPBACK_ADDRESS.test(address);
}

/** @param host - a `Host` header: a name or an address, with or without a port */
export function isLoopbackHost(host: string): boolean {
  return LOOPBACK_HOST.test(host);
}
