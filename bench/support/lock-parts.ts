/** What the bench of the lock times, in one module: built apart, the parts would not know each other's classes. */
export { buildProject } from '../../src/cli/project.js';
export { Diagnostics } from '../../src/base/diagnostic.js';
export { SourceText } from '../../src/base/span.js';
export { compile } from '../../src/compile/compile.js';
export { NodeDisk } from '../../src/compile/discover/node-disk.js';
export { writeBuild } from '../../src/compile/emit/write.js';
export { objectPath } from '../../src/format/artifact.js';
export { LOCK_FILE } from '../../src/format/lock.js';
export { openRepository } from '../../src/versions/git/open.js';
export { Repository } from '../../src/versions/git/repository.js';
export { History } from '../../src/versions/history.js';
export { readArtifact } from '../../src/sources/read-artifact.js';
export { LockLines } from '../../src/versions/lock-lines.js';
export { parseLock } from '../../src/versions/lock.js';
export { originOf } from '../../src/versions/origin.js';
export { PROJECT_PATHS } from '../../src/versions/project-versions.js';
