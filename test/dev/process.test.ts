/** `promptc dev` as users have it: built, in a process of its own. */
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildCommand, startCommand } from '../support/command.js';
import { projectFolder, SMALL_PROJECT } from '../support/project.js';

buildCommand();

describe('promptc dev', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'says plain lines where nobody watches, and ends at %s with clients that listen',
    async (signal) => {
      const root = await projectFolder(SMALL_PROJECT);
      const running = startCommand(root, ['dev', '--port', '0', '--render', 'hello@ada']);
      let printed = '';
      running.process.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
      const url = (await running.says(/^Serving the drafts in \. on (http:\S+) /))[1]!;
      await running.says(/compiled 1 template and 1 bundle in/);
      const stream = await fetch(`${url}/dev/events`);
      appendFileSync(path.join(root, 'prompts/partials/sign/off.md'), 'See you.\n');
      await running.says(/prompts\/partials\/sign\/off\.md → 1 template, 1 bundle in/);
      running.process.kill(signal);
      expect(await running.ended).toEqual({ code: 0, signal: null });
      const events = await stream.text();
      expect(events.match(/^event: build$/gm)!.length).toBeGreaterThan(0);
      expect(printed).toBe('Hello Ada!\n- one\n- two\nBye.\nHello Ada!\n- one\n- two\nBye.\n{+See you.+}\n');
      expect(['\u{1b}', '\r'].filter((mark) => running.said().includes(mark))).toEqual([]);
    },
  );
});
