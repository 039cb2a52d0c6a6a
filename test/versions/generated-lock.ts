/** Locks for tests: any that promptc could write. */
import fc from 'fast-check';
import type { Digest } from '../../src/base/digest.js';
import { SLOT_NAMES } from '../../src/format/artifact.js';
import type { LockedBundle, LockedTemplate, LockEntry } from '../../src/format/lock.js';

const hex = (length: number) => fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const digest = hex(64).map((digits): Digest => `sha256:${digits}`);
const blob = fc.oneof(hex(40), hex(64));
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });

// Few of each, so that entries of one id meet.
const id = fc.constantFrom('a', 'a/b', 'a-b', 'support/system', '0.x_y');
const version = fc.constantFrom('0.9.0', '1.0.0-rc.1', '1.0.0-rc.10', '1.0.0-rc.2', '1.0.0', '1.2.0', '1.10.0', '10.0.0');
const fileName = fc.oneof(fc.constantFrom('x.md', 'deep/er/x.md', 'ä ö.md', '__proto__'), text);

const shared = {
  id,
  version,
  spec: fc.integer({ min: 1, max: 3 }),
  hash: digest,
  artifact: fc.record({ digest, formatVersion: fc.integer({ min: 1, max: 3 }) }),
};

/** One file below the first folder, and any below the others. */
function files(folder: string, ...others: readonly string[]): fc.Arbitrary<{ [path: string]: string }> {
  const more = fc.array(fc.tuple(fc.constantFrom(folder, ...others), fileName, blob), { maxLength: others.length * 3 });
  return fc
    .tuple(fileName, blob, more)
    .map(([name, ownBlob, rest]) =>
      Object.fromEntries([
        [`prompts/${folder}/${name}`, ownBlob],
        ...rest.map(([below, other, otherBlob]) => [`prompts/${below}/${other}`, otherBlob]),
      ]),
    );
}

/** Now and then, an entry that is yanked. */
function perhapsYanked<Entry extends LockEntry>(entry: fc.Arbitrary<Entry>): fc.Arbitrary<Entry> {
  return fc.tuple(entry, fc.option(text)).map(([one, reason]) => (reason === null ? one : { ...one, yanked: reason }));
}

const template: fc.Arbitrary<LockedTemplate> = perhapsYanked(
  fc.record({ kind: fc.constant('template'), ...shared, files: files('templates', 'partials') }),
);

const slots = fc
  .uniqueArray(fc.constantFrom(...SLOT_NAMES), { minLength: 1 })
  .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, fc.tuple(id, version).map((parts) => parts.join('@'))]))));

const bundle: fc.Arbitrary<LockedBundle> = perhapsYanked(
  fc.record({ kind: fc.constant('bundle'), ...shared, files: files('bundles'), slots }),
);

/** Entries of which no two have one kind, id and version. */
export const entries: fc.Arbitrary<LockEntry[]> = fc.uniqueArray(fc.oneof(template, bundle), {
  maxLength: 20,
  selector: ({ kind, id: name, version: number }) => `${kind} ${name}@${number}`,
});

/** A template's entry, of which a test says what matters to it. */
export function templateEntry(fields: Partial<LockedTemplate> = {}): LockedTemplate {
  const name = fields.id ?? 'a';
  return {
    kind: 'template',
    id: name,
    version: '1.0.0',
    spec: 1,
    hash: `sha256:${'1'.repeat(64)}`,
    artifact: { digest: `sha256:${'2'.repeat(64)}`, formatVersion: 1 },
    files: { [`prompts/templates/${name}.md`]: '3'.repeat(40) },
    ...fields,
  };
}
