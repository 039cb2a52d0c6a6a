/** `npm run bench:check`: what it prints, what it writes, and how it ends. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { BENCHES } from '../../bench/benches/all.js';
import { readBudgets } from '../../bench/suite/budgets.js';
import { checkBudgets } from '../../bench/suite/check-command.js';
import type { Run } from '../../bench/suite/run.js';
import { SCALES } from '../../bench/suite/scales.js';
import { REPOSITORY, temporaryFolder } from '../support/project.js';
import { rounds, runOf, series } from './sample-run.js';

const BUDGETS = { tolerance: 0.1, budgets: [{ bench: 'render', series: 'a', to: 'b', most: 1, why: 'It is a test.' }] };

let folder: string;
let measured: unknown[];

beforeEach(async () => {
  folder = await temporaryFolder();
  measured = [];
  await writeFile(path.join(folder, 'budgets.json'), JSON.stringify(BUDGETS));
});

function times(factor: number): Run {
  return runOf('render', [series('a', rounds(factor * 7), { to: 'b' }), series('b', rounds(7, { spread: 0 }))]);
}

/** Runs the command, with benches that measure what they are told to. */
async function check(run: Run, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const ended = { code: 0, out: '', err: '' };
  ended.code = await checkBudgets(args, {
    folder,
    measure: async (benches, scale) => {
      measured.push([benches.map(({ name }) => name), scale]);
      return run;
    },
    out: (text) => void (ended.out += text),
    err: (text) => void (ended.err += text),
    paint: (verdict, text) => text.replace(verdict, `<${verdict}>`),
  });
  return ended;
}

describe('bench:check', () => {
  it('measures what budgets are about, and ends with 0 where nothing is red', async () => {
    const { code, out } = await check(times(0.9), '--quick');
    expect(measured).toEqual([[['render'], 'quick']]);
    expect(out).toMatch(/render: a \/ b +<green> +0\.9\d +0\.\d\d–0\.\d\d +1\.10/);
    expect(out).toContain('1 green, 0 red, 0 white');
    expect(code).toBe(0);
  });

  it('ends with 1 where something is red', async () => {
    const { code, out } = await check(times(1.3));
    expect(out).toContain('<red>');
    expect(code).toBe(1);
  });

  it('saves a run, and compares another with it', async () => {
    expect(await check(times(0.5), '--save-baseline', 'main')).toMatchObject({ code: 0 });
    expect(await readdir(path.join(folder, 'baselines'))).toEqual(['main.json']);
    const { code, out } = await check(times(0.65), '--baseline', 'main', '--markdown', path.join(folder, 'table.md'));
    expect(out).toContain('Next to main');
    expect(out).toContain('2 green, 1 red, 0 white');
    expect(code).toBe(1);
    const markdown = await readFile(path.join(folder, 'table.md'), 'utf8');
    expect(markdown).toContain('| render: a');
    expect(markdown).toContain('🔴');
  });

  it('takes a run that is there', async () => {
    const file = path.join(folder, 'run.json');
    await writeFile(file, JSON.stringify(times(1.3)));
    expect(await check(times(0.5), '--run', file)).toMatchObject({ code: 1 });
    expect(measured).toEqual([]);
  });

  it.each([
    [['--baseline', 'gone'], 'There is no baseline gone: save one with'],
    [['--baseline', '../../etc/passwd'], "A baseline's name has letters"],
    [['--quick', '--full'], 'give one of them'],
    [['rendering'], 'There is no bench rendering, but there are render'],
    [['--fast'], "Unknown option '--fast'"],
    [['--run', 'gone.json'], 'gone.json'],
  ])('ends %j with 2, and says why', async (args, message) => {
    const { code, err } = await check(times(1), ...args);
    expect(err).toContain(message);
    expect(code).toBe(2);
    expect(measured).toEqual([]);
  });

  it('ends with 2 where nothing was measured: that is no pass', async () => {
    expect(await check(runOf('render', []))).toMatchObject({ code: 2, err: expect.stringContaining('Nothing could be compared') });
  });

  it('refuses budgets that are none', async () => {
    await writeFile(path.join(folder, 'budgets.json'), JSON.stringify({ tolerance: 0.1, budgets: [{ bench: 'render' }] }));
    expect(await check(times(1))).toMatchObject({
      code: 2,
      err: expect.stringContaining("/budgets/0 must have required property 'series'"),
    });
  });
});

describe('bench/budgets.json', () => {
  it('is about series that there are', async () => {
    const { budgets } = await readBudgets(path.join(REPOSITORY, 'bench/budgets.json'));
    expect(budgets.length).toBeGreaterThan(5);
    for (const { bench, series: subject, to } of budgets) {
      const names = BENCHES.find(({ name }) => name === bench)!
        .series(SCALES.quick)
        .map(({ name }) => name);
      expect(names).toContain(subject);
      expect(names).toContain(to);
    }
  });
});
