import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { EventStreams, type EventStreamsOptions } from '../../src/server/event-streams.js';
import { HandedBuilds } from '../../src/server/handed-builds.js';
import { type RunningServer, serve } from '../../src/server/serve.js';
import type { ServerLimits } from '../../src/server/limits.js';
import { connection } from '../server/test-server.js';
import { projectFolder, SMALL_PROJECT } from '../support/project.js';
import { develop } from './developing.js';
import { DEADLINE } from './watching.js';

const GREET = 'prompts/templates/greet.md';

interface Event {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly [key: string]: unknown };
}

interface Listener {
  readonly socket: Socket;
  /** Everything that came. */
  readonly text: () => string;
  readonly events: () => Event[];
  readonly isOver: () => boolean;
}

/** A client of the stream at a path, as a browser is. */
async function listen(server: Pick<RunningServer, 'address'>, path = '/dev/events', headers = ''): Promise<Listener> {
  const socket = await connection(server);
  let [text, isOver] = ['', false];
  socket.setEncoding('utf8').on('data', (part: string) => (text += part));
  socket.on('close', () => (isOver = true)).on('error', () => undefined);
  socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n`);
  return { socket, text: () => text, events: () => eventsOf(text), isOver: () => isOver };
}

function eventsOf(text: string): Event[] {
  return [...text.matchAll(/^id: (.+)\nevent: (.+)\ndata: (.+)\n\n/gm)].map(([, id, event, data]) => ({
    id: id!,
    event: event!,
    data: JSON.parse(data!) as Event['data'],
  }));
}

function addressOf(url: string): Pick<RunningServer, 'address'> {
  return { address: { address: '127.0.0.1', family: 'IPv4', port: Number(new URL(url).port) } };
}

describe('GET /dev/events', () => {
  it('tells every client of each build, what changed in it, and what is wrong', async () => {
    const { url, edit, says } = await develop(await projectFolder(SMALL_PROJECT));
    const [one, other] = [await listen(addressOf(url)), await listen(addressOf(url))];
    await vi.waitFor(() => expect(one.events()).toHaveLength(1), DEADLINE);
    expect(one.text()).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-type: text\/event-stream\r\ncache-control: no-store\r\n/);
    expect(one.text()).toContain('\r\nretry: 1000\n\n');
    edit(GREET, 'Hello', 'Howdy');
    await says(/greet\.md → 1 template/);
    edit(GREET, '{{name}}', '{{nmae}}');
    await says(/greet\.md → 1 error/);
    await vi.waitFor(() => expect([one.events().length, other.events().length]).toEqual([3, 3]), DEADLINE);
    const [first, second, third] = one.events();
    expect(other.events()).toEqual(one.events());
    expect(new Set(one.events().map(({ id }) => id)).size).toBe(3);
    expect(first).toMatchObject({ event: 'build', data: { files: null, changed: { templates: [], bundles: [] }, diagnostics: [] } });
    const { build } = (await (await fetch(`${url}/readyz`)).json()) as { build: string };
    expect(second).toMatchObject({
      event: 'build',
      data: { build, files: [GREET], changed: { templates: ['greet@1.0.0'], bundles: ['hello@1.0.0'] }, diagnostics: [], omitted: 0 },
    });
    expect(third).toMatchObject({
      event: 'broken',
      data: {
        build,
        files: [GREET],
        diagnostics: [
          {
            code: 'check/unknown-name',
            severity: 'error',
            file: GREET,
            line: 10,
            column: 9,
            endLine: 10,
            endColumn: 13,
            hint: 'Did you mean "name"?',
          },
        ],
        omitted: 0,
      },
    });
  });

  it('begins with what was told last, unless the client knows that', async () => {
    const { url, edit, says } = await develop(await projectFolder(SMALL_PROJECT));
    edit(GREET, 'Hello', 'Howdy');
    await says(/greet\.md → 1 template/);
    const late = await listen(addressOf(url));
    await vi.waitFor(() => expect(late.events()).toMatchObject([{ data: { files: [GREET] } }]), DEADLINE);
    const knowing = await listen(addressOf(url), '/dev/events', `last-event-id: ${late.events()[0]!.id}\r\n`);
    edit(GREET, 'Howdy', 'Hello');
    await vi.waitFor(() => expect(knowing.events()).toHaveLength(1), DEADLINE);
    expect(knowing.events()).toEqual(late.events().slice(1));
  });

  it('is for pages of this server and for programs, and for no other page', async () => {
    const { url } = await develop(await projectFolder(SMALL_PROJECT));
    const status = async (headers: string, path = '/dev/events'): Promise<string> => {
      const { text } = await listen(addressOf(url), path, headers);
      return vi.waitFor(() => /^HTTP\/1\.1 (\d{3}) [^]*\r\n\r\n/.exec(text())![1]!, DEADLINE);
    };
    expect(await status('')).toBe('200');
    expect(await status('origin: http://localhost\r\nsec-fetch-site: same-origin\r\n', '/dev/events?x')).toBe('200');
    expect(await status('origin: http://evil.example\r\n')).toBe('403');
    expect(await status('origin: http://localhost:5173\r\n')).toBe('403');
    expect(await status('origin: null\r\n')).toBe('403');
    expect(await status('sec-fetch-site: cross-site\r\n')).toBe('403');
    const rebound = await fetch(`${url}/dev/events`, { method: 'POST' });
    expect([rebound.status, rebound.headers.get('allow')]).toEqual([405, 'GET']);
  });

  it('holds up no end, whoever listens', async () => {
    const { url, stop } = await develop(await projectFolder(SMALL_PROJECT));
    const listeners = await Promise.all(Array.from({ length: 5 }, () => listen(addressOf(url))));
    await vi.waitFor(() => expect(listeners.every(({ events }) => events().length === 1)).toBe(true), DEADLINE);
    const began = performance.now();
    expect((await stop()).code).toBe(0);
    expect(performance.now() - began).toBeLessThan(3000);
    await vi.waitFor(() => expect(listeners.every(({ isOver }) => isOver())).toBe(true), DEADLINE);
    // Each ended as an answer does, and was not cut off.
    for (const { text } of listeners) expect(text()).toMatch(/\r\n0\r\n\r\n$/);
  });
});

describe('a server of events', () => {
  async function start(
    options: EventStreamsOptions = {},
    limits: Partial<ServerLimits> = {},
  ): Promise<{ server: RunningServer; events: EventStreams }> {
    const events = new EventStreams(options);
    const server = await serve({
      ...{ host: '127.0.0.1', port: 0, limits },
      feed: (tools) => new HandedBuilds(tools),
      streams: { path: '/events', events },
    });
    onTestFinished(() => server.close());
    return { server, events };
  }

  async function listening(events: EventStreams, number: number): Promise<void> {
    await vi.waitFor(() => expect(events.size).toBe(number), DEADLINE);
  }

  it('drops a client that takes nothing, and goes on with the others', async () => {
    const { server, events } = await start();
    const [stalled, other] = [await listen(server, '/events'), await listen(server, '/events')];
    await listening(events, 2);
    stalled.socket.pause();
    let sent = 0;
    const text = 'x'.repeat(64 * 1024);
    // More than the system holds for a socket; each time after the other client has taken the one before.
    while (events.size === 2 && sent < 1000) {
      events.send({ id: String(++sent), event: 'build', data: { text } });
      await vi.waitFor(() => expect(other.text().endsWith('\n\n\r\n')).toBe(true), DEADLINE);
      await turn();
    }
    expect(events.size).toBe(1);
    expect(sent).toBeGreaterThan(10);
    events.send({ id: 'last', event: 'build', data: {} });
    await vi.waitFor(() => expect(other.events().at(-1)!.id).toBe('last'), DEADLINE);
    expect(other.events()).toHaveLength(sent + 1);
  });

  it('ends while a client takes nothing', async () => {
    const { server, events } = await start({ heldBytes: 64 * 1024 * 1024 });
    const stalled = await listen(server, '/events');
    await listening(events, 1);
    stalled.socket.pause();
    for (let i = 0; i < 20; i++) events.send({ id: String(i), event: 'build', data: { text: 'x'.repeat(1024 * 1024) } });
    const began = performance.now();
    await server.close();
    expect(performance.now() - began).toBeLessThan(3000);
  });

  it('drops who takes nothing from one ping to the next, and pings the others', async () => {
    const { server, events } = await start({ heldBytes: 64 * 1024 * 1024, pingMilliseconds: 1000 });
    const [stalled, other] = [await listen(server, '/events'), await listen(server, '/events')];
    await listening(events, 2);
    stalled.socket.pause();
    for (let i = 0; i < 20; i++) {
      events.send({ id: `id-${i}`, event: 'build', data: { text: 'x'.repeat(1024 * 1024) } });
      await vi.waitFor(() => expect(other.text().endsWith('\n\n\r\n')).toBe(true), DEADLINE);
    }
    await listening(events, 1);
    await vi.waitFor(() => expect(other.text().match(/\n:\n\n/g)!.length).toBeGreaterThan(1), DEADLINE);
    expect(other.isOver()).toBe(false);
  });

  it('goes on for longer than an answer may take', async () => {
    const { server, events } = await start({ pingMilliseconds: 100 }, { answerMilliseconds: 200, stallMilliseconds: 400 });
    const listener = await listen(server, '/events');
    await vi.waitFor(() => expect((listener.text().match(/\n:\n\n/g) ?? []).length).toBeGreaterThan(12), DEADLINE);
    expect([events.size, listener.isOver()]).toEqual([1, false]);
  });

  it('has only so many clients, and room again when one has gone', async () => {
    const { server, events } = await start({ most: 2 });
    const first = await listen(server, '/events');
    await listen(server, '/events');
    await listening(events, 2);
    const third = await listen(server, '/events');
    await vi.waitFor(() => expect(third.text()).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 1/i), DEADLINE);
    first.socket.destroy();
    await listening(events, 1);
    const fourth = await listen(server, '/events');
    await listening(events, 2);
    expect(fourth.isOver()).toBe(false);
  });

  it('is no route where there are no streams', async () => {
    const server = await serve({ host: '127.0.0.1', port: 0, feed: (tools) => new HandedBuilds(tools) });
    onTestFinished(() => server.close());
    expect((await fetch(`${server.url}/dev/events`)).status).toBe(404);
  });
});
