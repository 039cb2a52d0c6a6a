/** The cache of `promptc build`: that it is used, that it can be turned off, and that nothing about it can go wrong. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Records } from '../../src/compile/cache/records.js';
import { generatedProject } from '../../bench/support/generated-project.js';
import { buildCommand, startCommand } from '../support/command.js';
import { projectFolder } from '../support/project.js';
import { runCommand } from '../support/terminal.js';

const TEMPLATE = 'prompts/templates/tone.md';
const PROJECT = {
  [TEMPLATE]: '---\nid: tone\nversion: 1.0.0\nrole: system\ndescription: Said\ninputs: { never: string }\n---\nBe brief. {{> rule}}\n',
  'prompts/partials/rule.md': 'Keep to the rules.\n',
  'prompts/bundles/agent.md':
    '---\nid: agent\nversion: 1.0.0\nslots: { system: tone }\nexamples:\n  - name: one\n    input: { inputs: { never: x } }\n---\nAn agent.\n',
};
const CACHE = '.promptc/cache.json';

async function digestOf(folder: string, ...args: string[]): Promise<string> {
  const { code, out, err } = await runCommand(folder, ['build', ...args]);
  expect(code, err).toBe(0);
  return out;
}

/** Changes what a cache says, as only somebody who knows its form could. */
function forge(folder: string, change: (records: Records) => void): void {
  const [header, body] = readFileSync(path.join(folder, CACHE), 'utf8').split('\n') as [string, string];
  const records = JSON.parse(body) as Records;
  change(records);
  const text = JSON.stringify(records);
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  writeFileSync(path.join(folder, CACHE), `${JSON.stringify({ ...(JSON.parse(header) as object), digest })}\n${text}`);
}

const saysForged = ({ templates }: Records): void => {
  Object.assign(templates[TEMPLATE]!, { description: 'Forged' });
};

describe('the cache of a build', () => {
  it('is used for files that have not changed, whatever their times', async () => {
    const folder = await projectFolder(PROJECT);
    const first = await runCommand(folder, ['build']);
    const kept = readFileSync(path.join(folder, CACHE));
    utimesSync(path.join(folder, TEMPLATE), 0, 0);
    const again = await runCommand(folder, ['build']);
    expect(again.out).toBe(first.out);
    // What was warned of is warned of again, and examples are counted that were rendered before.
    expect(again.err).toContain('check/unused-input');
    expect(again.err).toContain('Compiled 1 template, 1 bundle and 1 example into dist');
    expect(readFileSync(path.join(folder, CACHE)).equals(kept)).toBe(true);
    forge(folder, saysForged);
    expect(await digestOf(folder)).not.toBe(first.out);
  });

  it('keeps out of the way: Git ignores it, and checking writes none', async () => {
    const folder = await projectFolder(PROJECT);
    expect((await runCommand(folder, ['check'])).code).toBe(0);
    expect(existsSync(path.join(folder, '.promptc'))).toBe(false);
    await digestOf(folder);
    expect(readFileSync(path.join(folder, '.promptc/.gitignore'), 'utf8')).toBe('*\n');
  });

  it('can be turned off, for one build and for a project', async () => {
    const folder = await projectFolder(PROJECT);
    const real = await digestOf(folder, '--no-cache');
    expect(existsSync(path.join(folder, '.promptc'))).toBe(false);
    await digestOf(folder);
    forge(folder, saysForged);
    const { mtimeMs } = statSync(path.join(folder, CACHE));
    expect(await digestOf(folder, '--no-cache')).toBe(real);
    writeFileSync(path.join(folder, 'promptc.config.json'), '{ "cache": false }');
    expect(await digestOf(folder)).toBe(real);
    expect(statSync(path.join(folder, CACHE)).mtimeMs).toBe(mtimeMs);
  });

  it.each<[string, (folder: string) => void]>([
    ['was cut off', (folder) => writeFileSync(path.join(folder, CACHE), readFileSync(path.join(folder, CACHE)).subarray(0, -20))],
    [
      'has another byte',
      (folder) => writeFileSync(path.join(folder, CACHE), readFileSync(path.join(folder, CACHE), 'utf8').replace('Said', 'Sade')),
    ],
    ['is empty', (folder) => writeFileSync(path.join(folder, CACHE), '')],
    ['is something else', (folder) => writeFileSync(path.join(folder, CACHE), 'null\nnull')],
    ['is a folder', (folder) => (rmSync(path.join(folder, CACHE)), mkdirSync(path.join(folder, CACHE)))],
    [
      'has a file in the place of its folder',
      (folder) => (rmSync(path.join(folder, '.promptc'), { recursive: true }), writeFileSync(path.join(folder, '.promptc'), '')),
    ],
    [
      'is of another compiler',
      (folder) => {
        forge(folder, saysForged);
        const text = readFileSync(path.join(folder, CACHE), 'utf8');
        writeFileSync(path.join(folder, CACHE), text.replace(/"settings":"sha256:./, '"settings":"sha256:x'));
      },
    ],
  ])('that %s costs a build time, and nothing else', async (_what, spoil) => {
    const folder = await projectFolder(PROJECT);
    const real = await digestOf(folder);
    spoil(folder);
    expect(await digestOf(folder)).toBe(real);
    expect(await digestOf(folder)).toBe(real);
  });

  it('is no use with other limits', async () => {
    const folder = await projectFolder(PROJECT);
    const real = await digestOf(folder);
    forge(folder, saysForged);
    writeFileSync(path.join(folder, 'promptc.config.json'), '{ "limits": { "blockDepth": 20 } }');
    expect(await digestOf(folder)).toBe(real);
  });

  it('brings back objects that somebody deleted', async () => {
    const folder = await projectFolder(PROJECT);
    const real = await digestOf(folder);
    rmSync(path.join(folder, 'dist'), { recursive: true });
    expect(await digestOf(folder)).toBe(real);
    expect((await runCommand(folder, ['verify'])).code).toBe(0);
  });

  it('is kept of what is fine, if something else is wrong', async () => {
    const folder = await projectFolder(PROJECT);
    const wrong = 'prompts/templates/wrong.md';
    writeFileSync(path.join(folder, wrong), '---\nid: wrong\nversion: 1.0.0\nrole: user\n---\n{{nobody}}\n');
    expect((await runCommand(folder, ['build'])).code).toBe(1);
    const [, body] = readFileSync(path.join(folder, CACHE), 'utf8').split('\n');
    expect(Object.keys((JSON.parse(body!) as Records).templates)).toEqual([TEMPLATE]);
  });
});

describe('many files', () => {
  buildCommand();

  it('are compiled on all cores, to the same bytes', async () => {
    const files = {
      ...generatedProject(1300),
      // One with a warning, and one that looks for its text in another place.
      'prompts/templates/warned.md': '---\nid: warned\nversion: 1.0.0\nrole: user\ninputs: { never: string }\n---\n  Hello \\{{name}}\n',
    };
    const folder = await projectFolder(files);
    const { process, ended, said } = startCommand(folder, ['build']);
    let out = '';
    process.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    expect((await ended).code, said()).toBe(0);
    expect(said()).toContain('check/unused-input');
    // From the sources, everything is compiled on one thread.
    expect(await digestOf(folder, '--no-cache')).toBe(out);
    writeFileSync(path.join(folder, 'prompts/templates/warned.md'), '---\nid: warned\nversion: 1.0.0\nrole: user\n---\n{{nobody}}\n');
    const broken = startCommand(folder, ['build', '--no-cache']);
    expect((await broken.ended).code).toBe(1);
    expect(broken.said()).toContain('check/unknown-name');
  }, 60_000);
});
