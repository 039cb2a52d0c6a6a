/** A YAML file: a bundle, and cases. A case that is not as it should be costs the others nothing. */
import { Diagnostics } from '../../base/diagnostic.js';
import { isObject } from '../../base/json.js';
import type { SourceText } from '../../base/span.js';
import { parseYaml, type YamlNode } from '../../compile/parse/yaml.js';
import { CaseList } from './case-list.js';
import { schemaCheck, type SchemaProblem } from './schema-problems.js';
import type { Suite } from './suite.js';
import { CASE_SCHEMA, SUITE_HEAD_SCHEMA } from './suite-schema.js';

/** Payloads may be nested as deep, below the list of cases. */
const MOST_DEPTH = 68;

const checkHead = schemaCheck(SUITE_HEAD_SCHEMA);
const checkCase = schemaCheck(CASE_SCHEMA);

export function readYamlSuite(source: SourceText): Suite {
  const list = new CaseList(source);
  const diagnostics = new Diagnostics();
  const root = parseYaml(source.text, source, 0, MOST_DEPTH, diagnostics);
  // Whoever reads YAML reads frontmatter, as a rule, and so do its messages.
  for (const { span, message, hint = '' } of diagnostics.sorted()) {
    list.report(span.start, `${message.replace('The frontmatter', 'The suite')} ${hint}`.trimEnd());
  }
  if (diagnostics.errorCount > 0) return list.suite();
  if (root === undefined || !isObject(root.value)) {
    list.report(0, 'This file is no suite: it has to begin with `bundle:` and `cases:`.');
    return list.suite();
  }
  if (report(checkHead(root.value), root, list)) return list.suite();
  const { bundle, semver } = root.value;
  for (const node of root.entries!.get('cases')!.value.items!) {
    if (report(checkCase(node.value), node, list) || !isObject(node.value)) continue;
    list.add({ bundle: bundle!, ...(semver !== undefined && { semver }), ...node.value }, node.start);
  }
  return list.suite();
}

/** @returns whether there is anything to report */
function report(problems: readonly SchemaProblem[], node: YamlNode, list: CaseList): boolean {
  for (const { key, message } of problems) list.report(node.entries?.get(key)?.key.start ?? node.start, message);
  return problems.length > 0;
}
