import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { INIT_FILES, INIT_LINES, INIT_NEXT_STEPS } from './init-files.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './io.js';

/** `promptc init`: makes a project that works. Files that are there are kept as they are. */
export async function init(terminal: Terminal, dir: string): Promise<ExitCode> {
  const root = path.resolve(terminal.cwd, dir);
  const found = await stat(root).catch(() => undefined);
  if (found !== undefined && !found.isDirectory()) throw new UsageError(`${root} is a file; init needs a folder.`);
  if (await hasPrompts(root)) {
    throw new UsageError(
      `${path.join(root, 'prompts')} holds prompts already; init makes a first project and touches no other. \`promptc build\` compiles it.`,
    );
  }

  for (const [name, content] of Object.entries(INIT_FILES)) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    const isNew = await writeFile(file, content, { flag: 'wx' }).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
        return false;
      },
    );
    terminal.err(`${isNew ? 'made' : 'kept'}  ${name}\n`);
  }
  for (const [name, lines] of Object.entries(INIT_LINES)) {
    const added = await addLines(path.join(root, name), lines);
    terminal.err(`${added ? 'made' : 'kept'}  ${name} (${lines.join(', ')})\n`);
  }

  const width = Math.max(...INIT_NEXT_STEPS.map(([command]) => command.length));
  const steps = INIT_NEXT_STEPS.map(([command, purpose]) => `  ${command.padEnd(width)}  # ${purpose}\n`);
  terminal.err(`\nNext${dir === '.' ? '' : `, in ${dir}`} (with npx in front if promptc is not on your PATH):\n${steps.join('')}`);
  return EXIT.fine;
}

async function hasPrompts(root: string): Promise<boolean> {
  const entries = await readdir(path.join(root, 'prompts')).catch(() => []);
  return entries.some((entry) => !entry.startsWith('.'));
}

/** Appends the lines that a file lacks; returns whether there were any. */
async function addLines(file: string, lines: readonly string[]): Promise<boolean> {
  const before = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return '';
  });
  const present = new Set(before.split(/\r?\n/).map((line) => line.trim()));
  const missing = lines.filter((line) => !present.has(line));
  if (missing.length === 0) return false;
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  await writeFile(file, `${before}${gap}${missing.join('\n')}\n`);
  return true;
}
