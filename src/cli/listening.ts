import { UsageError } from './io.js';

/** What to do about a server that cannot listen. */
export function explainListening(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new UsageError(`Port ${port} on ${host} is taken. Stop what uses it, or choose another with --port.`);
  if (error.code === 'EACCES')
    return new UsageError(`Port ${port} needs rights that this process does not have. Choose one above 1023 with --port.`);
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') return new UsageError(`This machine has no address ${host}.`);
  return error;
}
