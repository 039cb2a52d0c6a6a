import { describe, expect, it } from 'vitest';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { canonicalJson } from '../../src/base/canonical-json.js';
import { sha256 } from '../../src/base/digest.js';
import { compile } from '../../src/compile/compile.js';
import type { Disk } from '../../src/compile/discover/disk.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import type { Build } from '../../src/compile/emit/emit.js';
import { writeBuild } from '../../src/compile/emit/write.js';
import { objectPath } from '../../src/format/artifact.js';
import { recordPath, recordsAmong } from '../../src/format/build-record.js';
import { type Files, SMALL_PROJECT } from '../support/project.js';

const ORIGIN = { commit: null, dirty: null };

async function buildOf(files: Files = SMALL_PROJECT) {
  const { build, diagnostics } = await compile(new MemoryDisk(files));
  expect(diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
  return build!;
}

/** A disk that remembers what was written, and can fail. */
class RecordingDisk extends MemoryDisk {
  readonly written: string[] = [];
  failAt = Infinity;

  override write(path: string, bytes: Uint8Array): Promise<void> {
    if (this.written.length >= this.failAt) return Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
    this.written.push(path);
    return super.write(path, bytes);
  }
}

describe('writing a build', () => {
  it('puts the manifest last', async () => {
    const disk = new RecordingDisk();
    expect(await writeBuild(await buildOf(), ORIGIN, disk)).toEqual({ objects: 4, kept: 0 });
    expect(disk.written.slice(-3)).toEqual([recordPath(1, sha256(disk.files.get('manifest.json')!)), 'build.json', 'manifest.json']);
    // The template, the bundle, a page of each, the manifest, and the record before the last two.
    expect(disk.written).toHaveLength(8);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])('leaves the old manifest if write %i fails, and goes on from there', async (step) => {
    const disk = new RecordingDisk();
    await writeBuild(await buildOf(), ORIGIN, disk);
    const before = disk.files.get('manifest.json');
    const build = await buildOf({ ...SMALL_PROJECT, 'prompts/partials/sign/off.md': 'Yours.\n' });
    disk.failAt = disk.written.length + step;
    await expect(writeBuild(build, ORIGIN, disk)).rejects.toThrow('no space');
    expect(disk.files.get('manifest.json')).toBe(before);
    disk.failAt = Infinity;
    expect(await writeBuild(build, ORIGIN, disk)).toEqual({ objects: 4, kept: Math.min(step, 4) });
    expect(disk.files.get('manifest.json')).toEqual(build.manifestBytes);
  });

  it('writes again what has the wrong size', async () => {
    const build = await buildOf();
    const disk = new RecordingDisk();
    await writeBuild(build, ORIGIN, disk);
    const path = objectPath(build.templates[0]!.reference.digest);
    disk.files.set(path, new Uint8Array(3));
    expect(await writeBuild(build, ORIGIN, disk)).toEqual({ objects: 4, kept: 3 });
    expect(disk.files.get(path)).toEqual(build.objects.get(path)!.bytes);
  });

  it('writes again what somebody removed before the record was there', async () => {
    const build = await buildOf();
    const record = recordPath(1, build.manifestDigest);
    const [path] = build.objects.keys();
    const disk = new (class extends RecordingDisk {
      override async write(name: string, bytes: Uint8Array) {
        if (name === record) this.files.delete(path!);
        await super.write(name, bytes);
      }
    })();
    await writeBuild(build, ORIGIN, disk);
    expect(disk.written.slice(-4)).toEqual([record, path, 'build.json', 'manifest.json']);
    disk.written.length = 0;
    // All is there, and who prunes the folder knows of it.
    await writeBuild(build, ORIGIN, disk);
    expect(disk.written).toEqual([]);
    disk.files.delete(path!);
    await writeBuild(build, ORIGIN, disk);
    expect(disk.written).toEqual([path, record, path, 'build.json', 'manifest.json']);
  });

  it('begins anew if somebody removed the record', async () => {
    const build = await buildOf();
    const record = recordPath(1, build.manifestDigest);
    const [path] = build.objects.keys();
    let others = 1;
    const disk = new (class extends RecordingDisk {
      override async write(name: string, bytes: Uint8Array) {
        await super.write(name, bytes);
        if (name !== 'build.json' || others-- === 0) return;
        this.files.delete(record);
        this.files.delete(path!);
      }
    })();
    await writeBuild(build, ORIGIN, disk);
    // What went is put back at once, and the build is recorded anew.
    expect(disk.written.slice(-4)).toEqual([path, record, 'build.json', 'manifest.json']);
    expect(disk.files.has(path!)).toBe(true);
  });
});

describe('the records of builds', () => {
  const FIRST = { commit: 'a'.repeat(40), dirty: false };
  const records = ({ files }: MemoryDisk): string[] => [...files.keys()].filter((name) => name.startsWith('builds/')).toSorted();

  it('are those of build.json, beside the manifests', async () => {
    const [one, two] = [await buildOf(), await buildOf(MANY)];
    const folder = new MemoryDisk();
    for (const build of [one, two, two]) await writeBuild(build, FIRST, folder);
    expect(records(folder)).toEqual([recordPath(1, one.manifestDigest), recordPath(2, two.manifestDigest)]);
    await writeBuild(one, ORIGIN, folder);
    const texts = records(folder).map((name) => new TextDecoder().decode(folder.files.get(name)));
    expect(texts).toEqual([
      `${canonicalJson({ manifest: one.manifestDigest, ...FIRST })}\n`,
      `${canonicalJson({ manifest: two.manifestDigest, ...FIRST })}\n`,
      `${canonicalJson({ manifest: one.manifestDigest, ...ORIGIN })}\n`,
    ]);
    expect(texts.at(-1)).toBe(new TextDecoder().decode(folder.files.get('build.json')));
    for (const build of [one, two]) expect(folder.files.get(objectPath(build.manifestDigest))).toEqual(build.manifestBytes);
  });

  it('put the build that was in place right before the one that takes its place', async () => {
    const [one, two, three] = [await buildOf(), await buildOf(MANY), await buildOf(OTHER)];
    const folder = new MemoryDisk();
    for (const build of [one, two]) await writeBuild(build, FIRST, folder);
    folder.files.set('manifest.json', one.manifestBytes);
    await writeBuild(three, FIRST, folder);
    expect(records(folder).slice(2)).toEqual([recordPath(3, one.manifestDigest), recordPath(4, three.manifestDigest)]);
    expect(folder.files.get(recordPath(3, one.manifestDigest))).toEqual(folder.files.get(recordPath(1, one.manifestDigest)));
    // Also where the last one comes again.
    folder.files.set('manifest.json', two.manifestBytes);
    await writeBuild(three, FIRST, folder);
    expect(records(folder).slice(4)).toEqual([recordPath(5, two.manifestDigest), recordPath(6, three.manifestDigest)]);
  });

  it('are numbered behind those that are there, whatever else lies there', async () => {
    const build = await buildOf();
    const hex = '0'.repeat(64);
    const strange = [`10-${hex}.json`, `9-${hex}.json`, `011-${hex}.json`, `12-${hex}`, '13-x.json', `a/14-${hex}.json`];
    const folder = new MemoryDisk({ ...Object.fromEntries(strange.map((name) => [`builds/${name}`, 'x'])), 'manifest.json': 'mine' });
    await writeBuild(build, FIRST, folder);
    expect(folder.files.has(recordPath(11, build.manifestDigest))).toBe(true);
    expect(recordsAmong(strange).map(({ number }) => number)).toEqual([9, 10]);
  });
});

describe('a build', () => {
  it('does not depend on the order in which files are found', async () => {
    const shuffled: Disk = new (class extends MemoryDisk {
      override async list(folder: string) {
        return (await super.list(folder)).toReversed();
      }
    })(MANY);
    const build = (await compile(shuffled)).build!;
    expect(build.manifestDigest).toBe((await buildOf(MANY)).manifestDigest);
  });

  it('lists versions with their default, descriptions and tags', async () => {
    const { index } = await buildOf(MANY);
    expect(Object.keys(index.templates['t']!.versions)).toHaveLength(3);
    expect(index.templates['t']).toMatchObject({ default: '1.1.0' });
    expect(index.templates['pre']).not.toHaveProperty('default');
    expect(index.bundles['b']!.versions['1.0.0']).toMatchObject({ description: 'B.', tags: ['x'] });
  });

  it('keeps documentation, descriptions and examples out of every hash', async () => {
    const before = await buildOf();
    const after = await buildOf({
      ...SMALL_PROJECT,
      'prompts/templates/greet.md': String(SMALL_PROJECT['prompts/templates/greet.md'])
        .replace('Says hello.', 'Greets.')
        .replace('name: string', 'name: { type: string, description: Who, examples: [Ada], title: Name }'),
      'prompts/bundles/hello.md': String(SMALL_PROJECT['prompts/bundles/hello.md'])
        .replace('For tests.', 'For everybody.')
        .replace('name: ada', 'name: someone'),
    });
    expect(after.templates[0]!.artifact).toEqual(before.templates[0]!.artifact);
    expect(after.bundles[0]!.artifact).toEqual(before.bundles[0]!.artifact);
    const objects = ({ templates, bundles }: Build) => [...templates, ...bundles].map(({ reference }) => reference);
    expect(objects(after)).toEqual(objects(before));
    // The index alone says them.
    expect(after.index.templates['greet']).toEqual({
      ...before.index.templates['greet'],
      versions: { '1.0.0': { ...before.index.templates['greet']!.versions['1.0.0'], description: 'Greets.' } },
    });
  });

  it.each([
    ['a partial', 'prompts/partials/sign/off.md', 'Bye.', 'Bye!'],
    ['a body', 'prompts/templates/greet.md', 'Hello', 'Hi'],
    ['a role', 'prompts/templates/greet.md', 'role: user', 'role: system'],
    ['an input’s schema', 'prompts/templates/greet.md', 'name: string', 'name: { type: string, maxLength: 9 }'],
    ['an input that becomes optional', 'prompts/templates/greet.md', 'tickets?: string[]', 'tickets: string[]'],
    ['tags', 'prompts/bundles/hello.md', 'model-a', 'model-b'],
    ['config', 'prompts/bundles/hello.md', 'tags:', 'config: { t: 1 }\ntags:'],
    ['output', 'prompts/bundles/hello.md', 'tags:', 'output: { t: 1 }\ntags:'],
    ['constraints', 'prompts/bundles/hello.md', 'tags:', 'constraints: { NO_EMOJI: true }\ntags:'],
  ])('%s changes the bundle’s hash', async (_what, file, from, to) => {
    const before = await buildOf();
    const text = String(SMALL_PROJECT[file]);
    expect(text).toContain(from);
    const after = await buildOf({ ...SMALL_PROJECT, [file]: text.replace(from, to) });
    expect(after.bundles[0]!.artifact.hash).not.toBe(before.bundles[0]!.artifact.hash);
  });

  it('unites the inputs of a bundle’s templates: required wins, references stay within', async () => {
    const { bundles } = await buildOf(MANY);
    const { payloadSchema } = bundles[0]!.artifact;
    const validate = new Ajv2020({ strict: false }).compile(payloadSchema);
    expect(validate({ inputs: { a: 'x', tree: { next: {} } } })).toBe(true);
    expect(validate({ inputs: { tree: {} } })).toBe(false);
    expect(validate({ inputs: { a: 'x', tree: { next: 1 } } })).toBe(false);
  });
});

const template = (version: string, inputs: string, id = 't'): string =>
  `---\nid: ${id}\nversion: ${version}\nrole: user\ninputs: ${inputs}\n---\n{{#if a}}{{a}}{{/if}}\n`;
const TREE = '{ $ref: "#/$defs/a~1b", $defs: { "a/b": { type: object, properties: { next: { $ref: "#/$defs/a~1b" } } } } }';
const MANY: Files = {
  'prompts/templates/1.md': template('1.0.0', '{ a?: string }'),
  'prompts/templates/2.md': template('1.1.0', '{ a: string }'),
  'prompts/templates/3.md': template('2.0.0-rc.1', `{ a?: string, tree: ${TREE} }`),
  'prompts/templates/4.md': template('0.1.0-x', '{ a: string }', 'pre'),
  'prompts/bundles/b.md':
    '---\nid: b\nversion: 1.0.0\ndescription: B.\ntags: [x]\nslots: { system: t@1.0.0, activity: t@1.1.0, task: t@2.0.0-rc.1 }\n---\n',
};
const OTHER: Files = { ...SMALL_PROJECT, 'prompts/partials/sign/off.md': 'Yours.\n' };
