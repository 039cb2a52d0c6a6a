import {
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
  closeSync,
  readFileSync,
  appendFileSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import { watch } from 'chokidar';
import { describe, expect, it, vi } from 'vitest';
import { projectFolder, SMALL_PROJECT, temporaryFolder } from '../support/project.js';
import { repository } from '../support/repository.js';
import { DEADLINE, watchProject } from './watching.js';

const GREET = 'prompts/templates/greet.md';
const OFF = 'prompts/partials/sign/off.md';
const HELLO = 'prompts/bundles/hello.md';

describe('what is told of', () => {
  it('is a file that is edited', async () => {
    const root = await projectFolder(SMALL_PROJECT);
    const watching = await watchProject(root);
    appendFileSync(path.join(root, GREET), 'More.\n');
    expect(await watching.told(GREET)).toEqual([GREET]);
  });

  it('is the configuration, when it comes, changes and goes', async () => {
    const root = await projectFolder(SMALL_PROJECT);
    const file = path.join(root, 'promptc.config.json');
    const watching = await watchProject(root);
    for (const change of [() => writeFileSync(file, '{}'), () => writeFileSync(file, '{ }'), () => rmSync(file)]) {
      change();
      expect(await watching.told('promptc.config.json')).toEqual(['promptc.config.json']);
    }
  });

  it('is nothing beside the prompts and the configuration', async () => {
    const root = await projectFolder({ ...SMALL_PROJECT, 'src/a.md': 'a', 'dist/manifest.json': '{}', 'README.md': 'r' });
    const watching = await watchProject(root);
    for (const file of ['src/a.md', 'dist/manifest.json', 'README.md', 'new.md']) writeFileSync(path.join(root, file), 'x');
    appendFileSync(path.join(root, OFF), 'More.\n');
    expect(await watching.told(OFF)).toEqual([OFF]);
  });

  it('is a file that is written beside its place and renamed', async () => {
    const root = await projectFolder(SMALL_PROJECT);
    const watching = await watchProject(root);
    for (let i = 0; i < 3; i++) {
      writeFileSync(path.join(root, `${GREET}.tmp`), `text ${i}`);
      renameSync(path.join(root, `${GREET}.tmp`), path.join(root, GREET));
      expect(await watching.told(GREET)).toEqual([GREET]);
    }
  });

  it('are both names of a file that is renamed, and all files of a folder that is', async () => {
    const root = await projectFolder(SMALL_PROJECT);
    const watching = await watchProject(root);
    renameSync(path.join(root, GREET), path.join(root, 'prompts/templates/hail.md'));
    expect(await watching.told(GREET)).toEqual([GREET, 'prompts/templates/hail.md']);
    renameSync(path.join(root, 'prompts/partials/sign'), path.join(root, 'prompts/partials/end'));
    expect(await watching.told(OFF, 'prompts/partials/end/off.md')).toEqual(['prompts/partials/end/off.md', OFF]);
    appendFileSync(path.join(root, 'prompts/partials/end/off.md'), 'More.\n');
    expect(await watching.told('prompts/partials/end/off.md')).toEqual(['prompts/partials/end/off.md']);
  });

  it('are the files of folders that go and come back, also of prompts/ itself', async () => {
    const root = await projectFolder(SMALL_PROJECT);
    const watching = await watchProject(root);
    for (const folder of ['prompts/partials', 'prompts']) {
      rmSync(path.join(root, folder), { recursive: true });
      await watching.told(OFF);
      for (const [name, text] of Object.entries(SMALL_PROJECT)) {
        mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
        writeFileSync(path.join(root, name), text);
      }
      await watching.told(OFF);
      writeFileSync(path.join(root, OFF), 'So long.\n');
      expect(await watching.told(OFF)).toContain(OFF);
    }
  });

  it('is what comes with a whole tree of new folders', async () => {
    const root = await projectFolder(SMALL_PROJECT);
    const watching = await watchProject(root);
    const files = Array.from({ length: 30 }, (_, i) => `prompts/templates/new/${i % 5}/deep/t${i}.md`);
    for (const file of files) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), 'x');
    }
    expect(await watching.told(...files)).toEqual(files.toSorted());
  });

  it('is every file in which two branches differ, in few batches', async () => {
    const files = (text: string): { [path: string]: string } =>
      Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`prompts/templates/team-${i % 7}/t${i}.md`, `${text} ${i}`]));
    const made = await repository(files('one'));
    made.git('checkout', '--quiet', '-b', 'other');
    const { 'prompts/templates/team-0/t0.md': gone, ...rest } = files('two');
    rmSync(path.join(made.folder, 'prompts/templates/team-0/t0.md'));
    made.commit({ ...rest, 'prompts/templates/added/new.md': gone! });
    const watching = await watchProject(made.folder);
    const all = [...Object.keys(files('')), 'prompts/templates/added/new.md'].toSorted();
    for (const branch of ['main', 'other']) {
      made.git('checkout', '--quiet', branch);
      await vi.waitFor(() => expect([...new Set(watching.batches.flat())].toSorted()).toEqual(all), DEADLINE);
      expect(watching.batches.length).toBeLessThanOrEqual(5);
      watching.batches.length = 0;
    }
  });
});

describe('what is waited for', () => {
  it('is the second half of a file that is emptied and written', async () => {
    const root = await projectFolder(SMALL_PROJECT);
    const sizes: number[] = [];
    const watching = await watchProject(root, {
      debounce: { min: 20, max: 2000 },
      onChange: () => void sizes.push(statSync(path.join(root, GREET)).size),
    });
    const text = readFileSync(path.join(root, GREET));
    const descriptor = openSync(path.join(root, GREET), 'w');
    // Longer than the least wait.
    await sleep(100);
    writeSync(descriptor, text);
    closeSync(descriptor);
    await vi.waitFor(() => expect(sizes).toEqual([text.length]), DEADLINE);
    expect(watching.watcher.isPolling).toBe(false);
  });

  it('ends: a file that stays empty is told of', async () => {
    const root = await projectFolder(SMALL_PROJECT);
    const watching = await watchProject(root);
    writeFileSync(path.join(root, GREET), '');
    expect(await watching.told(GREET)).toEqual([GREET]);
  });

  it('are the other files of an editor that saves all', async () => {
    const root = await projectFolder(SMALL_PROJECT);
    const watching = await watchProject(root, { debounce: { min: 500, max: 2000 } });
    for (const file of [GREET, OFF, HELLO]) {
      appendFileSync(path.join(root, file), 'More.\n');
      await sleep(20);
    }
    await vi.waitFor(() => expect(watching.batches).toEqual([[HELLO, OFF, GREET]]), DEADLINE);
  });
});

describe('what is not told of', () => {
  it.each(['.greet.md.swp', '.greet.md.swx', '4913', 'greet.md~', '.#greet.md', '.DS_Store', '.greet.md.4711.0123456789ab.tmp'])(
    '%s, which is an editor’s',
    async (name) => {
      const root = await projectFolder(SMALL_PROJECT);
      const watching = await watchProject(root);
      const file = path.join(root, 'prompts/templates', name);
      writeFileSync(file, 'x');
      appendFileSync(file, 'x');
      rmSync(file);
      writeFileSync(path.join(root, OFF), 'Bye now.\n');
      expect(await watching.told(OFF)).toEqual([OFF]);
    },
  );

  it('what comes and goes within the wait, whatever its name', async () => {
    const root = await projectFolder(SMALL_PROJECT);
    const watching = await watchProject(root);
    writeFileSync(path.join(root, 'prompts/templates/#greet.md#'), 'x');
    rmSync(path.join(root, 'prompts/templates/#greet.md#'));
    writeFileSync(path.join(root, OFF), 'Bye now.\n');
    expect(await watching.told(OFF)).toEqual([OFF]);
  });

  it('a repository within the prompts', async () => {
    const root = await projectFolder({ ...SMALL_PROJECT, 'prompts/templates/sub/.git/HEAD': 'x' });
    const watching = await watchProject(root);
    writeFileSync(path.join(root, 'prompts/templates/sub/.git/HEAD'), 'y');
    writeFileSync(path.join(root, OFF), 'Bye now.\n');
    expect(await watching.told(OFF)).toEqual([OFF]);
  });
});

describe('what the system does not tell of', () => {
  it('is found: a file that is written through another name, outside of what is watched', async () => {
    const root = await projectFolder(SMALL_PROJECT);
    const elsewhere = path.join(await temporaryFolder(), 'link.md');
    linkSync(path.join(root, GREET), elsewhere);
    const watching = await watchProject(root);
    appendFileSync(elsewhere, 'More.\n');
    expect(await watching.told(GREET)).toEqual([GREET]);
    expect(watching.watcher.isPolling).toBe(false);
  });

  it.each([
    ['ENOSPC', 'fs.inotify.max_user_watches'],
    ['EMFILE', 'fs.inotify.max_user_instances'],
    ['EIO', 'as the system says'],
  ])('is found where there are no watches left (%s), and that is said', async (code, advice) => {
    const root = await projectFolder(SMALL_PROJECT);
    const watching = await watchProject(root, {
      // Chokidar tells of each folder that it cannot watch, and goes on with the others.
      watch(folder, options) {
        const made = watch(folder, { ...options, ignored: () => true });
        setImmediate(() => {
          for (let i = 0; i < 3; i++) made.emit('error', Object.assign(new Error('as the system says'), { code }));
        });
        return made;
      },
    });
    await vi.waitFor(() => expect(watching.polling).toHaveLength(1), DEADLINE);
    expect(watching.polling[0]).toContain(advice);
    appendFileSync(path.join(root, GREET), 'More.\n');
    expect(await watching.told(GREET)).toEqual([GREET]);
    mkdirSync(path.join(root, 'prompts/templates/new'));
    writeFileSync(path.join(root, 'prompts/templates/new/a.md'), 'x');
    expect(await watching.told('prompts/templates/new/a.md')).toEqual(['prompts/templates/new/a.md']);
    rmSync(path.join(root, 'prompts'), { recursive: true });
    await watching.told(GREET, OFF, HELLO);
    writeFileSync(path.join(root, 'promptc.config.json'), '{}');
    expect(await watching.told('promptc.config.json')).toEqual(['promptc.config.json']);
  });

  it('is told of where its time says that nothing happened, but the system does', async () => {
    const root = await projectFolder(SMALL_PROJECT);
    const { atime, mtime } = statSync(path.join(root, GREET));
    const watching = await watchProject(root);
    const text = readFileSync(path.join(root, GREET), 'utf8');
    writeFileSync(path.join(root, GREET), text.replace('Hello', 'Howdy'));
    utimesSync(path.join(root, GREET), atime, mtime);
    expect(await watching.told(GREET)).toEqual([GREET]);
  });
});
