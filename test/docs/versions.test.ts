/** docs/versions.md: what the commands print, on a project that goes through what the page tells. */
import { expect, it } from 'vitest';
import { repository, type TestRepository } from '../support/repository.js';
import { runCommand } from '../support/terminal.js';
import { readPage } from './page.js';

const TONE = 'prompts/templates/support/tone.md';

const tone = (version: string, text: string): string => `---\nid: support/tone\nversion: ${version}\nrole: system\n---\n${text}\n`;
const bundle = (id: string, version: string, reference: string): string =>
  `---\nid: ${id}\nversion: ${version}\nslots: { system: ${reference} }\n---\n`;

const FILES = {
  '.gitignore': 'dist/\n',
  [TONE]: tone('1.2.0', 'You answer cutomers about refunds.'),
  'prompts/bundles/support-agent.md': bundle('support-agent', '2.0.0', 'support/tone'),
  'prompts/bundles/sales-agent.md': bundle('sales-agent', '1.0.0', 'support/tone@1.2.0'),
};

/** The `console` block of a command: the command, and what it prints. */
function shown(command: string): { readonly args: readonly string[]; readonly printed: string } {
  const block = readPage('versions.md').blocks.find(
    ({ language, text }) => language === 'console' && text.startsWith(`$ promptc ${command}`),
  );
  const [line, ...lines] = block!.text.split('\n');
  const args = [...line!.slice('$ promptc '.length).matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
  return { args, printed: `${lines.join('\n')}\n` };
}

async function printed({ folder }: TestRepository, args: readonly string[]): Promise<string> {
  const { code, out, err } = await runCommand(folder, args);
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return out + err;
}

async function publish(project: TestRepository, author: string, day: string, message: string): Promise<void> {
  await printed(project, ['build']);
  project.git('add', '--all');
  const env = { GIT_AUTHOR_NAME: author, GIT_COMMITTER_DATE: `${day}T12:00:00Z` };
  project.run(['commit', '--quiet', '--message', message], { env });
}

it('bump, yank and log print what the page shows', async () => {
  const project = await repository();
  project.write(FILES);
  await publish(project, 'Ada Lovelace', '2026-01-20', 'Split the task off');
  project.write({ [TONE]: tone('1.2.0', 'You answer customers about refunds.') });
  await printed(project, ['bump']);
  await publish(project, 'Grace Hopper', '2026-02-11', 'Fix a typo');

  project.write({ [TONE]: tone('1.2.1', 'You answer customers about refunds.\nSay when the money comes.') });
  const bump = shown('bump');
  expect(await printed(project, bump.args)).toBe(bump.printed);
  await publish(project, 'Ada Lovelace', '2026-03-04', 'Say when a refund comes');

  const yank = shown('yank');
  expect(await printed(project, yank.args)).toBe(yank.printed);
  await publish(project, 'Grace Hopper', '2026-03-05', 'Yank it');

  const log = shown('log');
  const withoutIds = (text: string): string => text.replaceAll(/\b[0-9a-f]{12}\b/g, '…');
  expect(withoutIds(await printed(project, log.args))).toBe(withoutIds(log.printed));
});
