/** A suite's bytes → its cases, and what is wrong with it. Nothing in a file makes reading it fail. */
import { Diagnostics } from '../../base/diagnostic.js';
import { decode } from '../../compile/discover/decode.js';
import { readJsonlSuite } from './jsonl-suite.js';
import type { Suite } from './suite.js';
import { readYamlSuite } from './yaml-suite.js';

/** What is read of a suite, in bytes; a larger one can be divided. */
const MOST_BYTES = 64 * 1024 * 1024;

/** How the names of suites end. */
export const SUITE_ENDINGS = ['yaml', 'yml', 'jsonl'] as const;

/** @param file - relative to the project, with forward slashes; its ending says how it is written */
export function readSuite(file: string, bytes: Uint8Array): Suite {
  if (bytes.length > MOST_BYTES) return refused(file, `This suite is larger than ${MOST_BYTES} bytes. Divide it into several files.`);
  const diagnostics = new Diagnostics();
  const source = decode(file, bytes, MOST_BYTES, diagnostics);
  if (source === undefined) {
    const [{ message, hint = '', span }] = diagnostics.sorted() as [ReturnType<Diagnostics['sorted']>[number]];
    return refused(file, `${message} ${hint}`.trimEnd(), span.source.position(span.start));
  }
  const suite = file.endsWith('.jsonl') ? readJsonlSuite(source) : readYamlSuite(source);
  return suite.cases.length + suite.problems.length === 0 ? refused(file, 'This suite has no cases.') : suite;
}

function refused(file: string, message: string, at = { line: 1, column: 1 }): Suite {
  return { file, cases: [], problems: [{ place: { file, ...at }, message }] };
}
