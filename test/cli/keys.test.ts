/** `promptc keys`; test/cli/package.test.ts runs it in processes of its own. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Keyring } from '../../src/access/keyring.js';
import { type KeyEntry, parseKeys } from '../../src/access/keys-format.js';
import { parseExpiry } from '../../src/access/time.js';
import { temporaryFolder } from '../support/project.js';
import { type Outcome, runCommand } from '../support/terminal.js';

const NOW = Date.parse('2026-06-01T00:00:00Z');

function keys(folder: string, ...args: string[]): Promise<Outcome> {
  return runCommand(folder, ['keys', ...args, '--keys', 'keys.json']);
}

function entries(folder: string): KeyEntry[] {
  return parseKeys(readFileSync(path.join(folder, 'keys.json'), 'utf8'));
}

function find(folder: string, key: string) {
  return new Keyring(entries(folder)).find(key.trim(), Date.now());
}

describe('keys add', () => {
  it('prints a key, which the file holds only the hash of', async () => {
    const folder = await temporaryFolder();
    const { code, out, err } = await keys(folder, 'add', '--id', 'web');
    expect(code).toBe(0);
    expect(out).toMatch(/^promptc_web_[0-9a-f]{72}\n$/);
    expect(err).toBe('The key web is for render. It is printed this once: keys.json holds its hash only.\n');
    expect(find(folder, out)).toEqual({ id: 'web', scopes: new Set(['render']), prefix: undefined });
    expect(readFileSync(path.join(folder, 'keys.json'), 'utf8')).not.toContain(out.trim().slice(-72));
  });

  it('takes scopes, a prefix, an end and a note', async () => {
    const folder = await temporaryFolder();
    const args = ['--scope', 'read, render,read', '--prefix', 'support/', '--expires', '2999-01-31', '--note', 'For the desk.'];
    const { out, err } = await keys(folder, 'add', ...args);
    const [entry] = entries(folder);
    expect(entry).toMatchObject({ scopes: ['read', 'render'], prefix: 'support/', expires: '2999-01-31T00:00:00Z', note: 'For the desk.' });
    expect(entry!.id).toMatch(/^[0-9a-f]{10}$/);
    expect(err).toContain(`The key ${entry!.id} is for read, render within support/, until 2999-01-31T00:00:00Z. `);
    expect(find(folder, out)).toMatchObject({ prefix: 'support/' });
  });

  it.each([
    [['--id', 'Web'], 'An id is lower-case letters, digits and dashes, at most 64 of them, no dash at an end; Web is none.'],
    [['--prefix', '/a'], 'A prefix is the beginning of ids up to the end of a segment, such as `support/` or `support/agent`; /a is none.'],
    [['--note', 'x'.repeat(501)], 'A note is a text of at most 500 characters.'],
    [['--scope', 'write'], 'Scopes are render, read, audit, metrics, with commas between them.'],
    [['--scope', ''], 'Scopes are render, read, audit, metrics, with commas between them.'],
    [['--expires', '2020-01-31'], 'It is a time from now, such as 90d or 12h, or a day to come, such as 2099-01-31.'],
    [['--expires', 'soon'], 'It is a time from now'],
  ])('refuses %.40j', async (args, message) => {
    const folder = await temporaryFolder();
    const { code, out, err } = await keys(folder, 'add', ...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(() => entries(folder)).toThrow('ENOENT');
  });

  it('gives no id twice, not even that of a revoked key', async () => {
    const folder = await temporaryFolder();
    await keys(folder, 'add', '--id', 'web');
    await keys(folder, 'revoke', 'web');
    expect(await keys(folder, 'add', '--id', 'web')).toEqual({
      code: 2,
      out: '',
      err: 'error: keys.json has a key web already, and logs would not tell the two apart. Choose another --id, such as web-2.\n',
    });
  });

  it('leaves a broken file as it is', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'keys.json');
    writeFileSync(file, '{"keysVersion": 1');
    expect(await keys(folder, 'add')).toEqual({
      code: 2,
      out: '',
      err: `error: The keys file ${file} is no JSON: a "}" is missing, in line 1, column 18.\n`,
    });
    expect(readFileSync(file, 'utf8')).toBe('{"keysVersion": 1');
  });
});

describe('keys list', () => {
  it('shows who has keys, and never a secret', async () => {
    const folder = await temporaryFolder();
    const entry = { hash: `sha256:${'0'.repeat(64)}`, scopes: ['render', 'read'], created: '2026-01-02T03:04:05Z' };
    const text = JSON.stringify({
      keysVersion: 1,
      keys: [
        { ...entry, id: 'web' },
        { ...entry, id: 'support', scopes: ['audit'], prefix: 'support/', expires: '2999-01-01T00:00:00Z', note: 'a\u001b[31m\nb' },
        { ...entry, id: 'old', expires: '2026-01-03T00:00:00Z' },
        { ...entry, id: 'lost', expires: '2026-01-03T00:00:00Z', revoked: '2026-01-04T00:00:00Z' },
      ],
    });
    writeFileSync(path.join(folder, 'keys.json'), text, { mode: 0o600 });
    expect(await keys(folder, 'list')).toEqual({
      code: 0,
      err: '',
      out: `\
web      good                          render,read  (all)     created 2026-01-02T03:04:05Z
support  until 2999-01-01T00:00:00Z    audit        support/  created 2026-01-02T03:04:05Z  a\\u{1b}[31m\\u{a}b
old      expired 2026-01-03T00:00:00Z  render,read  (all)     created 2026-01-02T03:04:05Z
lost     revoked 2026-01-04T00:00:00Z  render,read  (all)     created 2026-01-02T03:04:05Z
`,
    });
  });

  it('says that there are none, that there is no file, or that others may read it', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'keys.json');
    expect(await keys(folder, 'list')).toEqual({
      code: 2,
      out: '',
      err: `error: There is no keys file ${file}. \`promptc keys add --keys ${file}\` makes one.\n`,
    });
    writeFileSync(file, '{"keysVersion": 1, "keys": []}', { mode: 0o644 });
    const { code, out, err } = await keys(folder, 'list');
    expect([code, out]).toEqual([0, '']);
    expect(err).toContain('keys.json holds no keys: nobody gets in with one.\n');
    expect(err.includes(`warning: The keys file ${file} can be read by every user`)).toBe(process.platform !== 'win32');
  });
});

describe('keys revoke', () => {
  it('lets a key open nothing any more, and keeps its entry', async () => {
    const folder = await temporaryFolder();
    const { out: key } = await keys(folder, 'add', '--id', 'web', '--expires', '90d');
    const [before] = entries(folder);
    const { code, out, err } = await keys(folder, 'revoke', 'web');
    const [after] = entries(folder);
    expect([code, out]).toEqual([0, '']);
    expect(err).toBe(`The key web opens nothing any more, since ${after!.revoked}.\n`);
    expect(after).toEqual({ ...before, revoked: after!.revoked });
    expect(find(folder, key)).toMatchObject({ why: 'revoked' });
    // Once more changes nothing.
    expect(await keys(folder, 'revoke', 'web')).toEqual({ code, out, err });
  });

  it('says which keys it cannot find', async () => {
    const folder = await temporaryFolder();
    expect(await keys(folder, 'revoke', 'web')).toMatchObject({ code: 2, err: expect.stringContaining('There is no keys file') as string });
    await keys(folder, 'add', '--id', 'other');
    expect(await keys(folder, 'revoke', 'web')).toEqual({
      code: 2,
      out: '',
      err: 'error: keys.json holds no key web. `promptc keys list --keys keys.json` shows all.\n',
    });
  });
});

describe('help', () => {
  it.each([['add'], ['list'], ['revoke']])('of keys %s shows examples', async (name) => {
    const { code, out } = await runCommand('.', ['keys', name, '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`Examples:\n  $ promptc keys ${name}`);
  });

  it('is what keys alone prints, and wrong usage', async () => {
    const { code, out, err } = await runCommand('.', ['keys']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('Usage: promptc keys');
    expect(await runCommand('.', ['keys', 'list'])).toMatchObject({ code: 2, err: expect.stringContaining('--keys <file>') as string });
  });
});

describe('when a key expires', () => {
  it.each([
    ['12h', '2026-06-01T12:00:00Z'],
    ['90d', '2026-08-30T00:00:00Z'],
    ['2026-06-02', '2026-06-02T00:00:00Z'],
    ['2026-06-01T00:00:01Z', '2026-06-01T00:00:01Z'],
  ])('%j is read as %s', (text, time) => {
    expect(parseExpiry(text, NOW)).toBe(Date.parse(time));
  });

  it.each(['', '0d', '-1d', '90', '90 d', '1.5d', '123456d', '2026-06-01', '2026-02-30', '2026-6-2'])('%j is not read', (text) => {
    expect(parseExpiry(text, NOW)).toBeUndefined();
  });
});
