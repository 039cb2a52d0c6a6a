/** Yanked versions, as those who read a build meet them. */
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { FileBundleSource } from '../../src/sources/file.js';
import { serve } from '../../src/server/serve.js';
import { call, json, render, verdict } from '../server/test-server.js';
import type { TestRepository } from '../support/repository.js';
import { runCommand } from '../support/terminal.js';
import { build, bundle, PROJECT, publish, published, template } from './published-project.js';

const REASON = 'It promised \u202e a refund.';

/** A bundle in three versions, of which the highest and the template that it uses are yanked. */
async function yanked(): Promise<TestRepository> {
  const made = await published({ ...PROJECT, ...bundle('agent', '1.0.0', 'task: tone@1.0.0') });
  await publish(made, bundle('agent', '1.1.0', 'task: tone@1.0.0'));
  await publish(made, { ...template('tone', '2.0.0', 'Be rude.'), ...bundle('agent', '1.2.0', 'task: tone') });
  // What the last commit brought could still be mended.
  made.commit({ 'README.md': 'Prompts.\n' });
  for (const [name, reason] of [
    ['agent@1.2.0', REASON],
    ['tone@2.0.0', 'Too rude.'],
  ] as const) {
    expect((await runCommand(made.folder, ['yank', name, '--reason', reason])).code).toBe(0);
  }
  await build(made);
  made.commit();
  return made;
}

let made: TestRepository;
beforeEach(async () => {
  made = await yanked();
});

describe('a yanked version', () => {
  it('is read only by its number', async () => {
    const source = new FileBundleSource(path.join(made.folder, 'dist'));
    for (const [wanted, version] of [
      [undefined, '1.1.0'],
      ['^1.0.0', '1.1.0'],
      ['*', '1.1.0'],
      ['1.2.0', '1.2.0'],
    ] as const) {
      expect((await source.bundle('agent', wanted)).version).toBe(version);
    }
  });

  it('is marked where a range takes no other', async () => {
    const source = new FileBundleSource(path.join(made.folder, 'dist'));
    await expect(source.bundle('agent', '^1.2.0')).rejects.toMatchObject({
      code: 'version_not_found',
      message: 'The bundle "agent" has no version ^1.2.0; it has 1.2.0 (yanked), 1.1.0, 1.0.0.',
    });
  });

  it('is rendered by its number, and that it is yanked is said beside it', async () => {
    for (const where of [[], ['--root', '.']]) {
      const usual = await runCommand(made.folder, ['render', 'agent', ...where]);
      expect(usual.out).toContain('Be calm.');
      expect(usual.err).not.toContain('yanked');
      const { code, out, err } = await runCommand(made.folder, ['render', 'agent@1.2.0', ...where]);
      expect({ code, out }).toEqual({ code: 0, out: 'Be rude.\n' });
      expect(err).toContain('The bundle agent@1.2.0 is yanked: It promised \\u{202e} a refund.\n');
    }
  });

  it('is inspected', async () => {
    const { out } = await runCommand(made.folder, ['inspect', 'agent@1.2.0']);
    expect(out).toContain('\n  yanked    It promised \\u{202e} a refund.\n');
    const { out: digested } = await runCommand(made.folder, ['inspect', /hash {6}(\S+)/.exec(out)![1]!]);
    expect(digested).toBe(out);
    expect((await runCommand(made.folder, ['inspect', 'tone@2.0.0'])).out).toContain('\n  yanked    Too rude.\n');
    expect((await runCommand(made.folder, ['inspect', 'agent'])).out).not.toContain('yanked');
    expect((await runCommand(made.folder, ['inspect', 'tone'])).out).toMatch(/^template tone@1\.0\.0\n/);
  });

  it('is told by the server, which takes it for no default', async () => {
    const server = await serve({ dir: path.join(made.folder, 'dist'), host: '127.0.0.1', port: 0 });
    onTestFinished(() => server.close());
    const shown = async (target: string) => json(await call(server, `/v1/prompts/${target}`));
    expect(await shown('bundles')).toMatchObject({ bundles: [{ bundle_id: 'agent', semver: '1.1.0' }] });
    expect(await shown('bundles/agent')).toMatchObject({
      semver: '1.1.0',
      default: '1.1.0',
      yanked: null,
      versions: [
        { semver: '1.2.0', yanked: REASON },
        { semver: '1.1.0', yanked: null },
        { semver: '1.0.0', yanked: null },
      ],
    });
    expect(await shown('bundles/agent?semver=1.2.0')).toMatchObject({ semver: '1.2.0', yanked: REASON });
    expect(await shown('templates/tone?semver=2.0.0')).toMatchObject({ semver: '2.0.0', default: '1.0.0', yanked: 'Too rude.' });
    const [named, ranged] = ['1.2.0', '^1.0.0'].map((semver) => ({ bundle_id: 'agent', semver }));
    const alone = await render(server, named);
    expect(json(alone)).toMatchObject({ semver: '1.2.0' });
    // A reason may hold what no header can.
    expect(alone.headers['x-promptc-yanked']).toBe(encodeURIComponent(REASON));
    const other = await render(server, ranged);
    expect([json(other), other.headers['x-promptc-yanked']]).toMatchObject([{ semver: '1.1.0' }, undefined]);
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ requests: [named, ranged] });
    expect(json(await call(server, '/v1/prompts/render/batch', { method: 'POST', headers, body }))).toMatchObject({
      results: [
        { yanked: REASON, result: { semver: '1.2.0' } },
        { yanked: null, result: { semver: '1.1.0' } },
      ],
    });
    expect(verdict(await render(server, { bundle_id: 'agent', semver: '^1.2.0' }))).toEqual([404, 'version_not_found']);
  });
});

it('a bundle of which every version is yanked has no default, and is left out of the list', async () => {
  const all = await published();
  all.commit({ 'README.md': 'Prompts.\n' });
  expect((await runCommand(all.folder, ['yank', 'agent@1.0.0', '--reason', REASON])).code).toBe(0);
  await build(all);
  const server = await serve({ dir: path.join(all.folder, 'dist'), host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  expect(json(await call(server, '/v1/prompts/bundles'))).toEqual({ bundles: [], next: null });
  const answer = await render(server, { bundle_id: 'agent' });
  expect(verdict(answer)).toEqual([404, 'no_default_version']);
  expect(json(answer)).toMatchObject({ detail: 'The bundle "agent" has no stable version to take; name one: 1.0.0 (yanked).' });
});
