import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileTree } from '../../src/dev/file-tree.js';
import { projectFolder } from '../support/project.js';

const TOPS = ['prompts', 'promptc.config.json'];
const FILES = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`prompts/templates/team-${i % 5}/t${i}.md`, `text ${i}`]));
/** prompts, templates, and those of the teams. */
const FOLDERS = 7;

async function knownTree(): Promise<{ root: string; tree: FileTree }> {
  const root = await projectFolder(FILES);
  const tree = new FileTree(root, TOPS);
  expect([...tree.all()].toSorted()).toEqual(Object.keys(FILES).toSorted());
  expect([...tree.all()]).toEqual([]);
  return { root, tree };
}

/** Patrols with no time at all, which looks at one folder and one file, until something is found; says how often. */
function patrolled(tree: FileTree): { times: number; found: string[] } {
  for (let times = 1; times <= 1000; times++) {
    const found = [...tree.patrol(0)];
    if (found.length > 0) return { times, found: found.toSorted() };
  }
  throw new Error('nothing was found');
}

describe('a patrol', () => {
  it('gets round to every file, a little at a time, and tells of each change once', async () => {
    const { root, tree } = await knownTree();
    for (const file of ['prompts/templates/team-0/t0.md', 'prompts/templates/team-4/t99.md']) {
      appendFileSync(path.join(root, file), 'more');
      const { times, found } = patrolled(tree);
      expect(found).toEqual([file]);
      expect(times).toBeLessThanOrEqual(Object.keys(FILES).length + 2);
    }
    for (let i = 0; i < 300; i++) expect([...tree.patrol(0)]).toEqual([]);
  });

  it('finds what appeared and what went in one round of the folders', async () => {
    const { root, tree } = await knownTree();
    mkdirSync(path.join(root, 'prompts/templates/new/deep'), { recursive: true });
    writeFileSync(path.join(root, 'prompts/templates/new/deep/a.md'), 'a');
    const came = patrolled(tree);
    expect(came.found).toEqual(['prompts/templates/new/deep/a.md']);
    expect(came.times).toBeLessThanOrEqual(FOLDERS + 2);
    rmSync(path.join(root, 'prompts/templates/new'), { recursive: true });
    expect(patrolled(tree).found).toEqual(['prompts/templates/new/deep/a.md']);
    rmSync(path.join(root, 'prompts/templates/team-0/t0.md'));
    expect(patrolled(tree).found).toEqual(['prompts/templates/team-0/t0.md']);
  });

  it('finds a folder in the place of a file, a file in that of a folder, and links', async () => {
    const { root, tree } = await knownTree();
    const [file, folder] = ['prompts/templates/team-0/t0.md', 'prompts/templates/team-1'];
    rmSync(path.join(root, file));
    mkdirSync(path.join(root, file));
    writeFileSync(path.join(root, file, 'a.md'), 'a');
    expect([...tree.look([file])].toSorted()).toEqual([file, `${file}/a.md`]);
    const below = Object.keys(FILES).filter((one) => one.startsWith(`${folder}/`));
    rmSync(path.join(root, folder), { recursive: true });
    writeFileSync(path.join(root, folder), 'no folder');
    expect([...tree.look([folder])].toSorted()).toEqual([folder, ...below].toSorted());
    symlinkSync(path.join(root, 'prompts'), path.join(root, 'prompts/templates/loop'));
    expect([...tree.look(['prompts/templates'])]).toEqual(['prompts/templates/loop']);
  });

  it('finds prompts/ and the configuration when they come at last', async () => {
    const root = await projectFolder({});
    const tree = new FileTree(root, TOPS);
    expect([...tree.all()]).toEqual([]);
    mkdirSync(path.join(root, 'prompts'));
    writeFileSync(path.join(root, 'prompts/a.md'), 'a');
    writeFileSync(path.join(root, 'promptc.config.json'), '{}');
    expect(patrolled(tree).found).toEqual(['promptc.config.json', 'prompts/a.md']);
  });
});
