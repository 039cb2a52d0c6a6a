import { appendFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSink } from '../../src/audit/open-sink.js';
import { sha256 } from '../../src/base/digest.js';
import { buildProject } from '../../src/cli/project.js';
import type { DriftReport } from '../../src/drift/report.js';
import { recording } from '../audit/recording.js';
import { generate, type GeneratedOptions } from '../drift/persona.js';
import { projectFolder, temporaryFolder } from '../support/project.js';
import { type Outcome, runCommand } from '../support/terminal.js';

const STEADY: GeneratedOptions = { seed: 11, days: 24, perDay: 12 };
const MOVING: GeneratedOptions = { seed: 12, days: 24, perDay: 12, drift: { day: 18, manner: { lists: 0.8, emoji: 0.5, phrase: 0.6 } } };

function linesOf(bundle: string, options: GeneratedOptions, version = '1.0.0'): string {
  return [...generate(options)]
    .map(({ time, text }) => `${JSON.stringify({ time: new Date(time).toISOString(), bundle, version, text })}\n`)
    .join('');
}

const PROJECT = {
  'prompts/templates/greet.md': '---\nid: greet\nversion: 1.0.0\nrole: user\n---\nHello. {{task}}\n',
  'prompts/bundles/agent.md':
    '---\nid: agent\nversion: 1.0.0\nslots: { task: greet }\nconstraints: { NO_EMOJI: true, MAX_TOKENS: 400 }\n---\n',
};

async function folderWith(answers: string, { isBuilt = false } = {}): Promise<string> {
  const folder = await projectFolder({ ...(isBuilt ? PROJECT : {}), 'answers.jsonl': answers });
  if (isBuilt) await buildProject(folder, 'dist');
  return folder;
}

function drift(folder: string, ...args: string[]): Promise<Outcome> {
  return runCommand(folder, ['drift', 'answers.jsonl', ...args]);
}

async function driftJson(folder: string, ...args: string[]): Promise<DriftReport & { problems: { line: number; message: string }[] }> {
  return JSON.parse((await drift(folder, ...args, '--format', 'json')).out) as Awaited<ReturnType<typeof driftJson>>;
}

describe('drift', () => {
  it('ends with 0 where nothing moves, and says what it compared', async () => {
    const { code, out, err } = await drift(await folderWith(linesOf('agent', STEADY)));
    expect(code).toBe(0);
    expect(out).toBe(
      'agent 1.0.0: steady\n  baseline 2026-01-05 to 2026-01-16, 155 answers; current 2026-01-23 to 2026-01-28, 78 answers\n',
    );
    expect(err).toContain('There is no build in ');
    expect(err).toMatch(/Compared \d+ answers of 1 version: none moved\.\n$/);
  });

  it('ends with 1 where something moves, with what, when, and sentences that show it', async () => {
    const { code, out, err } = await drift(await folderWith(linesOf('agent', MOVING), { isBuilt: true }));
    expect(code).toBe(1);
    expect(out).toMatch(/^agent 1\.0\.0: it moved\n/);
    expect(out).toMatch(/items of lists +0\.\d+ +[12]\.\d+ .*≤ 0\.0005 +large\n/);
    expect(out).toMatch(/NO_EMOJI \(error\) .*≤ 0\.0005 +large\n/);
    expect(out).toMatch(/MAX_TOKENS \(error\) +0 % .* 1\.00\n/);
    expect(out).toMatch(/ {4}2026-01-2[2345]: .*items of lists/);
    expect(out).toContain('now: "Great question, let us dive in."\n');
    expect(out).toMatch(/answers that break NO_EMOJI\n {6}current, line \d+: ".*🎉"\n/);
    expect(err).toBe(`Compared ${linesOf('agent', MOVING).split('\n').length - 1} answers of 1 version: 1 moved.\n`);
  });

  it('holds each version to its own past, and prints JSON for programs', async () => {
    const answers = linesOf('agent', MOVING) + linesOf('agent', STEADY, '2.0.0') + linesOf('other', { ...STEADY, days: 2 });
    const report = await driftJson(await folderWith(answers, { isBuilt: true }));
    expect(report.groups.map(({ bundle, version, verdict }) => [bundle, version, verdict])).toEqual([
      ['agent', '1.0.0', 'moved'],
      ['agent', '2.0.0', 'steady'],
      ['other', '1.0.0', 'too_few'],
    ]);
    expect(report).toMatchObject({ drift: true, false_alarm_rate: 0.005, problems: [] });
    expect(report.notes).toEqual([expect.stringMatching(/does not hold agent 2\.0\.0 and 1 more, so that no constraint/)]);
    expect(report.groups[1]!.violations).toEqual([]);
  });

  it('looks at one bundle, and at the windows that are asked for', async () => {
    const folder = await folderWith(linesOf('agent', MOVING) + linesOf('other', MOVING));
    const windows = ['--bundle', 'other', '--baseline-until', '2026-01-11', '--since', '2026-01-16T00:00:00Z'];
    const { groups } = await driftJson(folder, ...windows);
    expect(groups.map(({ bundle }) => bundle)).toEqual(['other']);
    expect(groups[0]!.baseline.until).toBe('2026-01-11T00:00:00.000Z');
    expect(groups[0]!.current.from).toBe('2026-01-16T00:00:00.000Z');
    const { groups: last } = await driftJson(folder, '--bundle', 'other', '--window', '3d');
    const { from, until } = last[0]!.current;
    expect(Date.parse(until) - Date.parse(from)).toBe(3 * 24 * 60 * 60 * 1000);
  });

  it('writes a page, also into a folder that is not there yet', async () => {
    const folder = await folderWith(linesOf('a<b>&"c', MOVING));
    expect((await drift(folder, '--html', 'out/drift.html')).code).toBe(1);
    const page = await readFile(path.join(folder, 'out/drift.html'), 'utf8');
    expect(page).toContain('a&lt;b&gt;&amp;&quot;c');
    expect(page).toContain('<svg');
  });

  it('prints in colour where colours may be', async () => {
    const folder = await folderWith(linesOf('agent', MOVING));
    expect((await runCommand(folder, ['drift', 'answers.jsonl'], { colour: true })).out).toContain('\u{1b}[31mit moved');
  });
});

describe('with an audit log', () => {
  it.each(['jsonl', 'sqlite'])('in %s, answers are those of the prompts that were rendered', async (kind) => {
    const folder = await temporaryFolder();
    const spec = `${kind}:audit.log`;
    const sink = await openSink(`${kind}:${path.join(folder, 'audit.log')}`);
    const answers = [...generate({ seed: 1, days: 1, perDay: 80 })];
    for (const i of answers.keys()) sink.record(recording(i));
    await sink.close();
    const lines = answers.map(({ text }, i) => JSON.stringify({ prompt_hash: sha256(`Prompt ${i}.`), text }));
    await writeFile(
      path.join(folder, 'answers.jsonl'),
      `${lines.join('\n')}\n${JSON.stringify({ prompt_hash: sha256('another'), text: 'x' })}\n`,
    );
    const { groups, problems } = await driftJson(folder, '--audit', spec);
    expect(groups.map(({ bundle, version, answers: count }) => [bundle, version, count])).toEqual([['hello', '1.0.0', answers.length]]);
    expect(problems).toEqual([{ line: answers.length + 1, message: 'has a "prompt_hash" that the audit log does not hold' }]);
  });

  it('that is damaged, what can be read is joined', async () => {
    const folder = await temporaryFolder();
    const log = path.join(folder, 'audit.jsonl');
    const sink = await openSink(`jsonl:${log}`);
    sink.record(recording(1));
    await sink.close();
    await appendFile(log, 'not a record\n');
    await writeFile(path.join(folder, 'answers.jsonl'), `${JSON.stringify({ prompt_hash: sha256('Prompt 1.'), text: 'Yes.' })}\n`);
    expect((await driftJson(folder, '--audit', 'jsonl:audit.jsonl')).answers).toBe(1);
  });

  it('that is not there, it ends with 2', async () => {
    const { code, err } = await drift(await folderWith('{}\n'), '--audit', 'jsonl:none.jsonl');
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('There is no audit log') as string });
  });
});

describe('bad answers', () => {
  it('are named by their lines, and the rest is compared', async () => {
    const folder = await folderWith(linesOf('agent', STEADY));
    const file = path.join(folder, 'answers.jsonl');
    await appendFile(file, '\n  \nnonsense\n');
    await appendFile(file, Buffer.from([0xff, 0xfe, 0x0a]));
    await appendFile(file, '{"time": "2026-01-05", "bundle": "agent", "ver');
    const first = linesOf('agent', STEADY).split('\n').length + 2;
    const { code, err } = await drift(folder);
    expect(code).toBe(0);
    expect(err).toContain(`answers.jsonl:${first}: The line is not JSON: column 1`);
    expect(err).toContain(`answers.jsonl:${first + 1}: The line is not UTF-8.\n`);
    expect(err).toContain(`answers.jsonl:${first + 2}: The line ends at column 47, before its JSON does: it was cut off.\n`);
    expect(err).toContain('3 lines could not be read, and are left out.\n');
  });

  it('are named once, though answers are read twice to show what moved', async () => {
    const { code, err } = await drift(await folderWith(`nonsense\n${linesOf('agent', MOVING)}`));
    expect(code).toBe(1);
    expect(err.match(/nonsense|is not JSON/g)).toHaveLength(1 + 1);
  });

  it('that are very many are counted', async () => {
    const { err } = await drift(await folderWith(linesOf('agent', STEADY) + '{}\n'.repeat(50)));
    expect(err.match(/has no "time"/g)).toHaveLength(20);
    expect(err).toContain('30 more lines could not be read.\n');
  });

  it('that are too long are named', async () => {
    const folder = await folderWith(linesOf('agent', STEADY));
    await appendFile(path.join(folder, 'answers.jsonl'), `{"text": "${'x'.repeat(17 * 1024 * 1024)}"}\n`);
    expect((await drift(folder)).err).toContain('The line is longer than 16 MiB.\n');
  });

  it.each([
    ['of 10 MB', 'A word and a word. '.repeat(550_000)],
    ['of halves of surrogate pairs', '\ud800 '.repeat(1000)],
    ['of 100,000 emoji', '🎉'.repeat(100_000)],
    ['of one endless sentence', 'word '.repeat(500_000)],
  ])('%s are compared like others', async (_name, text) => {
    const odd = JSON.stringify({ time: '2026-01-28T23:59:59Z', bundle: 'agent', version: '1.0.0', text });
    const { code, err } = await drift(await folderWith(`${linesOf('agent', STEADY)}${odd}\n`, { isBuilt: true }));
    expect(code).toBe(0);
    expect(err).not.toContain('could not be read');
  });

  it('of text that would drive a terminal are shown by their codes', async () => {
    const evil = linesOf('agent', MOVING).replaceAll('Great question', String.raw`\u001b[2JGreat\u202equestion`);
    const { out } = await drift(await folderWith(evil.replaceAll('"agent"', String.raw`"\u001b[31magent"`)));
    expect(out).toContain(String.raw`\u{1b}[31magent`);
    // oxlint-disable-next-line no-control-regex -- that there is none is the point
    expect(out).not.toMatch(/[\u001b\u202e]/);
  });
});

describe('very many versions', () => {
  it('are not looked at, beyond the first ones', async () => {
    const line = linesOf('agent', STEADY).split('\n')[0]!;
    const lines = Array.from({ length: 502 }, (_, i) => line.replace('1.0.0', `${i}.0.0`));
    const { code, err } = await drift(await folderWith(`${lines.join('\n')}\n`));
    expect(code).toBe(0);
    expect(err).toContain(
      'Only 500 versions of bundles were looked at; 2 answers to others were left out. Choose a bundle with --bundle.\n',
    );
    expect(err).toContain('none moved; of 500 there are too few answers.\n');
  });
});

describe('wrong usage', () => {
  it.each([
    [['answers.jsonl'], 'answers.jsonl holds no answers. docs/drift.md says what a line looks like.'],
    [['answers.jsonl', '--bundle', 'x'], 'holds no answers to the bundle "x".'],
    [['none.jsonl'], 'The answers '],
    [['.'], 'is no file. Answers are read more than once'],
    [['answers.jsonl', '--since', 'yesterday'], 'It is a day or a time with its zone'],
    [['answers.jsonl', '--window', '7 days'], 'It is a number of days or hours, such as 7d or 12h.'],
    [
      ['answers.jsonl', '--window', '7d', '--since', '2026-01-01'],
      "option '--window <duration>' cannot be used with option '--since <time>'",
    ],
    [['answers.jsonl', '--baseline-until', '2026-01-02', '--since', '2026-01-01'], '--baseline-until must not be after --since'],
    [['answers.jsonl', '--format', 'html'], 'Allowed choices are text, json'],
  ])('%j ends with 2', async (args, message) => {
    const { code, out, err } = await runCommand(await folderWith('\n'), ['drift', ...args]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  it('is a page that cannot be written', async () => {
    const folder = await folderWith(linesOf('agent', STEADY));
    await mkdir(path.join(folder, 'taken'));
    const { code, err } = await drift(folder, '--html', 'taken');
    expect(code).toBe(2);
    expect(err).toContain('EISDIR');
  });

  it('is a build that is damaged', async () => {
    const folder = await folderWith(linesOf('agent', STEADY), { isBuilt: true });
    const objects = path.join(folder, 'dist/objects');
    for (const name of await readdir(objects, { recursive: true })) {
      const file = path.join(objects, name);
      if (name.endsWith('.json') && (await readFile(file, 'utf8')).includes('"payloadSchema"')) await writeFile(file, '{}');
    }
    const { code, err } = await drift(folder);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/^error: The artifact sha256:/) as string });
    await writeFile(path.join(folder, 'dist/manifest.json'), '{}');
    expect((await drift(folder)).err).toBe('error: The manifest is not one that promptc wrote. Build again.\n');
  });
});

describe('a long file', () => {
  it('takes time in proportion', async () => {
    const folder = await temporaryFolder();
    const time = async (name: string, perDay: number): Promise<number> => {
      await writeFile(path.join(folder, name), linesOf('agent', { seed: 1, days: 30, perDay }));
      const start = performance.now();
      expect((await runCommand(folder, ['drift', name])).code).toBe(0);
      return (performance.now() - start) / (await stat(path.join(folder, name))).size;
    };
    await time('warm.jsonl', 10);
    const short = await time('short.jsonl', 30);
    // By byte, it is less: what chance does is worked out once.
    expect(await time('long.jsonl', 300)).toBeLessThan(2 * short);
  }, 120_000);
});
