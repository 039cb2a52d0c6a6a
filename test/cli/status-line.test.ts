import { Writable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { processTerminal } from '../../src/cli/io.js';
import { run } from '../../src/cli/program.js';
import { StatusLine } from '../../src/cli/status-line.js';
import { projectFolder, SMALL_PROJECT } from '../support/project.js';

const WIPE = '\r\u{1b}[2K';

describe('the status line', () => {
  it('says what goes on, each in the place of the one before', () => {
    const written: string[] = [];
    const line = new StatusLine((text) => void written.push(text), true);
    line.show('One');
    line.show('Two');
    line.clear();
    line.clear();
    expect(written).toEqual([`${WIPE}One …`, `${WIPE}Two …`, WIPE]);
  });

  it.each([
    [0, 8, '░░░░░░░░░░░░░░░░░░░░ 0 of 8'],
    [2, 8, '█████░░░░░░░░░░░░░░░ 2 of 8'],
    [8, 8, '████████████████████ 8 of 8'],
    [9, 8, '████████████████████ 9 of 8'],
    [0, 0, '░░░░░░░░░░░░░░░░░░░░ 0 of 0'],
  ])('draws %d of %d', async (done, total, drawn) => {
    const written: string[] = [];
    const step = new StatusLine((text) => void written.push(text), true).show('One');
    await new Promise((resolve) => setTimeout(resolve, 150));
    step(done, total);
    expect(written.at(-1)).toBe(`${WIPE}One … ${drawn}`);
  });

  it('says how far it is, and no more often than one can read', () => {
    const written: string[] = [];
    const step = new StatusLine((text) => void written.push(text), true).show('One');
    const end = performance.now() + 350;
    let steps = 0;
    while (performance.now() < end) step(steps++, 1_000_000_000);
    expect(steps).toBeGreaterThan(100);
    expect(written.length).toBeGreaterThan(1);
    expect(written.length).toBeLessThan(6);
    expect(written[1]).toMatch(/One … █*░+ \d+ of 1000000000$/);
  });
});

describe('the terminal of the process', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  /** What a command writes to the standard error, and to both. */
  async function shown(args: readonly string[], { isTTY, term = 'xterm', ci = '' }: { isTTY: boolean; term?: string; ci?: string }) {
    vi.stubEnv('TERM', term);
    vi.stubEnv('CI', ci);
    vi.stubEnv('NO_COLOR', '1');
    let all = '';
    const stream = () => Object.assign(new Writable({ write: (chunk, _, done) => ((all += String(chunk)), done()) }), { isTTY });
    vi.spyOn(process, 'stdout', 'get').mockReturnValue(stream() as unknown as typeof process.stdout);
    vi.spyOn(process, 'stderr', 'get').mockReturnValue(stream() as unknown as typeof process.stderr);
    const suite = 'bundle: hello\ncases: [{ name: a, example: ada, answer: Hi }]\n';
    const folder = await projectFolder({ ...SMALL_PROJECT, 'a.yaml': suite });
    const terminal = { ...processTerminal(), cwd: folder };
    const codes: number[] = [];
    for (const command of args) codes.push(await run(command.split(' '), terminal));
    expect(codes).toEqual(args.map(() => 0));
    return all;
  }

  it('shows what goes on, and leaves nothing of it', async () => {
    const all = await shown(['build', 'verify --format json', 'eval a.yaml'], { isTTY: true });
    for (const label of ['Compiling prompts', 'Writing objects', 'Verifying artifacts', 'Checking answers'])
      expect(all).toContain(`${WIPE}${label} …`);
    // Whatever is printed stands at the beginning of a line that is empty.
    for (const line of all.split('\n')) expect(line.includes('…')).toBe(line.includes(WIPE));
    expect(
      all
        .split('\n')
        .map((line) => line.split(WIPE).at(-1)!)
        .filter((line) => line.includes('…')),
    ).toEqual([]);
    expect(all).toContain(`${WIPE}Compiled `);
    expect(all).toContain(`${WIPE}{\n`);
  });

  it.each([{ isTTY: false }, { isTTY: true, term: 'dumb' }, { isTTY: true, ci: 'true' }])(
    'is quiet where nobody watches: %j',
    async (where) => {
      const all = await shown(['build --no-frozen', 'check', 'diff', 'verify', 'eval a.yaml'], where);
      expect(all).toContain('Verified ');
      expect(all).not.toContain('\r');
      expect(all).not.toContain('Compiling');
    },
  );
});
