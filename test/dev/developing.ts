/** `promptc dev` in this process, as long as a test needs it. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { dev, type DevOptions } from '../../src/cli/dev.js';
import { type Outcome, runOn, type TerminalOptions } from '../support/terminal.js';
import { DEADLINE } from './watching.js';

export interface Developing {
  readonly url: string;
  /** What it has said on stderr so far. */
  readonly said: () => string;
  readonly printed: () => string;
  /** Settles when it says something that it had not said when it was asked for, or last waited for. */
  readonly says: (pattern: RegExp) => Promise<string>;
  /** Changes a file, as an editor that writes it in place. */
  readonly edit: (file: string, from: string | RegExp, to: string) => void;
  /** As if it got a signal; settles when it has ended. */
  readonly stop: () => Promise<Outcome>;
}

/** Starts it, and settles when it has compiled once and follows the files. */
export async function develop(root: string, options: Partial<DevOptions> = {}, terminal: TerminalOptions = {}): Promise<Developing> {
  let [said, printed, heard] = ['', '', 0];
  let stopNow = (): void => {};
  const stopped = new Promise<void>((resolve) => (stopNow = resolve));
  let url = '';
  let ended!: Promise<Outcome>;
  await new Promise<void>((resolve, reject) => {
    const observed = {
      ...terminal,
      stop: stopped,
      onErr: (text: string) => void (said = text),
      onOut: (text: string) => void (printed = text),
    };
    ended = runOn(root, observed, (one) =>
      dev(one, {
        ...{ root: '.', out: 'dist', host: '127.0.0.1', port: 0 },
        onListening: (address) => (url = address),
        onFollowing: resolve,
        ...options,
      }),
    );
    ended.then(() => reject(new Error(said)), reject);
  });
  const stop = (): Promise<Outcome> => {
    stopNow();
    return ended;
  };
  onTestFinished(async () => void (await stop()));
  const says = async (pattern: RegExp): Promise<string> =>
    vi.waitFor(() => {
      const found = pattern.exec(said.slice(heard));
      if (found === null) throw new Error(`It has not said ${pattern}, but:\n${said.slice(heard)}`);
      heard += found.index + found[0].length;
      return found[0];
    }, DEADLINE);
  await says(/ in \d+ ms.*\n|Tried again.*\n/);
  return {
    url,
    said: () => said,
    printed: () => printed,
    says,
    edit(file, from, to) {
      const before = readFileSync(path.join(root, file), 'utf8');
      const after = before.replace(from, () => to);
      if (after === before) throw new Error(`${file} does not hold ${String(from)}`);
      writeFileSync(path.join(root, file), after);
    },
    stop,
  };
}

/** What the server renders. */
export async function rendered(url: string, bundle: string, payload: object): Promise<string> {
  const answer = await fetch(`${url}/v1/prompts/render`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ bundle_id: bundle, ...payload }),
  });
  const text = await answer.text();
  return answer.ok ? (JSON.parse(text) as { rendered_prompt: string }).rendered_prompt : `${answer.status} ${text}`;
}
