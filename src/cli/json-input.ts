/** JSON that a user hands to a command: a file, or standard input. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { SourceText } from '../base/span.js';
import { locateJsonError } from '../format/json-error.js';
import { type Terminal, UsageError } from './io.js';

/**
 * @param input - a file, or `-` for standard input
 * @param what - what it is, for messages, and what it looks like
 */
export async function readJson(terminal: Terminal, input: string, what: { name: string; example: string }): Promise<unknown> {
  const name = input === '-' ? 'standard input' : input;
  const bytes = input === '-' ? await terminal.readStdin() : await readInput(path.resolve(terminal.cwd, input), what.name);
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch {
    const { offset, message } = locateJsonError(text);
    const { line, column } = new SourceText(name, text).position(offset);
    throw new UsageError(`${name}:${line}:${column} is not JSON: ${message}. A ${what.name} looks like ${what.example}.`);
  }
}

/** A payload. */
export function readPayload(terminal: Terminal, input: string): Promise<unknown> {
  return readJson(terminal, input, { name: 'payload', example: '{"task": "…", "inputs": {…}}' });
}

async function readInput(file: string, what: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new UsageError(`The ${what} ${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`);
  }
}
