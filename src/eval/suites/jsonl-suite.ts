/** A JSONL file: a case on each line. A line that is not as it should be costs the others nothing. */
import { isObject, type Json } from '../../base/json.js';
import type { SourceText } from '../../base/span.js';
import { locateJsonError } from '../../format/json-error.js';
import { CaseList } from './case-list.js';
import { schemaCheck } from './schema-problems.js';
import type { Suite } from './suite.js';
import { LINE_SCHEMA } from './suite-schema.js';

const checkLine = schemaCheck(LINE_SCHEMA);

export function readJsonlSuite(source: SourceText): Suite {
  const list = new CaseList(source);
  let start = 0;
  for (const line of source.text.split('\n')) {
    if (line.trim() !== '') readLine(line, start, list);
    start += line.length + 1;
  }
  return list.suite();
}

function readLine(line: string, start: number, list: CaseList): void {
  let value: Json;
  try {
    value = JSON.parse(line) as Json;
  } catch {
    const { offset, message } = locateJsonError(line);
    const isCut = !line.trimEnd().endsWith('}');
    return list.report(start + offset, `This line is not JSON: ${message}.${isCut ? ' It seems to be cut off.' : ''}`);
  }
  if (!isObject(value)) return list.report(start, 'Each line holds a case, such as {"bundle": "…", "name": "…", "answer": "…"}.');
  const problems = checkLine(value);
  for (const { message } of problems) list.report(start, message);
  if (problems.length === 0) list.add(value, start);
}
