/** `promptc audit` and `promptc replay`, on logs of real renders. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSink, type SinkOptions } from '../../src/audit/open-sink.js';
import { type AuditRecord, seal, unseal } from '../../src/audit/record.js';
import { hashJson } from '../../src/base/digest.js';
import { buildProject } from '../../src/cli/project.js';
import { BundleRenderer } from '../../src/generator/bundle-renderer.js';
import { DistFolder } from '../../src/sources/file.js';
import { StoreSource } from '../../src/sources/store.js';
import { projectFolder, SMALL_PROJECT, temporaryFolder } from '../support/project.js';
import { runCommand } from '../support/terminal.js';

const TEMPLATE = 'prompts/templates/greet.md';
const PAYLOADS = [{ inputs: { name: 'Ada', tickets: ['one'] } }, { inputs: { name: 'Grace' } }];

/** A project, built, and renders of it recorded as the server does it. */
async function recorded(options: SinkOptions = { keep: 'payload' }, spec = 'jsonl:audit.jsonl') {
  const folder = await projectFolder(SMALL_PROJECT);
  await buildProject(folder, 'dist');
  const dist = new DistFolder(path.join(folder, 'dist'));
  const { digest: build } = await dist.manifest();
  const [kind, file] = spec.split(':');
  const sink = await openSink(`${kind}:${path.join(folder, file!)}`, options);
  onTestFinished(() => sink.close());
  const source = new StoreSource(dist);
  const audit = { record: (render: Parameters<typeof sink.record>[0]) => sink.record({ ...render, build }) };
  const renderer = new BundleRenderer({ bundles: source, templates: source, audit });
  for (const payload of PAYLOADS) await renderer.render('hello', undefined, payload);
  await sink.close();
  const run = (...args: string[]) => runCommand(folder, args);
  return { folder, run };
}

/** The records of a log of lines. */
async function recordsOf(folder: string): Promise<AuditRecord[]> {
  const lines = (await readFile(path.join(folder, 'audit.jsonl'), 'utf8')).trim().split('\n');
  return lines.map((line) => unseal(line) as AuditRecord);
}

async function rebuild(folder: string, change: (text: string) => string): Promise<void> {
  const file = path.join(folder, TEMPLATE);
  await writeFile(file, change(await readFile(file, 'utf8')));
  await buildProject(folder, 'dist');
}

describe.each(['jsonl:audit.jsonl', 'sqlite:audit.db'])('audit of %s', (spec) => {
  it('prints the head, and verifies up to it', async () => {
    const { folder, run } = await recorded({}, spec);
    const head = await run('audit', 'head', spec);
    expect(head).toMatchObject({ code: 0, out: expect.stringMatching(/^2:sha256:[0-9a-f]{64}\n$/) as string, err: '' });
    const kept = head.out.trim();
    expect(await run('audit', 'verify', spec, '--head', kept)).toEqual({
      code: 0,
      out: '',
      err: `Verified 2 records and 1 head: nothing is wrong up to ${kept}.\n`,
    });
    await writeFile(path.join(folder, 'heads.txt'), `0:sha256:${'0'.repeat(64)} when it began\n\r\n${kept}\r\n`);
    expect(await run('audit', 'verify', spec, '--head', 'heads.txt')).toMatchObject({ code: 0, out: '' });
    expect((await run('audit', 'verify', spec)).err).toBe(
      `Verified 2 records and 0 heads: nothing is wrong up to ${kept}. No head was given, so that whoever can write the log could have made it anew.\n`,
    );
  });
});

describe('audit verify', () => {
  it('ends with 1 and says what it finds', async () => {
    const { folder, run } = await recorded({});
    const file = path.join(folder, 'audit.jsonl');
    const [first, second] = (await readFile(file, 'utf8')).split('\n');
    const head = (await run('audit', 'head', 'jsonl:audit.jsonl')).out.trim();
    await writeFile(file, `${first}\n${second!.replace('1.0.0', '1.0.1')}\n{"ha`);
    const edited = await run('audit', 'verify', 'jsonl:audit.jsonl', '--head', head);
    expect(edited.code).toBe(1);
    expect(edited.out).toContain('audit.jsonl:2: The line is not what was written: its hash is not that of its content.\n');
    expect(edited.err).toContain('audit.jsonl:3: The last line is not whole yet');
    expect(edited.err).toContain('it is not what was written.');
    await writeFile(file, `${second}\n`);
    expect(await run('audit', 'verify', 'jsonl:audit.jsonl')).toMatchObject({ code: 1 });
    const { sequence, hash } = unseal(first!) as AuditRecord;
    expect(await run('audit', 'verify', 'jsonl:audit.jsonl', '--after', `${sequence}:${hash}`, '--head', head)).toMatchObject({ code: 0 });
    await writeFile(file, 'x\n'.repeat(200));
    expect((await run('audit', 'verify', 'jsonl:audit.jsonl')).out).toMatch(/There is more than is listed here\.\n$/);
  });

  it('says how many renders the log itself says it lacks', async () => {
    const { folder, run } = await recorded({});
    expect((await run('audit', 'verify', 'jsonl:audit.jsonl')).err).not.toContain('lacks');
    const lines = await readFile(path.join(folder, 'audit.jsonl'), 'utf8');
    const { hash: _, ...second } = (await recordsOf(folder))[1]!;
    await writeFile(path.join(folder, 'audit.jsonl'), `${lines.split('\n')[0]}\n${seal({ ...second, dropped: 3 }).line}\n`);
    const { code, err } = await run('audit', 'verify', 'jsonl:audit.jsonl');
    expect([code, err]).toEqual([0, expect.stringContaining('the log lacks 3 renders that could not be recorded') as string]);
  });

  it.each([
    [['audit', 'verify', 'jsonl:none.jsonl'], 'There is no audit log'],
    [['audit', 'head', 'sqlite:none.db'], 'There is no audit log'],
    [['audit', 'head', 'null'], 'cannot be read back'],
    [['audit', 'head', 'audit.jsonl'], 'names no audit log'],
    [['audit', 'verify', 'jsonl:audit.jsonl', '--head', 'x'], 'is no head, and no file that can be read'],
    [['audit', 'verify', 'jsonl:audit.jsonl', '--head', 'heads.txt'], 'Line 2 of heads.txt begins with no head'],
    [['audit', 'verify', 'jsonl:audit.jsonl', '--head', 'empty.txt'], 'holds no head'],
    [['audit', 'verify', 'jsonl:audit.jsonl', '--after', '1'], 'is no head'],
    [['audit', 'replay'], "unknown command 'replay'"],
  ])('%j is wrong usage', async (args, message) => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'audit.jsonl'), '');
    await writeFile(path.join(folder, 'heads.txt'), `0:sha256:${'0'.repeat(64)}\nx`);
    await writeFile(path.join(folder, 'empty.txt'), '\n');
    const { code, out, err } = await runCommand(folder, args);
    expect(err).toContain(message);
    expect([code, out]).toEqual([2, '']);
  });

  it.each(['verify', 'head'])('%s --help shows an example', async (name) => {
    const { code, out } = await runCommand('.', ['audit', name, '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`promptc audit ${name} jsonl:audit.jsonl`);
  });
});

describe('replay', () => {
  it.each(['jsonl:audit.jsonl', 'sqlite:audit.db'])('of a hash in %s is identical', async (spec) => {
    const { run, folder } = await recorded({ keep: 'payload' }, spec);
    const store = new StoreSource(new DistFolder(path.join(folder, 'dist')));
    const { prompt_hash } = await new BundleRenderer({ bundles: store, templates: store }).render('hello', undefined, PAYLOADS[0]);
    const expected = `identical: record 1, hello@1.0.0, prompt ${prompt_hash}\n`;
    expect(await run('replay', prompt_hash, '--audit', spec)).toEqual({ code: 0, out: expected, err: '' });
    const { hash } = await store.bundle('hello');
    expect((await run('replay', hash, '--audit', spec)).out).toContain('identical: record 2,');
  });

  it('takes a record as a line, printed neatly, or in an answer of the server', async () => {
    const { folder, run } = await recorded();
    const [first, second] = await recordsOf(folder);
    for (const [text, sequence] of [
      [JSON.stringify(first), 1],
      [JSON.stringify(second, null, 2), 2],
      [JSON.stringify({ hash: first!.prompt_hash, records: [second, first] }), 2],
    ] as const) {
      await writeFile(path.join(folder, 'record.json'), text);
      expect((await run('replay', 'record.json')).out).toContain(`identical: record ${sequence},`);
      expect((await runCommand(folder, ['replay', '-'], { stdin: text })).out).toContain(`identical: record ${sequence},`);
    }
  });

  it('renders the recorded build, as long as it is kept', async () => {
    const { folder, run } = await recorded();
    const [first] = await recordsOf(folder);
    await writeFile(path.join(folder, 'record.json'), JSON.stringify(first));
    await rebuild(folder, (text) => text.replace('Hello', 'Good day'));
    expect(await run('replay', 'record.json')).toMatchObject({ code: 0, err: '' });
    await rm(path.join(folder, 'dist/objects/sha256', first!.build!.slice(7, 9), `${first!.build!.slice(7)}.json`));
    const other = await run('replay', 'record.json');
    expect(other.code).toBe(1);
    expect(other.err).toMatch(/^The build sha256:\w+ is not in .*dist; this is a render of the build sha256:\w+\.\n$/);
    expect(other.out).toMatch(
      /^bundle_hash differs\n {2}recorded sha256:\w{64}\n {2}now {6}sha256:\w{64}\nprompt_hash differs\n {2}recorded sha256:\w{64}\n {2}now {6}sha256:\w{64}\n$/,
    );
    const json = await run('replay', 'record.json', '--format', 'json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({
      identical: false,
      sequence: 1,
      bundle: 'hello@1.0.0',
      prompt_hash: first!.prompt_hash,
      differences: [
        { field: 'bundle_hash', recorded: first!.bundle_hash },
        { field: 'prompt_hash', recorded: first!.prompt_hash },
      ],
      notes: [expect.stringContaining('this is a render of the build') as string],
    });

    // The payload need not fit what the bundle is now.
    const [, second] = await recordsOf(folder);
    await writeFile(path.join(folder, 'record.json'), JSON.stringify(second));
    await rebuild(folder, (text) => text.replace('name: string', 'name: { enum: [Ada] }'));
    const refused = await run('replay', 'record.json');
    expect([refused.code, refused.out.split('\n')[0]]).toEqual([1, 'bundle_hash differs']);
    expect(refused.err).toContain('The bundle that is here does not render the payload:');
  });

  it('cannot render a version that is not in the build', async () => {
    const { folder, run } = await recorded();
    const [first] = await recordsOf(folder);
    await writeFile(path.join(folder, 'record.json'), JSON.stringify({ ...first, build: null, semver: '3.0.0' }));
    const { code, err, out } = await run('replay', 'record.json');
    expect(err).toContain(
      'The bundle "hello" has no version 3.0.0; it has 1.0.0. The record names no build; this is a render of the build',
    );
    expect([code, out]).toEqual([2, '']);
  });

  it('finds a record that was changed', async () => {
    const { folder, run } = await recorded();
    const [first] = await recordsOf(folder);
    await writeFile(
      path.join(folder, 'record.json'),
      JSON.stringify({ ...first, payload: { inputs: { name: 'Eve' } }, engine_version: '0.0.1' }),
    );
    const { code, out, err } = await run('replay', 'record.json');
    expect(code).toBe(1);
    expect([...out.matchAll(/^(\w+) differs$/gm)].map(([, field]) => field)).toEqual(['hash', 'personality_hash', 'prompt_hash']);
    expect(err).toContain('The record is not what was written: its hash is not that of its content.');
    expect(err).toContain('It was rendered by promptc 0.0.1; this is ');
  });

  it('takes the payload from elsewhere if the log did not keep it, and compares its hash first', async () => {
    const { folder, run } = await recorded({});
    const [first] = await recordsOf(folder);
    await writeFile(path.join(folder, 'record.json'), JSON.stringify(first));
    await writeFile(path.join(folder, 'payload.json'), JSON.stringify(PAYLOADS[0]));
    await writeFile(path.join(folder, 'other.json'), JSON.stringify(PAYLOADS[1]));
    const without = await run('replay', 'record.json');
    expect([without.code, without.out]).toEqual([2, '']);
    expect(without.err).toContain('Record 1 holds no payload, only its hash. Give the whole payload with --input <file>');
    expect(await run('replay', 'record.json', '--input', 'payload.json')).toMatchObject({ code: 0, err: '' });
    const other = await run('replay', 'record.json', '--input', 'other.json');
    expect(other.code).toBe(1);
    expect(other.out).toContain(`personality_hash differs\n  recorded ${first!.personality_hash}\n`);
    expect(other.out).not.toContain('prompt_hash');
    expect(other.err).toContain('The payload that was given is not the one that was rendered then');
  });

  it('cannot render a payload that is masked', async () => {
    const { folder, run } = await recorded({ keep: 'payload', masks: ['inputs.name'] });
    const [first] = await recordsOf(folder);
    expect(first).toMatchObject({ payload: { inputs: { name: { $masked: true } } } });
    await writeFile(path.join(folder, 'record.json'), JSON.stringify(first));
    await writeFile(path.join(folder, 'payload.json'), JSON.stringify(PAYLOADS[0]));
    const masked = await run('replay', 'record.json');
    expect([masked.code, masked.out]).toEqual([2, '']);
    expect(masked.err).toContain('The payload of record 1 is masked (inputs.name), and cannot be rendered.');
    expect(await run('replay', 'record.json', '--input', 'payload.json')).toMatchObject({ code: 0 });
  });

  it.each([
    [['replay', hashJson('x')], 'Name the log that the record is in with --audit'],
    [['replay', hashJson('x'), '--audit', 'jsonl:audit.jsonl'], 'has no record of a prompt or bundle'],
    [['replay', 'none.json'], 'The record none.json cannot be read: ENOENT'],
    [['replay', 'text.json'], 'text.json:1:1 is not JSON'],
    [['replay', 'list.json'], 'holds no audit record'],
    [['replay', 'half.json'], 'holds no audit record'],
    [['replay', 'record.json', '--dir', 'nowhere'], 'Run `promptc build` first.'],
  ])('%j is wrong usage', async (args, message) => {
    const { folder } = await recorded();
    const [first] = await recordsOf(folder);
    const write = (name: string, text: string): Promise<void> => writeFile(path.join(folder, name), text);
    await write('text.json', 'text');
    await write('list.json', '[1]');
    await write('half.json', JSON.stringify({ ...first, masked: 'all' }));
    await write('record.json', JSON.stringify(first));
    const { code, out, err } = await runCommand(folder, args);
    expect(err.replace(`${folder}/`, '')).toContain(message);
    expect([code, out]).toEqual([2, '']);
  });

  it('reads the limits of renders, which have to be right', async () => {
    const { folder, run } = await recorded();
    await writeFile(path.join(folder, 'promptc.config.json'), '{"limits": 1}');
    expect(await run('replay', hashJson('x'))).toMatchObject({ code: 1, out: '' });
  });

  it('trusts no build that is not what its name says', async () => {
    const { folder, run } = await recorded();
    const [first] = await recordsOf(folder);
    await writeFile(path.join(folder, 'record.json'), JSON.stringify(first));
    const { build } = first!;
    const file = path.join(folder, 'dist/objects/sha256', build!.slice(7, 9), `${build!.slice(7)}.json`);
    await writeFile(file, `${await readFile(file, 'utf8')} `);
    const { code, err } = await run('replay', 'record.json');
    expect([code, err]).toEqual([2, expect.stringContaining('The manifest is not one that promptc wrote.') as string]);
  });
});
