/** docs/dev.md says what `promptc dev` does: its tables and its settings are those of the program. */
import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../../src/base/diagnostic.js';
import { DEFAULT_CONFIG } from '../../src/compile/config.js';
import { readConfig } from '../../src/compile/discover/config-file.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { type CompileReport } from '../../src/dev/session.js';
import { EVENTS_PATH, streamEvent } from '../../src/dev/events.js';
import { runCommand } from '../support/terminal.js';
import { readPage, section, tableRows } from './page.js';

const page = readPage('dev.md');

async function debounceOf(text: string): Promise<unknown> {
  const diagnostics = new Diagnostics();
  const { dev } = await readConfig(new MemoryDisk({ 'promptc.config.json': text }), diagnostics);
  expect(diagnostics.sorted()).toEqual([]);
  return dev.debounce;
}

describe('docs/dev.md', () => {
  it('lists the options that the command has', async () => {
    const listed = tableRows(section(page, '## Beginning'))
      .map(([option]) => option!)
      .filter((option) => option !== 'option');
    const { out } = await runCommand('.', ['dev', '--help']);
    const options = [...out.matchAll(/^ {2}(--\w+ <\w+>)/gm)].map(([, option]) => option!);
    expect(options.length).toBeGreaterThan(4);
    expect(listed.toSorted()).toEqual(options.toSorted());
  });

  it('shows the settings as they are by default', async () => {
    const { text } = page.blocks.find(({ meta }) => meta === 'config')!;
    expect(await debounceOf(text)).toEqual(DEFAULT_CONFIG.dev.debounce);
  });

  it('lists the fields of each event', () => {
    const compiled = { diagnostics: [], examples: [], edited: [], config: DEFAULT_CONFIG };
    const reports = [
      { kind: 'taken', compiled, changed: { templates: [], bundles: [] }, isNew: true },
      { kind: 'broken', compiled },
      { kind: 'failed', error: new Error('x') },
    ].map((one) => ({ ...one, files: undefined, milliseconds: 1 }) as unknown as CompileReport);
    const text = section(page, '## Events for pages');
    expect(text).toContain(`GET ${EVENTS_PATH}`);
    const rows = tableRows(text);
    for (const report of reports) {
      const { event, data } = streamEvent(report, '1', undefined);
      const own = rows.find(([name]) => name === event)![2]!.replace(/\(.*?\)/g, '');
      const named = ['build', 'files', 'milliseconds', ...[...own.matchAll(/\w+/g)].map(([field]) => field)];
      expect(Object.keys(data as object).toSorted(), event).toEqual(named.toSorted());
    }
  });
});

describe('the settings', () => {
  it.each([
    ['{}', { min: 50, max: 500 }],
    ['{ "dev": {} }', { min: 50, max: 500 }],
    ['{ "dev": { "debounce": { "min": 900 } } }', { min: 900, max: 900 }],
    ['{ "dev": { "debounce": { "max": 20 } } }', { min: 20, max: 20 }],
    ['{ "dev": { "debounce": { "min": 300, "max": 100 } } }', { min: 300, max: 300 }],
  ])('%s', async (text, debounce) => {
    expect(await debounceOf(text)).toEqual(debounce);
  });
});
