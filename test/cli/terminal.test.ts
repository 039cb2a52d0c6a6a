import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { processTerminal } from '../../src/cli/io.js';
import { ENGINE_VERSION } from '../../src/base/version.js';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('the terminal of the process', () => {
  it('writes results to stdout and talk to stderr', () => {
    const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const terminal = processTerminal();
    terminal.out('result');
    terminal.err('talk');
    expect(out.mock.calls).toEqual([['result']]);
    expect(err.mock.calls).toEqual([['talk']]);
    expect(terminal.cwd).toBe(process.cwd());
    expect(terminal.env).toBe(process.env);
  });

  it.each([
    [true, undefined, undefined, 'xterm', true],
    [true, '', '', 'xterm', true],
    [true, '1', undefined, 'xterm', false],
    [true, '1', '1', 'xterm', false],
    [true, undefined, '0', 'xterm', false],
    [true, undefined, 'false', 'xterm', false],
    [true, undefined, undefined, 'dumb', false],
    [true, undefined, '1', 'dumb', true],
    [false, undefined, undefined, 'xterm', false],
    [false, undefined, '', 'xterm', false],
    [false, undefined, '1', 'xterm', true],
    [false, '1', '1', 'xterm', false],
  ])('isTTY %j, NO_COLOR %j, FORCE_COLOR %j, TERM %j: colour %j', (isTTY, noColour, forceColour, term, colour) => {
    const before = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY');
    Object.defineProperty(process.stderr, 'isTTY', { value: isTTY, configurable: true });
    vi.stubEnv('NO_COLOR', noColour);
    vi.stubEnv('FORCE_COLOR', forceColour);
    vi.stubEnv('TERM', term);
    expect(processTerminal().colour).toBe(colour);
    if (before === undefined) Reflect.deleteProperty(process.stderr, 'isTTY');
    else Object.defineProperty(process.stderr, 'isTTY', before);
  });

  it('reads all of stdin', async () => {
    const stdin = new PassThrough();
    vi.spyOn(process, 'stdin', 'get').mockReturnValue(stdin as unknown as typeof process.stdin);
    stdin.write('{"a"');
    stdin.end(': 1}');
    expect(new TextDecoder().decode(await processTerminal().readStdin())).toBe('{"a": 1}');
  });

  it('hears a signal to stop', async () => {
    const stopped = processTerminal().untilStopped();
    process.emit('SIGTERM');
    await expect(stopped).resolves.toBeUndefined();
    process.removeAllListeners('SIGINT');
  });

  it('is what the program runs on', async () => {
    const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const { argv, exitCode } = process;
    process.argv = ['node', 'promptc', '--version'];
    await import('../../src/cli/main.js');
    process.argv = argv;
    expect(process.exitCode).toBe(0);
    process.exitCode = exitCode;
    expect(out.mock.calls).toEqual([[`${ENGINE_VERSION}\n`]]);
  });
});
