/** `promptc serve` in this process, as long as a test needs it. */
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { serve, type ServeOptions } from '../../src/cli/serve.js';
import { type Outcome, runOn } from './terminal.js';

export interface Serving {
  readonly address: AddressInfo;
  /** What it has said so far. */
  readonly said: () => string;
  /** As if it got a signal; settles when it has ended. */
  stop(): Promise<Outcome>;
}

/** Starts it, and settles when it answers; throws what it says if it does not start. Whoever starts it in a test need not stop it. */
export async function startServing(cwd: string, options: Partial<ServeOptions> = {}): Promise<Serving> {
  let said = '';
  let stopNow = (): void => {};
  const stopped = new Promise<void>((resolve) => (stopNow = resolve));
  const onErr = (text: string): void => void (said = text);
  let ended!: Promise<Outcome>;
  const url = await new Promise<string>((resolve, reject) => {
    ended = runOn(cwd, { stop: stopped, onErr }, (terminal) =>
      serve(terminal, { host: '127.0.0.1', port: 0, onListening: resolve, ...options }),
    );
    ended.then(() => reject(new Error(said)), reject);
  });
  const stop = (): Promise<Outcome> => {
    stopNow();
    return ended;
  };
  onTestFinished(async () => void (await stop()));
  const address = { address: '127.0.0.1', family: 'IPv4', port: Number(new URL(url).port) };
  return { address, said: () => said, stop };
}
