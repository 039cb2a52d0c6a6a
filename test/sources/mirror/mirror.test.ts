/** A folder is kept in step with a build on a host. */
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/base/digest.js';
import { prune } from '../../../src/builds/prune.js';
import { NodeDisk } from '../../../src/compile/discover/node-disk.js';
import { writeBuild } from '../../../src/compile/emit/write.js';
import { objectPath } from '../../../src/format/artifact.js';
import { FileBundleSource } from '../../../src/sources/file.js';
import { namedObjects } from '../../../src/sources/mirror/named-objects.js';
import { Mirror } from '../../../src/sources/mirror/mirror.js';
import { temporaryFolder } from '../../support/project.js';
import { BUILDS, filesIn, mirrorOf, newIn, wholeBuild } from './mirrored.js';
import { QUICK } from './quick.js';
import { etagOf, filesOf, hostOf, stop } from './static-host.js';

const [FIRST, SECOND, THIRD, FOURTH] = BUILDS as [(typeof BUILDS)[0], (typeof BUILDS)[0], (typeof BUILDS)[0], (typeof BUILDS)[0]];

describe('a mirror', () => {
  it('gets a build into an empty folder, as it is on the host', async () => {
    const host = await hostOf(FIRST);
    const folder = path.join(await temporaryFolder(), 'new/dist');
    const { mirror } = await mirrorOf({ url: host.url, folder, limits: { pollMilliseconds: 60_000 } });
    expect(await wholeBuild(folder)).toBe(FIRST.manifestDigest);
    expect(mirror.status).toMatchObject({ state: 'current', build: FIRST.manifestDigest });
    expect(mirror.status.nextTry!.getTime()).toBeGreaterThan(mirror.status.since.getTime());
    for (const [name, bytes] of await filesOf(FIRST)) expect(await readFile(path.join(folder, name)), name).toEqual(Buffer.from(bytes));
    expect(await new FileBundleSource(folder).bundle('hello')).toMatchObject({ id: 'hello', version: '1.0.0' });
    // The manifest first, build.json last.
    expect([host.paths()[0], host.paths().at(-1)]).toEqual(['manifest.json', 'build.json']);
  });

  it('gets of a new build only what it lacks', async () => {
    const host = await hostOf(FIRST);
    const { folder, taken } = await mirrorOf({ url: host.url });
    host.seen.length = 0;
    const then = taken(SECOND);
    await host.put(SECOND);
    await then;
    expect(await wholeBuild(folder)).toBe(SECOND.manifestDigest);
    expect(newIn(SECOND, FIRST).length).toBeLessThan(SECOND.objects.size);
    expect(
      host
        .paths()
        .filter((name) => name !== 'manifest.json')
        .toSorted(),
    ).toEqual(['build.json', ...newIn(SECOND, FIRST)].toSorted());
  });

  it('asks with what the host gave to compare, and is told that nothing changed', async () => {
    const host = await hostOf(FIRST);
    await mirrorOf({ url: host.url });
    const etag = etagOf(FIRST.manifestBytes);
    for (let asked = host.seen.length; host.seen.length < asked + 3;) await sleep(5);
    const later = host.seen.slice(-2);
    for (const { path: name, headers, response } of later) {
      expect([name, headers['if-none-match'], response.statusCode]).toEqual(['manifest.json', etag, 304]);
    }
  });

  it.each<[string, Record<string, string>, number | undefined, string | undefined]>([
    ['an old Last-Modified', {}, 60_000, 'if-modified-since'],
    ['an ETag and an old Last-Modified', { etag: '"a"' }, 60_000, 'if-none-match'],
    // A file that changes again in its second may keep both.
    ['nothing, of an ETag and a Last-Modified of just now', { etag: '"a"' }, 0, undefined],
    ['nothing, of nothing', {}, undefined, undefined],
  ])('compares by %s', async (_name, other, age, expected) => {
    const host = await hostOf(FIRST);
    host.instead = (name, response) => {
      if (name !== 'manifest.json') return false;
      const modified = age === undefined ? {} : { 'last-modified': new Date(Date.now() - age).toUTCString() };
      response.writeHead(200, { ...other, ...modified }).end(host.files.get(name));
      return true;
    };
    const { mirror } = await mirrorOf({ url: host.url });
    for (let asked = host.seen.length; host.seen.length < asked + 2;) await sleep(5);
    const sent = host.seen.at(-1)!.headers;
    expect(['if-none-match', 'if-modified-since'].filter((name) => name in sent)).toEqual(expected === undefined ? [] : [expected]);
    expect(mirror.status).toMatchObject({ state: 'current', build: FIRST.manifestDigest });
  });

  it('gets it again if somebody put another manifest in place, whatever the host says has not changed', async () => {
    const host = await hostOf(SECOND);
    const { folder } = await mirrorOf({ url: host.url });
    await writeBuild(FIRST, { commit: null, dirty: null }, new NodeDisk(folder));
    while (sha256(await readFile(path.join(folder, 'manifest.json'))) !== SECOND.manifestDigest) await sleep(5);
    expect(await wholeBuild(folder)).toBe(SECOND.manifestDigest);
  });

  it('starts from its folder when the host does not answer, and goes on trying', async () => {
    const host = await hostOf(FIRST);
    const first = await mirrorOf({ url: host.url });
    await first.mirror.close();
    const { url } = host;
    const { port } = new URL(url);
    await stop(host);
    const { mirror, folder, taken } = await mirrorOf({ url, folder: first.folder });
    expect(mirror.status).toMatchObject({ state: 'failing', reason: expect.stringContaining('ECONNREFUSED') as unknown });
    expect(await wholeBuild(folder)).toBe(FIRST.manifestDigest);
    const then = taken(SECOND);
    const again = await hostOf(SECOND, undefined, Number(port));
    await then;
    expect(again.url).toBe(url);
    expect(await wholeBuild(folder)).toBe(SECOND.manifestDigest);
  });

  it('does not wait long for a host that hangs if there is a build to start from', async () => {
    const host = await hostOf(FIRST);
    const first = await mirrorOf({ url: host.url });
    await first.mirror.close();
    host.instead = () => true;
    const { mirror } = await mirrorOf({ url: host.url, folder: first.folder, limits: { startMilliseconds: 20 } });
    expect(mirror.status.state).toBe('starting');
  });

  it('says so if there is no build, neither here nor there', async () => {
    const host = await hostOf();
    const folder = await temporaryFolder();
    await expect(Mirror.open({ url: host.url, folder, limits: QUICK })).rejects.toMatchObject({
      code: 'artifact_missing',
      message: `There is no build in ${folder}, and none came from ${host.url}/: ${host.url}/manifest.json is not there (404).`,
    });
    const asked = host.seen.length;
    await sleep(30);
    expect(host.seen.length).toBe(asked);
  });

  it('mends at its start what the folder has lost of the build', async () => {
    const host = await hostOf(FIRST);
    const first = await mirrorOf({ url: host.url });
    await first.mirror.close();
    const [cut, gone] = [...FIRST.objects.keys()] as [string, string];
    await truncate(path.join(first.folder, cut), 0);
    await rm(path.join(first.folder, gone));
    host.seen.length = 0;
    const { folder } = await mirrorOf({ url: host.url, folder: first.folder });
    expect(await wholeBuild(folder)).toBe(FIRST.manifestDigest);
    expect(host.paths().toSorted()).toEqual(['manifest.json', cut, gone].toSorted());
  });

  it('takes a damaged manifest in the folder for none', async () => {
    const host = await hostOf(FIRST);
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'manifest.json'), '{"formatVersion":1,');
    await mirrorOf({ url: host.url, folder });
    expect(await wholeBuild(folder)).toBe(FIRST.manifestDigest);
  });

  it('takes what is compressed with gzip', async () => {
    const host = await hostOf(FIRST);
    host.instead = (name, response, { headers }) => {
      expect(headers['accept-encoding']).toBe('gzip');
      const bytes = host.files.get(name)!;
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(bytes));
      return true;
    };
    const { folder } = await mirrorOf({ url: host.url });
    expect(await wholeBuild(folder)).toBe(FIRST.manifestDigest);
  });

  it('follows a host that sends it on to another of its own folders', async () => {
    const host = await hostOf(FIRST);
    host.instead = (name, response) => {
      const file = /^\/there\/(.*)/.exec(name)?.[1];
      if (file === undefined) response.writeHead(302, { location: `/there/${name}` }).end();
      else response.writeHead(200).end(host.files.get(file));
      return true;
    };
    const { folder } = await mirrorOf({ url: host.url });
    expect(await wholeBuild(folder)).toBe(FIRST.manifestDigest);
  });

  it('uses no more connections than it has objects on their way', async () => {
    const host = await hostOf(FIRST);
    const objects = await manyObjects(200);
    for (const [name, bytes] of objects) host.files.set(name, bytes);
    let most = 0;
    let now = 0;
    host.instead = (name, response) => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now--;
        response.end(host.files.get(name));
      }, 2);
      return true;
    };
    const { folder } = await mirrorOf({ url: host.url, named: alsoNaming(objects) });
    expect(await filesIn(folder)).toEqual(expect.arrayContaining([...objects.keys()]));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
    expect(host.connections).toBeLessThanOrEqual(9);
  });

  it('gets pages before what they name, and keeps both; what a page names that it has, it does not look for again', async () => {
    const host = await hostOf(FIRST);
    const object = new TextEncoder().encode('{"an":"object"}');
    const named = { digest: sha256(object), size: object.length };
    const page = new TextEncoder().encode(JSON.stringify([named]));
    const reference = { digest: sha256(page), size: page.length };
    const files = [objectPath(reference.digest), objectPath(named.digest)] as const;
    host.files.set(files[0], page).set(files[1], object);
    const known: boolean[] = [];
    const { folder, taken } = await mirrorOf({
      url: host.url,
      async *named(manifest, read) {
        yield* namedObjects(manifest, read);
        const bytes = await read(reference);
        known.push(bytes === undefined);
        if (bytes !== undefined) yield* JSON.parse(new TextDecoder().decode(bytes)) as (typeof named)[];
      },
    });
    expect(await filesIn(folder)).toEqual(expect.arrayContaining([...files]));
    expect(host.paths().filter((name) => files.includes(name))).toEqual(files);
    expect(known).not.toContain(true);
    known.length = 0;
    const then = taken(SECOND);
    await host.put(SECOND);
    await then;
    // While it was taken; then once more, to tell what has to stay.
    expect(known).toEqual([true, true, false, true]);
    expect(await filesIn(folder)).toEqual(expect.arrayContaining([...files]));
  });
});

describe('the build that is expected', () => {
  it('is the only one that is taken', async () => {
    const host = await hostOf(FIRST);
    const folder = await temporaryFolder();
    await expect(Mirror.open({ url: host.url, folder, expect: SECOND.manifestDigest, limits: QUICK })).rejects.toThrow(
      `${host.url}/manifest.json is the build ${FIRST.manifestDigest}; only ${SECOND.manifestDigest} is expected`,
    );
    expect(await filesIn(folder)).toEqual(['mirror.json']);
  });

  it('is waited for with the build that is there', async () => {
    const host = await hostOf(FIRST);
    const { folder, mirror: before } = await mirrorOf({ url: host.url });
    await before.close();
    const { mirror, taken } = await mirrorOf({ url: host.url, folder, expect: SECOND.manifestDigest });
    expect(mirror.status).toMatchObject({ state: 'failing', reason: expect.stringContaining('only') as unknown });
    expect(await wholeBuild(folder)).toBe(FIRST.manifestDigest);
    const then = taken(SECOND);
    await host.put(SECOND);
    expect(await then).not.toHaveProperty('nextTry');
    // Nothing else can ever be taken, so nothing is asked any more.
    const asked = host.seen.length;
    await host.put(THIRD);
    await sleep(60);
    expect(host.seen.length).toBe(asked);
    expect(await wholeBuild(folder)).toBe(SECOND.manifestDigest);
  });

  it('needs no host once it is there', async () => {
    const host = await hostOf(FIRST);
    const { folder, mirror: before } = await mirrorOf({ url: host.url });
    await before.close();
    await stop(host);
    const { mirror } = await mirrorOf({ url: 'http://127.0.0.1:9/', folder, expect: FIRST.manifestDigest });
    expect(mirror.status).toMatchObject({ state: 'current', build: FIRST.manifestDigest });
  });
});

describe('old builds', () => {
  it('go, but for the one before; nothing that is not theirs does', async () => {
    const host = await hostOf(FIRST);
    const { folder, taken } = await mirrorOf({ url: host.url });
    const strangers = ['notes.txt', 'objects/notes.txt', 'objects/sha256/ab/x.json'];
    for (const name of strangers) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), '');
    }
    for (const build of [SECOND, THIRD, FOURTH]) {
      const then = taken(build);
      await host.put(build);
      await then;
    }
    const manifests = [THIRD, FOURTH].map(({ manifestDigest }) => objectPath(manifestDigest));
    const objects = new Set([...THIRD.objects.keys(), ...FOURTH.objects.keys(), ...manifests]);
    const found = await filesIn(folder);
    expect(found.filter((name) => /^objects\/.*[0-9a-f]{64}/.test(name))).toEqual([...objects].toSorted());
    expect(found).toEqual(expect.arrayContaining(strangers));
    expect(found.filter((name) => name.startsWith('builds/')).length).toBe(2);
    expect(await wholeBuild(folder)).toBe(FOURTH.manifestDigest);
  });

  it('stay as long as they are in use', async () => {
    const host = await hostOf(FIRST);
    const { folder, taken } = await mirrorOf({ url: host.url, inUse: () => [FIRST.manifestDigest] });
    for (const build of [SECOND, THIRD, FOURTH]) {
      const then = taken(build);
      await host.put(build);
      await then;
    }
    expect(await filesIn(folder)).toEqual(expect.arrayContaining([...FIRST.objects.keys()]));
    expect(await filesIn(folder)).not.toContain(newIn(SECOND, FIRST)[0]);
  });

  it('stay if it cannot be told what a build in use needs', async () => {
    const host = await hostOf(FIRST);
    const { folder, taken } = await mirrorOf({ url: host.url, inUse: () => [sha256('gone')] });
    for (const build of [SECOND, THIRD, FOURTH]) {
      const then = taken(build);
      await host.put(build);
      await then;
    }
    expect(await filesIn(folder)).toEqual(expect.arrayContaining([...FIRST.objects.keys()]));
  });

  it('stay in a folder that had builds before it was mirrored to', async () => {
    const folder = await temporaryFolder();
    await writeBuild(FIRST, { commit: null, dirty: null }, new NodeDisk(folder));
    const host = await hostOf(SECOND);
    const { taken } = await mirrorOf({ url: host.url, folder });
    for (const build of [THIRD, FOURTH]) {
      const then = taken(build);
      await host.put(build);
      await then;
    }
    const files = await filesIn(folder);
    for (const { objects } of BUILDS) expect(files).toEqual(expect.arrayContaining([...objects.keys()]));
    // They are records that `promptc prune` reads.
    await prune(new NodeDisk(folder), 1);
    expect(await filesIn(folder)).not.toContain(newIn(FIRST, FOURTH)[0]);
    expect(await wholeBuild(folder)).toBe(FOURTH.manifestDigest);
  });

  it('that cannot be read are reported, and nothing is removed', async () => {
    const host = await hostOf(FIRST);
    const { folder, taken, failure } = await mirrorOf({ url: host.url });
    let then: Promise<unknown> = taken(SECOND);
    await host.put(SECOND);
    await then;
    await writeFile(path.join(folder, objectPath(SECOND.manifestDigest)), '{}');
    const failed = failure();
    then = taken(THIRD);
    await host.put(THIRD);
    expect(await failed).toMatch(/^Objects of earlier builds could not be removed: /);
    await then;
    expect(await filesIn(folder)).toEqual(expect.arrayContaining([...FIRST.objects.keys()]));
  });

  it('go back and forth without growing', async () => {
    const host = await hostOf(FIRST);
    const { folder, taken } = await mirrorOf({ url: host.url });
    for (const build of [SECOND, FIRST, SECOND, FIRST, SECOND]) {
      const then = taken(build);
      await host.put(build);
      await then;
      expect(await wholeBuild(folder)).toBe(build.manifestDigest);
    }
    expect((await filesIn(folder)).filter((name) => name.startsWith('builds/')).length).toBe(2);
  });
});

describe('an encrypted mirror', () => {
  it('takes only a host whose certificate it trusts', async () => {
    const secure = await certificate();
    const host = await hostOf(FIRST, secure);
    const { folder } = await mirrorOf({ url: host.url, ca: secure.cert });
    expect(await wholeBuild(folder)).toBe(FIRST.manifestDigest);
    await expect(Mirror.open({ url: host.url, folder: await temporaryFolder(), limits: QUICK })).rejects.toThrow(
      /cannot be got: self-signed certificate \(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
    );
    // The name has to be the right one as well.
    const byName = host.url.replace('127.0.0.1', 'localhost');
    await expect(Mirror.open({ url: byName, folder: await temporaryFolder(), ca: secure.cert, limits: QUICK })).rejects.toThrow(
      /ERR_TLS_CERT_ALTNAME_INVALID|ECONNREFUSED/,
    );
  });
});

/** A key and a certificate for 127.0.0.1. */
async function certificate(): Promise<{ key: string; cert: string }> {
  const folder = await temporaryFolder();
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  const how = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=test'];
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...how, ...names, '-keyout', key, '-out', cert], { stdio: 'pipe' });
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
}

async function manyObjects(count: number): Promise<Map<string, Uint8Array>> {
  const objects = Array.from({ length: count }, (_, i) => new TextEncoder().encode(`{"number":${i}}`));
  return new Map(objects.map((bytes) => [objectPath(sha256(bytes)), bytes]));
}

function alsoNaming(objects: ReadonlyMap<string, Uint8Array>): typeof namedObjects {
  return async function* named(manifest, read) {
    yield* namedObjects(manifest, read);
    for (const bytes of objects.values()) yield { digest: sha256(bytes), size: bytes.length };
  };
}
