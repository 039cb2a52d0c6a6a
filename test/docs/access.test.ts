/** docs/access.md: its tables, its keys file and its commands are what the code has. */
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { Access, OPEN, type Refusal } from '../../src/access/access.js';
import { keyIdOf, newKey } from '../../src/access/key.js';
import { KEY_FIELDS, parseKeys } from '../../src/access/keys-format.js';
import { isWithin } from '../../src/access/prefix.js';
import { SCOPES } from '../../src/access/scope.js';
import { STATUS } from '../../src/server/problem.js';
import { runCommand } from '../support/terminal.js';
import { readPage, section, tableRows } from './page.js';

const page = readPage('access.md');
const rowsOf = (heading: string): string[][] => tableRows(section(page, heading));
const listed = (cell: string): string[] => cell.replaceAll('`', '').split(', ');

describe('docs/access.md', () => {
  it('says what each policy opens', () => {
    const [head, ...rows] = rowsOf('## Policies');
    expect(head!.slice(2)).toEqual(['render', 'read', 'metrics', 'audit']);
    const told = rows.slice(0, -1).map(([, policy, ...cells]) => [policy, head!.slice(2).filter((_, i) => cells[i] === 'open')]);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(Object.entries(OPEN).map(([policy, scopes]) => [policy, [...scopes]])));
  });

  it('lists the scopes', () => {
    expect(
      rowsOf('## Scopes')
        .slice(1)
        .map(([scope]) => scope),
    ).toEqual(SCOPES);
  });

  it('says what prefixes reach', () => {
    const rows = rowsOf('## Prefixes').slice(2);
    expect(rows).toHaveLength(2);
    for (const [prefix, inside, beyond] of rows) {
      expect(listed(inside!).filter((id) => !isWithin(prefix, id))).toEqual([]);
      expect(listed(beyond!).filter((id) => isWithin(prefix, id))).toEqual([]);
    }
  });

  it('gives scanners the form of keys', () => {
    const [form] = /promptc_\[[^`]+/.exec(section(page, '## Keys'))!;
    for (const id of ['a', 'web-2', 'x'.repeat(64)]) {
      const key = newKey(id);
      expect(new RegExp(`^${form}$`).exec(key)?.[0]).toBe(key);
      expect(keyIdOf(key)).toBe(id);
    }
  });

  it('shows a keys file, and lists its fields', () => {
    const block = page.blocks.find(({ language }) => language === 'json');
    expect(parseKeys(block!.text)).toMatchObject([{ id: 'desk', prefix: 'support/' }]);
    const told = rowsOf('## The keys file')
      .slice(1)
      .map(([name, need]) => [name, need === 'optional']);
    expect(told).toEqual(Object.entries(KEY_FIELDS).map(([name, { isOptional }]) => [name, isOptional === true]));
  });

  it('lists every reason, with its code and status', () => {
    // The type sees to it that there are no others.
    const codes: { readonly [reason in Refusal['reason']]: Refusal['code'] } = {
      missing: 'unauthorized',
      invalid: 'unauthorized',
      expired: 'unauthorized',
      revoked: 'unauthorized',
      lacks_scope: 'forbidden',
      outside_prefix: 'forbidden',
      no_keys: 'forbidden',
    };
    const told = rowsOf('## Answers')
      .slice(1)
      .map(([reason, status, code]) => [reason, Number(status), code]);
    expect(told).toEqual(Object.entries(codes).map(([reason, code]) => [reason, STATUS[code], code]));
    expect(new Access('keys').ask('render', undefined, undefined)).toMatchObject({ reason: 'no_keys', code: codes.no_keys });
  });

  it('uses commands and options that there are', async () => {
    const commands = [...page.text.matchAll(/promptc keys (add|list|revoke)([^\n`>]*)/g)];
    expect(commands.length).toBeGreaterThan(6);
    for (const [, name, rest] of commands) {
      const { out } = await runCommand('.', ['keys', name!, '--help']);
      for (const [option] of rest!.matchAll(/--[a-z-]+/g)) expect(out).toContain(option);
    }
  });

  it('shows YAML that can be read', () => {
    const blocks = page.blocks.filter(({ language }) => language === 'yaml');
    expect(blocks.map(({ text }) => load(text))).toMatchObject([{ scrape_configs: [{ job_name: 'promptc' }] }]);
  });
});
