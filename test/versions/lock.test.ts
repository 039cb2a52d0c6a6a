/** prompts/promptc.lock as text: what is written is read again, and what is not quite that is refused, and told. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/base/canonical-json.js';
import { type Diagnostic, Diagnostics } from '../../src/base/diagnostic.js';
import { SourceText } from '../../src/base/span.js';
import { decode } from '../../src/compile/discover/decode.js';
import { type Lock, LOCK_FILE, type LockEntry } from '../../src/format/lock.js';
import { formatLock, parseLock } from '../../src/versions/lock.js';
import { found } from '../support/rejection.js';
import { entries, templateEntry } from './generated-lock.js';

const VERSION = '{"lockVersion":1}';
const A = canonicalJson(templateEntry());

/** Reads a lock that must be fine. */
function read(text: string): Lock {
  const diagnostics = new Diagnostics();
  const lock = parseLock(new SourceText(LOCK_FILE, text), diagnostics);
  expect(diagnostics.sorted().map(({ message }) => message)).toEqual([]);
  return lock!;
}

/** Reads a lock that must be refused. */
function refused(text: string): readonly Diagnostic[] {
  const diagnostics = new Diagnostics();
  expect(parseLock(new SourceText(LOCK_FILE, text), diagnostics)).toBeUndefined();
  expect(diagnostics.errorCount).toBeGreaterThan(0);
  return diagnostics.sorted();
}

/** Of lines, each with its end. */
function file(...lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

const places = (diagnostics: readonly Diagnostic[]): string[] => found(diagnostics, LOCK_FILE);
const messages = (diagnostics: readonly Diagnostic[]): string[] => diagnostics.map(({ message }) => message);

describe('a lock', () => {
  it('is written with its format first, then by kind, id and version', () => {
    const order = [
      ['bundle', 'b', '2.0.0'],
      ['template', 'a', '1.0.0-rc.2'],
      ['template', 'a', '1.0.0-rc.10'],
      ['template', 'a', '1.0.0'],
      ['template', 'a', '1.2.0'],
      ['template', 'a', '1.10.0'],
      ['template', 'a-b', '1.0.0'],
      ['template', 'a/b', '1.0.0'],
    ];
    const all = order.map(([kind, id, version]) => ({ ...templateEntry({ id: id!, version: version! }), kind }) as LockEntry);
    const lines = formatLock({ entries: all.toReversed() }).trimEnd().split('\n');
    expect(lines[0]).toBe(VERSION);
    const written = lines.slice(1).map((line) => JSON.parse(line) as LockEntry);
    expect(written.map(({ kind, id, version }) => [kind, id, version])).toEqual(order);
  });

  it('has the form that the contract gives it', () => {
    const template = templateEntry({ yanked: 'It "lied".' });
    const { id, version } = template;
    const bundle: LockEntry = {
      ...templateEntry({ id: 'b' }),
      kind: 'bundle',
      files: { 'prompts/bundles/z.md': '4'.repeat(64) },
      slots: { system: `${id}@${version}` },
    };
    const [one, two] = ['1', '2'].map((digit) => `sha256:${digit.repeat(64)}`);
    const artifact = `"artifact":{"digest":"${two}","formatVersion":1}`;
    expect(formatLock({ entries: [template, bundle] })).toBe(
      file(
        VERSION,
        `{${artifact},"files":{"prompts/bundles/z.md":"${'4'.repeat(64)}"},"hash":"${one}","id":"b","kind":"bundle","slots":{"system":"a@1.0.0"},"spec":1,"version":"1.0.0"}`,
        `{${artifact},"files":{"prompts/templates/a.md":"${'3'.repeat(40)}"},"hash":"${one}","id":"a","kind":"template","spec":1,"version":"1.0.0","yanked":"It \\"lied\\"."}`,
      ),
    );
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const text = formatLock({ entries: all });
        const lock = read(text);
        expect(formatLock(lock)).toBe(text);
        expect(new Set(lock.entries.map(canonicalJson))).toEqual(new Set(all.map(canonicalJson)));
      }),
    );
  });

  it('is the union of two whose lines are put together in any way, lines that both have once or twice', () => {
    const twoLocks = entries.chain((all) =>
      fc.record({
        all: fc.constant(all),
        ours: fc.subarray(all),
        theirs: fc.subarray(all),
        isFromOurs: fc.infiniteStream(fc.boolean()),
        isDropped: fc.infiniteStream(fc.boolean()),
      }),
    );
    fc.assert(
      fc.property(twoLocks, ({ all, ours, theirs, isFromOurs, isDropped }) => {
        const sides = [formatLock({ entries: ours }), formatLock({ entries: theirs })].map((text) => text.trimEnd().split('\n'));
        const merged: string[] = [];
        while (sides.some((side) => side.length > 0)) {
          const [first, second] = isFromOurs.next().value === true ? sides : sides.toReversed();
          const line = first!.shift() ?? second!.shift()!;
          if (!merged.includes(line) || isDropped.next().value === false) merged.push(line);
        }
        const both = all.filter((entry) => ours.includes(entry) || theirs.includes(entry));
        expect(formatLock(read(file(...merged)))).toBe(formatLock({ entries: both }));
      }),
    );
  });

  it('can be empty, have blank lines, and come with CRLF from a checkout', () => {
    expect(read(file(VERSION))).toEqual({ entries: [] });
    expect(read(file('', A, ' \t', VERSION, '', A, VERSION))).toEqual({ entries: [templateEntry()] });
    const diagnostics = new Diagnostics();
    const source = decode(LOCK_FILE, new TextEncoder().encode(file(VERSION, A).replaceAll('\n', '\r\n')), 10_000, diagnostics)!;
    expect(parseLock(source, diagnostics)).toEqual({ entries: [templateEntry()] });
  });
});

describe('a lock is refused', () => {
  it('once for each conflict that Git left in it, whatever its style', () => {
    const plain = file('<<<<<<< HEAD', A, '=======', '>>>>>>> other');
    const diff3 = file('<<<<<<< HEAD', A, '||||||| 0123456', '=======', '>>>>>>> other');
    expect(places(refused(file(VERSION) + plain + diff3))).toEqual(['lock/merge-conflict 2:1', 'lock/merge-conflict 6:1']);
    expect(places(refused(file('<<<<<<< HEAD', VERSION, '<<<<<<< HEAD', A)))).toEqual([
      'lock/merge-conflict 1:1',
      'lock/merge-conflict 3:1',
    ]);
  });

  it.each(['=======', '|||||||', '>>>>>>> other'])('for a lone %s', (marker) => {
    expect(places(refused(file(VERSION, marker, A)))).toEqual(['lock/merge-conflict 2:1']);
    expect(places(refused(file(VERSION, A) + marker))).toEqual(['lock/merge-conflict 3:1']);
  });

  it('wherever it ends before its end', () => {
    const text = file(VERSION, A);
    for (let length = 1; length < text.length; length++) {
      // A line may be missing without a trace: only the base can tell.
      if (length === VERSION.length + 1) continue;
      const [diagnostic, ...more] = refused(text.slice(0, length));
      expect(more).toEqual([]);
      expect(diagnostic!.code).toBe('lock/truncated');
      const isWhole = length === VERSION.length || length === text.length - 1;
      expect(diagnostic!.hint).toMatch(isWhole ? /^Add a line end/ : /^Take the file as/);
    }
  });

  it('for a line that is not JSON, at the character', () => {
    expect(places(refused(file(VERSION, A.replace(',', ', ,'))))).toEqual([`lock/not-json 2:${A.indexOf(',') + 3}`]);
    expect(places(refused(file(VERSION, '{"kind":', A)))).toEqual(['lock/not-json 2:8']);
    expect(places(refused(file(VERSION, A + A, 'x')))).toEqual([`lock/not-json 2:${A.length + 1}`, 'lock/not-json 3:1']);
  });

  it.each([
    ['{"note":1}', '`kind` must be "template" or "bundle"'],
    ['[]', 'it must be an object'],
    ['null', 'it must be an object'],
    ['{"lockVersion":0}', '`lockVersion` must be 1'],
    ['{"lockVersion":"2"}', '`lockVersion` must be 1'],
    ['{"lockVersion":1,"note":1}', '`note` is not known here'],
    [changed({ note: 1 }), '`note` is not known here'],
    [A.replace('{', '{"__proto__":1,'), '`__proto__` is not known here'],
    [changed({ hash: undefined, hsh: 1 }), '`hash` is required; `hsh` is not known here'],
    [changed({ id: 'A' }), '`id` must match the pattern ^[a-z'],
    [changed({ version: '1.0' }), '`version` must match the pattern ^(?:0'],
    [changed({ spec: 0 }), '`spec` must be >= 1'],
    [changed({ hash: 'sha256:0' }), '`hash` must match the pattern ^sha256:'],
    [changed({ artifact: { digest: `sha256:${'2'.repeat(64)}` } }), '`artifact.formatVersion` is required'],
    [changed({ files: {} }), '`files` must have at least 1 of its keys'],
    [changed({ files: { '../x.md': '3'.repeat(40) } }), '`files.../x.md` must match the pattern ^prompts/'],
    [changed({ files: { 'prompts/templates/a.md': '3'.repeat(41) } }), '`files.prompts/templates/a.md` must match the pattern'],
    [changed({ yanked: '' }), '`yanked` must have at least 1 character'],
    [changed({ slots: {} }), '`slots` is not known here'],
    [changed({ kind: 'bundle' }), '`slots` is required; `files.prompts/templates/a.md` must match the pattern ^prompts/bundles/'],
    [
      changed({ kind: 'bundle', files: { 'prompts/bundles/a.md': '3'.repeat(40) }, slots: { system: 'a@^1.0.0', tsk: 'a@1.0.0' } }),
      '`slots.tsk` is not known here; `slots.system` must match the pattern ^[a-z',
    ],
  ])('for %s', (line, problem) => {
    const diagnostics = refused(file(VERSION, line));
    expect(places(diagnostics)).toEqual(['lock/wrong-entry 2:1']);
    expect(messages(diagnostics)[0]).toContain(`This line is not an entry of a lock: ${problem}`);
  });

  it.each([
    ['a space', A.replace('":"', '": "'), A.indexOf('":"') + 3],
    ['a space at the end', `${A} `, A.length + 1],
    ['a CR at the end', `${A}\r`, A.length + 1],
    ['keys in another order', `{"version":"1.0.0",${A.slice(1).replace(',"version":"1.0.0"', '')}`, 3],
    ['a key twice', A.replace('{', '{"id":"b",'), 3],
    ['another way to write a number', A.replace('"spec":1', '"spec":1.0'), A.indexOf('"spec":1') + 9],
    ['another way to write a character', A.replace('"a"', String.raw`"\u0061"`), A.indexOf('"a"') + 2],
    ['half of a character', String.raw`${A.slice(0, -1)},"yanked":"\ud800"}`, 1],
  ])('for %s', (_what, line, column) => {
    expect(() => JSON.parse(line) as unknown).not.toThrow();
    expect(places(refused(file(VERSION, line)))).toEqual([`lock/not-canonical 2:${column}`]);
  });

  it('by a promptc that is older than its format, whatever else is in it', () => {
    const diagnostics = refused(file(VERSION, '{"kind":"secret"}', '{"lockVersion":2,"since":"tomorrow"}', 'not JSON'));
    expect(places(diagnostics)).toEqual(['lock/unknown-version 3:1']);
    expect(messages(diagnostics)).toEqual(['The lock has format 2; this promptc reads format 1.']);
  });

  it.each(['', '\n', file(A)])('if it does not say its format: %j', (text) => {
    expect(places(refused(text))).toEqual(['lock/missing-version 1:1']);
  });

  it('without a word on its format if a line is unreadable that could have said it', () => {
    expect(places(refused(file('{"lockVersion":1', A)))).toEqual(['lock/not-json 1:16']);
  });

  it('if one version was published twice, and says where', () => {
    const others = ['5', '6'].map((digit) => canonicalJson(templateEntry({ hash: `sha256:${digit.repeat(64)}` })));
    const diagnostics = refused(file(VERSION, A, others[0]!, A, others[1]!));
    expect(places(diagnostics)).toEqual(['lock/published-twice 3:1', 'lock/published-twice 5:1']);
    expect(messages(diagnostics)).toEqual([
      'Lines 2 and 3 both publish version 1.0.0 of the template "a", with different content.',
      'Lines 2 and 5 both publish version 1.0.0 of the template "a", with different content.',
    ]);
    expect(diagnostics[0]!.related!.map(({ span }) => span.source.position(span.start).line)).toEqual([2]);
    expect(diagnostics[0]!.hint).toMatch(/main branch.*next version.*promptc build/);
  });

  it('if one version was recorded in two ways, and says how they differ', () => {
    const artifact = { ...templateEntry().artifact, formatVersion: 2 };
    const diagnostics = refused(
      file(VERSION, A, changed({ yanked: 'wrong' }), changed({ artifact, files: { 'prompts/templates/b.md': '3'.repeat(40) } })),
    );
    expect(places(diagnostics)).toEqual(['lock/recorded-twice 3:1', 'lock/recorded-twice 4:1']);
    expect(messages(diagnostics).map((message) => message.slice(message.indexOf('differ in ')))).toEqual([
      'differ in `yanked`.',
      'differ in `artifact` and `files`.',
    ]);
  });

  it('but not because a template and a bundle have one name, or one id two versions', () => {
    const bundle = changed({ kind: 'bundle', files: { 'prompts/bundles/a.md': '3'.repeat(40) }, slots: { task: 'a@1.0.0' } });
    expect(read(file(VERSION, A, bundle, changed({ version: '1.0.1' }))).entries).toHaveLength(3);
  });

  it('for all that is wrong with it, in one go', () => {
    const text =
      file('<<<<<<< HEAD', VERSION, '{', '=======', A, changed({ note: 1 }), '>>>>>>> other', changed({ yanked: 'x' })) + '{"kind"';
    expect(places(refused(text))).toEqual([
      'lock/merge-conflict 1:1',
      'lock/not-json 3:1',
      'lock/wrong-entry 6:1',
      'lock/recorded-twice 8:1',
      'lock/truncated 9:1',
    ]);
  });

  it('in time and without overflowing, however it is made', () => {
    const deep = 200_000;
    expect(places(refused(file(VERSION, `${'['.repeat(deep)}${']'.repeat(deep)}`)))).toEqual(['lock/wrong-entry 2:1']);
    expect(places(refused(file(VERSION, A.replace('"spec":1', `"spec":${'['.repeat(deep)}${']'.repeat(deep)}`))))).toEqual([
      'lock/wrong-entry 2:1',
    ]);
    expect(places(refused(file(VERSION, '{"a":'.repeat(deep))))).toEqual([`lock/not-json 2:${deep * 5}`]);
  });
});

/** The line of the usual entry with other values. */
function changed(values: { readonly [key: string]: unknown }): string {
  return canonicalJson({ ...templateEntry(), ...values });
}
