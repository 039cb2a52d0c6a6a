/**
 * `npm run build` ends with this: it writes the schemas that ship with the package, which are the very objects
 * that promptc checks with. An argument names another folder than `schemas/`.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CONFIG_SCHEMA } from '../src/compile/config.js';
import { LINE_SCHEMA, SUITE_SCHEMA } from '../src/eval/suites/suite-schema.js';
import {
  BUILD_SCHEMA,
  BUNDLE_ARTIFACT_SCHEMA,
  MANIFEST_SCHEMA,
  PAGE_SCHEMA,
  TEMPLATE_ARTIFACT_SCHEMA,
} from '../src/format/artifact-schema.js';
import { BUNDLE_SCHEMA, TEMPLATE_SCHEMA } from '../src/format/frontmatter-schema.js';
import { LOCK_LINE_SCHEMA } from '../src/format/lock.js';

const SCHEMAS = {
  template: TEMPLATE_SCHEMA,
  bundle: BUNDLE_SCHEMA,
  config: CONFIG_SCHEMA,
  lock: LOCK_LINE_SCHEMA,
  'template-artifact': TEMPLATE_ARTIFACT_SCHEMA,
  'bundle-artifact': BUNDLE_ARTIFACT_SCHEMA,
  manifest: MANIFEST_SCHEMA,
  page: PAGE_SCHEMA,
  build: BUILD_SCHEMA,
  suite: SUITE_SCHEMA,
  'suite-line': LINE_SCHEMA,
};

const [folder = 'schemas'] = process.argv.slice(2);
// What an earlier version wrote, and this one does not, must not be shipped.
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
for (const [name, schema] of Object.entries(SCHEMAS)) {
  await writeFile(path.join(folder, `${name}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`);
}
