/** Loopback: addresses that only this machine reaches, and the names that mean them. */

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
