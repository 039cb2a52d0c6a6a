/** Whatever a host does wrong, the folder keeps its build, and takes the new one when the host is well again. */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/base/canonical-json.js';
import { type Digest, sha256 } from '../../../src/base/digest.js';
import type { MirrorLimits } from '../../../src/sources/mirror/limits.js';
import { Mirror } from '../../../src/sources/mirror/mirror.js';
import { namedObjects, type NamedObjects } from '../../../src/sources/mirror/named-objects.js';
import { temporaryFolder } from '../../support/project.js';
import { BUILDS, filesIn, mirrorOf, newIn, wholeBuild } from './mirrored.js';
import { QUICK } from './quick.js';
import { filesOf, hostOf, type StaticHost } from './static-host.js';

const [FIRST, SECOND, THIRD] = BUILDS as [(typeof BUILDS)[0], (typeof BUILDS)[0], (typeof BUILDS)[0]];
const [OBJECT, ...MORE_OBJECTS] = newIn(SECOND, FIRST) as [string, ...string[]];
const MANIFEST = 'manifest.json';
const MANIFEST_TEXT = new TextDecoder().decode(SECOND.manifestBytes);

type Instead = StaticHost['instead'];
type Response = Parameters<Instead>[1];

interface Fault {
  /** Which files come wrong; the other ones are those of the second build. */
  readonly of: string;
  readonly answer: (response: Response, bytes: Uint8Array) => unknown;
  readonly reason: RegExp;
  readonly limits?: Partial<MirrorLimits>;
}

/** Another manifest, sent as if nothing were wrong. */
function manifestOf(text: string, reason: RegExp): Fault {
  return { of: MANIFEST, answer: (response) => response.end(text), reason };
}

function status(code: number, reason: RegExp, headers: { [name: string]: string } = {}, of = MANIFEST): Fault {
  return { of, answer: (response) => response.writeHead(code, headers).end(), reason };
}

/** A byte now and then, for longer than any test takes. */
function drip(response: Response, bytes: Uint8Array): void {
  let sent = 0;
  const timer = setInterval(() => response.write(bytes.subarray(sent, ++sent)), 20);
  response.on('close', () => clearInterval(timer));
}

const FAULTS: { readonly [name: string]: Fault } = {
  'an object that is not there': status(404, /objects\/sha256\/.*\.json is not there \(404\)\.$/, {}, OBJECT),
  'a status of its own': status(500, /manifest\.json is answered with status 500\.$/),
  'a part that nobody asked for': status(206, /status 206/),
  'an empty answer': status(204, /status 204/, {}, OBJECT),
  'no change, of what nobody had': status(304, /status 304/, {}, OBJECT),
  'a redirect to nowhere': status(302, /status 302/),
  'a redirect to another host': status(302, /redirects to "https:\/\/example\.com\/", which is another host.*not followed/, {
    location: 'https://example.com/',
  }),
  'a redirect to another port': status(301, /not followed/, { location: 'http://127.0.0.1:9/' }),
  'redirects without end': status(302, /redirects more than 5 times/, { location: MANIFEST }),
  'compressed in a way that was not asked for': status(200, /content-encoding "br"\. Have the host/, { 'content-encoding': 'br' }, OBJECT),
  'what it says is compressed, and is not': {
    of: OBJECT,
    answer: (response, bytes) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes),
    reason: /cannot be got: incorrect header check/,
  },
  'compressed, and cut off': {
    of: OBJECT,
    answer: (response, bytes) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(bytes).subarray(0, -9)),
    reason: /cannot be got: unexpected end of file/,
  },
  'small, and large without its compression': {
    of: OBJECT,
    answer: (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10_000_000))),
    reason: /longer than the [0-9]+ bytes/,
  },
  'compressed to more than it was': {
    of: OBJECT,
    answer: (response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      // Members without content, for ever.
      endless(response, gzipSync(''));
    },
    reason: /longer than the [0-9]+ bytes/,
  },
  'a flipped bit': {
    of: OBJECT,
    answer: (response, bytes) => response.end(Buffer.from(bytes).fill(bytes[9]! ^ 1, 9, 10)),
    reason: /is not the object that its name says: it was changed or cut off\.$/,
  },
  'a byte less': { of: OBJECT, answer: (response, bytes) => response.end(bytes.subarray(1)), reason: /not the object that its name says/ },
  'a byte more': {
    of: OBJECT,
    answer: (response, bytes) => response.end(Buffer.concat([bytes, Buffer.from(' ')])),
    reason: /longer than the [0-9]+ bytes that it may have/,
  },
  'an object without end': { of: OBJECT, answer: (response, bytes) => endless(response, bytes), reason: /longer than/ },
  'a manifest without end': { of: MANIFEST, answer: (response, bytes) => endless(response, bytes), reason: /longer than the 100000 bytes/ },
  'cut off in the middle': {
    of: OBJECT,
    answer: (response, bytes) => {
      response.writeHead(200, { 'content-length': bytes.length }).write(bytes.subarray(0, 9));
      setTimeout(() => response.destroy(), 5);
    },
    reason: /cannot be got: aborted \(ECONNRESET\)/,
  },
  'no answer but a closed connection': {
    of: MANIFEST,
    answer: (response) => response.destroy(),
    reason: /cannot be got: socket hang up \(ECONNRESET\)/,
  },
  'no HTTP': {
    of: MANIFEST,
    answer: (response) => response.socket!.end('SSH-2.0-OpenSSH\r\n'),
    reason: /cannot be got: Parse Error/,
  },
  'headers without end': {
    of: MANIFEST,
    answer: (response) => response.writeHead(200, { 'x-long': 'x'.repeat(100_000) }).end(),
    reason: /cannot be got: Parse Error: Header overflow/,
  },
  'nothing at all': { of: MANIFEST, answer: () => {}, reason: /sent nothing for 0\.1 s\.$/, limits: { idleMilliseconds: 100 } },
  'nothing more after a while': {
    of: OBJECT,
    answer: (response, bytes) => response.write(bytes.subarray(1)),
    reason: /sent nothing for 0\.1 s\.$/,
    limits: { idleMilliseconds: 100 },
  },
  'a byte now and then': { of: OBJECT, answer: drip, reason: /was not there whole within 0\.2 s\.$/, limits: { requestMilliseconds: 200 } },
  'a manifest that is no JSON': manifestOf('<html>Welcome</html>', /is not taken: The manifest is not JSON/),
  'a manifest that is none': manifestOf('{}', /is not taken: The manifest is not one that promptc wrote/),
  'an empty manifest': manifestOf('', /is not taken: The manifest is not JSON/),
  'a manifest of another format': manifestOf(
    MANIFEST_TEXT.replace(/"formatVersion":\d+/, '"formatVersion":99'),
    /is not taken: The manifest has format 99/,
  ),
  'a manifest that names a path': manifestOf(
    MANIFEST_TEXT.replace(/"digest":"[^"]*"/, '"digest":"../../x"'),
    /is not taken: The manifest is not one that promptc wrote/,
  ),
  'a manifest that names a size of nothing': manifestOf(MANIFEST_TEXT.replace(/"size":\d+/, '"size":-1'), /is not taken/),
  'a manifest that names a large object': manifestOf(
    MANIFEST_TEXT.replace(/"size":\d+/, '"size":1000000'),
    /1000000 bytes, which is more than/,
  ),
  'no build.json': status(404, /build\.json is not there \(404\)/, {}, 'build.json'),
  'a build.json of another build': {
    of: 'build.json',
    answer: (response) => response.end(canonicalJson({ manifest: FIRST.manifestDigest, commit: null, dirty: null })),
    reason: /build\.json does not belong to the manifest sha256:.*Another build may be on its way there/,
  },
  'a build.json that is none': { of: 'build.json', answer: (response) => response.end('{'), reason: /build\.json does not belong/ },
  'a build.json with something else in it': {
    of: 'build.json',
    answer: (response) => response.end(canonicalJson({ manifest: SECOND.manifestDigest, commit: 7, dirty: null })),
    reason: /build\.json does not belong/,
  },
};

function endless(response: Response, bytes: Uint8Array): void {
  const more = (): void => {
    while (!response.destroyed && response.write(bytes));
  };
  response.on('drain', more);
  more();
}

describe('a host that answers with', () => {
  it.each(Object.entries(FAULTS))('%s', async (_name, { of, answer, reason, limits = {} }) => {
    const host = await hostOf(FIRST);
    const before = await mirrorOf({ url: host.url });
    const { folder } = before;
    await before.mirror.close();

    await host.put(SECOND);
    host.instead = (name, response) => {
      if (name !== of) return false;
      answer(response, host.files.get(name)!);
      return true;
    };
    const faulty = await mirrorOf({ url: host.url, folder, limits });
    expect(faulty.mirror.status).toMatchObject({ state: 'failing', reason: expect.stringMatching(reason) as unknown });
    expect(faulty.mirror.status.nextTry).toBeInstanceOf(Date);
    expect(await wholeBuild(folder)).toBe(FIRST.manifestDigest);
    // And again, in the same way.
    expect(await faulty.failure()).toMatch(reason);
    expect(await wholeBuild(folder)).toBe(FIRST.manifestDigest);

    const then = faulty.taken(SECOND);
    host.instead = () => false;
    await then;
    expect(await wholeBuild(folder)).toBe(SECOND.manifestDigest);
    await faulty.mirror.close();
    expect((await filesIn(folder)).filter((file) => file.endsWith('.tmp'))).toEqual([]);
  });

  it.each(Object.keys(FAULTS).filter((name) => FAULTS[name]!.of === MANIFEST))('%s, and there is no build yet', async (name) => {
    const { answer, reason, limits } = FAULTS[name]!;
    const host = await hostOf(SECOND);
    host.instead = (file, response) => {
      if (file !== MANIFEST) return false;
      answer(response, host.files.get(file)!);
      return true;
    };
    const folder = await temporaryFolder();
    const opened = Mirror.open({ url: host.url, folder, limits: { ...QUICK, ...limits } });
    await expect(opened).rejects.toThrow(`There is no build in ${folder}, and none came from ${host.url}/: `);
    await expect(opened).rejects.toThrow(reason);
    expect((await filesIn(folder)).filter((file) => !file.startsWith('objects/'))).toEqual(['mirror.json']);
  });
});

it.each([
  [{ digest: '../../x' as Digest, size: 1 }, /names "\.\.\/\.\.\/x", which is no digest/],
  [{ digest: sha256(''), size: Number.NaN }, /has NaN bytes, which is more than the 100000/],
  [{ digest: sha256(''), size: 100_001 }, /has 100001 bytes, which is more than the 100000/],
])('a page that names %j is not followed', async (reference, reason) => {
  const host = await hostOf(FIRST);
  const named: NamedObjects = async function* named(manifest, read) {
    yield* namedObjects(manifest, read);
    yield reference;
  };
  await expect(Mirror.open({ url: host.url, folder: await temporaryFolder(), limits: QUICK, named })).rejects.toThrow(reason);
});

it('a build of too many objects is not taken', async () => {
  const host = await hostOf(FIRST);
  const objects = FIRST.objects.size;
  const folder = await temporaryFolder();
  await expect(Mirror.open({ url: host.url, folder, limits: { ...QUICK, objects: objects - 1 } })).rejects.toThrow(
    `The build has more than the ${objects - 1} objects that it may have.`,
  );
  await mirrorOf({ url: host.url, folder, limits: { objects } });
  expect(await wholeBuild(folder)).toBe(FIRST.manifestDigest);
});

describe('a host that is busy', () => {
  it.each([
    ['in seconds', () => '4'],
    ['until a time', () => new Date(Date.now() + 5000).toUTCString()],
  ])('is left alone for as long as it asks: %s', async (_name, value) => {
    const host = await hostOf(FIRST);
    const { failure, mirror } = await mirrorOf({ url: host.url, limits: { longestWaitMilliseconds: 10_000 } });
    const failed = failure();
    host.instead = (_file, response) => {
      response.writeHead(503, { 'retry-after': value() }).end();
      return true;
    };
    expect(await failed).toMatch(/status 503/);
    expect(mirror.status.nextTry!.getTime() - Date.now()).toBeGreaterThan(500);
    expect(mirror.status.nextTry!.getTime() - Date.now()).toBeLessThan(10_000);
  });

  it.each(['1000000000', 'soon', new Date(0).toUTCString()])('cannot ask for %s', async (value) => {
    const host = await hostOf(FIRST);
    const { folder, failure, taken } = await mirrorOf({ url: host.url });
    const failed = failure();
    host.instead = (_file, response) => {
      response.writeHead(429, { 'retry-after': value }).end();
      return true;
    };
    expect(await failed).toMatch(/status 429/);
    const then = taken(SECOND);
    await host.put(SECOND);
    host.instead = () => false;
    await then;
    expect(await wholeBuild(folder)).toBe(SECOND.manifestDigest);
  });

  it('is asked less and less often', async () => {
    const host = await hostOf(FIRST);
    const { reports, failure } = await mirrorOf({ url: host.url, limits: { retryMilliseconds: 4, longestWaitMilliseconds: 100 } });
    host.instead = (_file, response) => response.destroy() !== undefined;
    for (let failures = 0; failures < 6; failures++) await failure();
    const failing = reports.filter(({ state }) => state === 'failing');
    expect(new Set(failing.map(({ since }) => since.getTime())).size).toBe(1);
    const [first, last] = [host.seen.length, Date.now()];
    await sleep(150);
    // 80 ms at least, unless this computer took long to begin with.
    expect(host.seen.length - first).toBeLessThanOrEqual(1 + (Date.now() - last) / 80);
  });
});

describe('a build that is on its way to the host', () => {
  it('is taken once all of it is there; what came whole before is not got again', async () => {
    const host = await hostOf(FIRST);
    const { folder, taken, failure } = await mirrorOf({ url: host.url });
    const second = await filesOf(SECOND);
    host.files.set(MANIFEST, second.get(MANIFEST)!);
    for (const [arrived, object] of [OBJECT, ...MORE_OBJECTS].entries()) {
      expect(await failure(), `after ${arrived}`).toMatch(/is not there \(404\)/);
      expect(await wholeBuild(folder)).toBe(FIRST.manifestDigest);
      host.files.set(object, second.get(object)!);
    }
    expect(await failure()).toMatch(/build\.json does not belong/);
    const then = taken(SECOND);
    host.files.set('build.json', second.get('build.json')!);
    await then;
    expect(await wholeBuild(folder)).toBe(SECOND.manifestDigest);
    const got = host.seen.filter(({ path: name, response }) => name === OBJECT && response.statusCode === 200);
    expect(got.length).toBe(1);
  });

  it('is given up for a newer one that comes meanwhile', async () => {
    const host = await hostOf(FIRST);
    const { folder, taken, reports } = await mirrorOf({ url: host.url });
    const then = taken(THIRD);
    const third = await filesOf(THIRD);
    await host.put(SECOND);
    host.instead = (name) => {
      if (name !== OBJECT) return false;
      // The host forgets the build whose manifest it has just given.
      host.files = third;
      return false;
    };
    await then;
    expect(await wholeBuild(folder)).toBe(THIRD.manifestDigest);
    expect(reports.map(({ build }) => build)).not.toContain(SECOND.manifestDigest);
  });
});

describe('a folder that does not take it', () => {
  it('keeps its build, and takes the new one when it can', async () => {
    const host = await hostOf(FIRST);
    const { mirror, folder, taken, failure } = await mirrorOf({ url: host.url });
    await mkdir(path.join(folder, OBJECT, 'inside'), { recursive: true });
    const failed = failure();
    await host.put(SECOND);
    expect(await failed).toMatch(/^The folder .* cannot be kept in step: E[A-Z]+: /);
    expect(await wholeBuild(folder)).toBe(FIRST.manifestDigest);
    const then = taken(SECOND);
    await rm(path.join(folder, OBJECT), { recursive: true });
    await then;
    expect(await wholeBuild(folder)).toBe(SECOND.manifestDigest);
    await mirror.close();
    expect((await filesIn(folder)).filter((file) => file.endsWith('.tmp'))).toEqual([]);
  });
});
