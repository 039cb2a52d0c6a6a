/** Projects as files → what is compared of them. */
import { compile } from '../../../src/compile/compile.js';
import { MemoryDisk } from '../../../src/compile/discover/memory-disk.js';
import { type ProjectView, type PromptSizes, projectView } from '../../../src/versions/diff/project-view.js';
import type { Files } from '../../support/project.js';

/** @throws an error with the messages of a project that does not compile */
export async function viewOf(files: Files, sizes?: ReadonlyMap<string, PromptSizes>): Promise<ProjectView> {
  const { build, examples, diagnostics } = await compile(new MemoryDisk(files));
  if (build === undefined)
    throw new Error(
      diagnostics
        .filter(({ severity }) => severity === 'error')
        .map(({ message, span }) => `${span.source.path}: ${message}`)
        .join('\n'),
    );
  return projectView(build, examples, { sizes });
}
