/** A generated project with a history, in a repository. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generatedProject } from './generated-project.js';

/** How many versions of each template and bundle are published; the tree holds the last. */
export const VERSIONS = 3;

/**
 * @param build - builds the folder against a revision, so that its lock is there
 */
export async function publishedProject(
  folder: string,
  templates: number,
  build: (base: string | undefined) => Promise<unknown>,
): Promise<void> {
  const git = (args: readonly string[], input = ''): void => {
    execFileSync('git', ['-C', folder, ...args], { input, stdio: ['pipe', 'pipe', 'inherit'], maxBuffer: 1024 * 1024 * 1024 });
  };
  git(['init', '--quiet', '--initial-branch=main']);
  writeFileSync(path.join(folder, '.gitignore'), 'dist/\n');
  for (let version = 0; version < VERSIONS; version++) {
    const files = projectAt(generatedProject(templates), version);
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    await build(version === 0 ? undefined : 'HEAD');
    files['prompts/promptc.lock'] = readFileSync(path.join(folder, 'prompts/promptc.lock'), 'utf8');
    files['.gitignore'] = 'dist/\n';
    git(['fast-import', '--quiet'], commitOf(files, version));
    git(['read-tree', 'HEAD']);
  }
}

/** As `generatedProject` makes it, with every template and bundle at another version. */
function projectAt(files: { [path: string]: string }, version: number): { [path: string]: string } {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [
      name,
      name.startsWith('prompts/partials/')
        ? text
        : text
            .replace(/^(version: \d+\.\d+)\.0$/m, `$1.${version}`)
            .replace(/(@1\.\d+)\.0$/m, `$1.${version}`)
            .replace(/\n$/, `\nThis is version ${version}.\n`),
    ]),
  );
}

/** git-fast-import(1): a commit that holds these files alone. */
function commitOf(files: { readonly [path: string]: string }, number: number): string {
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const parent = number === 0 ? '' : 'from refs/heads/main^0\n';
  const changes = Object.entries(files).map(([name, text]) => `M 100644 inline ${name}\n${data(text)}`);
  return `commit refs/heads/main\ncommitter Bench <bench@example.com> ${1_700_000_000 + number} +0000\n${data(`publish ${number}`)}${parent}deleteall\n${changes.join('')}\n`;
}
