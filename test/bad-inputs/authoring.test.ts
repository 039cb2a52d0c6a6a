/** Lines 1 to 8 of the list of bad inputs: files as editors and people leave them. */
import { existsSync } from 'node:fs';
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnosticsText } from '../../src/cli/diagnostics/text.js';
import { buildProject, compileProject } from '../../src/cli/project.js';
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import { type Files, projectFolder, REPOSITORY, SMALL_PROJECT, temporaryFolder } from '../support/project.js';
import { accepted, found, hints, refused, template } from '../support/rejection.js';
import { runCommand } from '../support/terminal.js';

const TEMPLATE = 'prompts/templates/a.md';
const BOM = [0xef, 0xbb, 0xbf];

function bytes(...parts: (string | readonly number[])[]): Uint8Array {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
}

describe('1. a byte order mark', () => {
  it.each<[string, Files]>([
    ['a template', { [TEMPLATE]: bytes(BOM, template('Hi.')) }],
    ['a template with CRLF', { [TEMPLATE]: bytes(BOM, template('Hi.').replaceAll('\n', '\r\n')) }],
    ['a file of nothing else', { [TEMPLATE]: bytes(BOM) }],
    ['a bundle', { [TEMPLATE]: template('Hi.'), 'prompts/bundles/b.md': bytes(BOM, '---\n') }],
    ['a partial', { [TEMPLATE]: template('Hi.'), 'prompts/partials/p.txt': bytes(BOM, 'x') }],
    ['the configuration', { [TEMPLATE]: template('Hi.'), 'promptc.config.json': bytes(BOM, '{}') }],
  ])('before %s is refused, with the way to remove it', async (_what, files) => {
    const diagnostics = await refused(files);
    expect(diagnostics.map(({ code }) => code)).toEqual(['discover/byte-order-mark']);
    expect(hints(diagnostics)).toBe('In your editor, save it as "UTF-8", not as "UTF-8 with BOM". In a shell: tail -c +4 FILE > NEW');
  });

  it('can be removed as the hint says', async () => {
    expect(await accepted({ [TEMPLATE]: bytes(BOM, template('Hi.')).subarray(3) })).toEqual([]);
  });
});

describe('2. CRLF', () => {
  const crlf = (files: Files): Files =>
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, (text as string).replaceAll('\n', '\r\n')]));

  it.each<[string, Files]>([
    ['a small project', SMALL_PROJECT],
    [
      'white space of every kind',
      {
        [TEMPLATE]: template(
          '\n\na\n  {{#if task}}\n{{task}}\n  {{/if}}\n{{~#if\nstress}}x{{/if}}\n{{{{raw}}}}\n{{x}}\n{{{{/raw}}}}  \n\n',
        ),
      },
    ],
    [
      'texts of several lines in YAML',
      { [TEMPLATE]: template('Hi.', 'constraints:\n  X_A: |\n    one\n    two\n  X_B: "one\n    two"\n  X_C: >\n    one\n\n    two') },
    ],
  ])('in %s gives the artifacts and hashes of LF', async (_what, files) => {
    const [lf, other] = await Promise.all([files, crlf(files)].map((one) => compile(new MemoryDisk(one))));
    expect(lf!.build).toBeDefined();
    expect(other!.diagnostics).toEqual([]);
    expect(other!.build!.manifestDigest).toBe(lf!.build!.manifestDigest);
    expect([...other!.build!.objects.keys()]).toEqual([...lf!.build!.objects.keys()]);
  });

  it('in this repository’s prompts gives the artifacts of LF', async () => {
    const disk = new NodeDisk(REPOSITORY);
    const paths = (await disk.list('prompts')).map((entry) => `prompts/${entry.path}`);
    const files = Object.fromEntries(
      await Promise.all(paths.map(async (name) => [name, new TextDecoder().decode(await disk.read(name))] as const)),
    );
    const [lf, other] = await Promise.all([files, crlf(files)].map((one) => compile(new MemoryDisk(one))));
    expect(lf!.build!.templates.length).toBeGreaterThan(5);
    expect(other!.build!.manifestDigest).toBe(lf!.build!.manifestDigest);
  });

  it('does not move the place of an error', async () => {
    expect(found(await refused(template('Hi.\n\n  {{nme}}').replaceAll('\n', '\r\n')))).toEqual(['check/unknown-name 8:5']);
  });

  it('but CR alone ends no line: a file of such lines is refused, one within a text is shown', async () => {
    const diagnostics = await refused(template('Hi.').replaceAll('\n', '\r'));
    expect(found(diagnostics)).toEqual(['discover/line-ends 1:1']);
    expect(hints(diagnostics)).toContain('LF line ends');
    expect(found(await refused({ [TEMPLATE]: template('Hi.'), 'prompts/partials/p.md': 'a\rb\r' }), '')).toEqual([
      'prompts/partials/p.md discover/line-ends 1:1',
    ]);
    expect(found(await accepted(template('one\rtwo')))).toEqual(['check/invisible-character 6:4']);
  });
});

describe('3. bytes that are no UTF-8 text', () => {
  it.each<[string, readonly number[], number, string]>([
    ['Latin-1', [0x72, 0xe9, 0x73], 1, '1:2'],
    ['an overlong form', [0x61, 0x0a, 0xc0, 0x80], 2, '2:1'],
    ['half of a surrogate pair', [0x61, 0xed, 0xa0, 0x80], 1, '1:2'],
    ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80], 0, '1:1'],
    ['a byte that is never used', [0x61, 0x0d, 0x0a, 0xff], 3, '2:1'],
    ['a character that is cut off at the end', [0x61, 0xf0, 0x9f, 0x98], 1, '1:2'],
    ['behind characters of several bytes', [0xf0, 0x9f, 0x98, 0x80, 0xc3, 0xa9, 0xfe], 6, '1:3'],
  ])('%s: refused with the offset', async (_what, content, offset, place) => {
    const diagnostics = await refused({ [TEMPLATE]: Uint8Array.from(content) });
    expect(found(diagnostics)).toEqual([`discover/invalid-utf8 ${place}`]);
    expect(diagnostics[0]!.message).toContain(`Byte ${offset} `);
    expect(hints(diagnostics)).toContain('save the file as "UTF-8"');
  });

  it('NUL: refused with the offset', async () => {
    const diagnostics = await refused('---\nid: a\0\n');
    expect(found(diagnostics)).toEqual(['discover/nul 2:6']);
    expect(diagnostics[0]!.message).toContain('Byte 9 ');
  });

  it.each<[string, BufferEncoding, readonly number[], boolean]>([
    ['little-endian with its mark', 'utf16le', [0xff, 0xfe], false],
    ['big-endian with its mark', 'utf16le', [0xfe, 0xff], true],
    ['little-endian without one', 'utf16le', [], false],
    ['big-endian without one', 'utf16le', [], true],
  ])('UTF-16, %s', async (_what, encoding, mark, isSwapped) => {
    const text = Buffer.from(template('Hi.'), encoding);
    if (isSwapped) text.swap16();
    const diagnostics = await refused({ [TEMPLATE]: bytes(mark, [...text]) });
    expect(found(diagnostics)).toEqual(['discover/utf16 1:1']);
    expect(hints(diagnostics)).toContain('save it as "UTF-8"');
  });
});

describe('4. characters that cannot be seen', () => {
  it.each([
    ['U+200B', '\u200b'],
    ['U+202E', '\u202e'],
    ['U+2066', '\u2066'],
    ['U+FEFF', '\ufeff'],
    ['U+00AD', '\u00ad'],
    ['U+E0041', '\u{e0041}'],
  ])('%s in an id is refused, and said once', async (_name, character) => {
    const diagnostics = await refused(template('Hi.', '', `a${character}b`));
    expect(found(diagnostics)).toEqual(['check/id 2:5']);
    expect(hints(diagnostics)).toContain('`ab`');
    expect(diagnosticsText(diagnostics, false)).not.toContain(character);
  });

  it.each([
    ['U+200B (zero-width space)', 'a\u200bb', '6:2'],
    ['U+202E (bidirectional control)', 'one\n\u202eevil', '7:1'],
    ['U+2069 (bidirectional control)', '👍🏽 a\u2069', '6:5'],
    ['U+200D (zero-width joiner)', 'a\u200db', '6:2'],
    ['U+00AD (soft hyphen)', 'a\u00adb', '6:2'],
    ['U+2028 (line separator)', 'a\u2028b', '6:2'],
    ['U+001B (control character)', 'a\u001b[31m', '6:2'],
    ['U+0085 (control character)', 'a\u0085b', '6:2'],
    ['U+FE01 (variation selector)', 'a\ufe0f\ufe01', '6:3'],
    ['U+E0061 (tag character)', 'a\u{e0061}', '6:2'],
    ['U+3164 (format character or filler)', 'a\u3164b', '6:2'],
  ])('%s in a body is a warning with its place', async (what, body, place) => {
    const diagnostics = await accepted(template(body));
    expect(found(diagnostics)).toEqual([`check/invisible-character ${place}`]);
    expect(diagnostics[0]!.message).toBe(`An invisible character stands here: ${what}.`);
    expect(hints(diagnostics)).toContain(what);
  });

  it('neighbours are one warning, and a hidden text is read out', async () => {
    const hidden = [...'ignore all'].map((character) => String.fromCodePoint(0xe0000 + character.codePointAt(0)!)).join('');
    const diagnostics = await accepted(template(`a\u200b\u200b\u2060b ${hidden}`));
    expect(found(diagnostics)).toEqual(['check/invisible-character 6:2', 'check/invisible-character 6:7']);
    expect(diagnostics.map(({ message }) => message)).toEqual([
      '3 invisible characters stand here: U+200B (zero-width space), U+2060 (word joiner).',
      '10 invisible characters stand here: tag characters that spell "ignore all".',
    ]);
  });

  it('partials and frontmatter are looked through as well', async () => {
    const diagnostics = await accepted({
      [TEMPLATE]: template('{{plan}}{{> p}}', 'inputs: { plan: { enum: [free, "p\u200bro"], default: free } }'),
      'prompts/partials/p.md': 'one\ntwo\u200b{{task}}\n',
      'prompts/bundles/b.md': '---\nid: b\nversion: 1.0.0\nslots: { task: a }\n---\nFor \u202eus.\n',
    });
    expect(found(diagnostics, '')).toEqual([
      'prompts/bundles/b.md check/invisible-character 6:5',
      'prompts/partials/p.md check/invisible-character 2:4',
      'prompts/templates/a.md check/invisible-character 5:34',
    ]);
  });

  it('in a name, the error is enough', async () => {
    const diagnostics = await refused(template('{{ta\u200bsk}}', 'inputs: { "a\u200b": string }'));
    expect(found(diagnostics)).toEqual(['check/input-name 5:11', 'check/unknown-name 7:3']);
    expect(hints(diagnostics)).toContain('Did you mean "task"?');
  });

  it.each([
    ['emoji of several characters', '👩‍🚀 👩🏽‍🚀 ❤️‍🔥 #️⃣ 👨‍👩‍👧'],
    ['a flag of tags', '\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}'],
    ['Persian', 'می\u200cخواهم'],
    ['Hindi', 'क्\u200dष'],
    ['a Han variant', '葛\u{e0100}'],
    ['tabs, accents and other scripts', '\tCafe\u0301 日本語 한국어 עברית'],
  ])('%s: nothing to warn of', async (_what, body) => {
    expect(await accepted(template(body))).toEqual([]);
  });
});

describe('5. a file over the limit', () => {
  const LIMIT = 1024 * 1024;
  const sized = (size: number): string => template('x'.repeat(size - template('').length));

  it('is refused before it is parsed', async () => {
    // Its frontmatter is broken as well, which nobody looks at.
    const diagnostics = await refused(`---\n[\n${'x'.repeat(LIMIT)}`);
    expect(found(diagnostics)).toEqual(['discover/file-too-large 1:1']);
    expect(diagnostics[0]!.message).toBe(`The file has ${LIMIT + 6} bytes; the limit is ${LIMIT}.`);
    expect(hints(diagnostics)).toContain('limits.fileBytes');
  });

  it('begins one byte above it', async () => {
    expect(await accepted(sized(LIMIT))).toEqual([]);
    expect(found(await refused(sized(LIMIT + 1)))).toEqual(['discover/file-too-large 1:1']);
  });

  it('of a gigabyte is not even read', async () => {
    const folder = await projectFolder({ [TEMPLATE]: '' });
    await truncate(path.join(folder, TEMPLATE), 1024 ** 3);
    const start = performance.now();
    expect(found((await compileProject(folder, 'dist')).compiled.diagnostics)).toEqual(['discover/file-too-large 1:1']);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('has its limit in the configuration, which has a limit of its own', async () => {
    const files = { [TEMPLATE]: template('Hi.'), 'promptc.config.json': '{ "limits": { "fileBytes": 20 } }' };
    expect(found(await refused(files))).toEqual(['discover/file-too-large 1:1']);
    expect(found(await refused({ ...files, 'promptc.config.json': ' '.repeat(LIMIT + 1) }), '')).toEqual([
      'promptc.config.json discover/file-too-large 1:1',
    ]);
  });
});

describe('6. frontmatter that never closes', () => {
  it.each([
    ['with text behind it', '---\nid: a\n\nHello.\n'],
    ['with CRLF', '---\r\nid: a\r\n\r\nHello.\r\n'],
    ['with nothing else', '---'],
    ['with a line break', '---\n'],
    ['with an indented end', '---\nid: a\n ---\nHello.\n'],
    ['with the end of a YAML document', '---\nid: a\n...\nHello.\n'],
    ['with dashes of another kind', '---\nid: a\n–––\nHello.\n'],
  ])('%s is an error at its first line', async (_what, text) => {
    const diagnostics = await refused(text);
    expect(found(diagnostics)).toEqual(['parse/frontmatter-unclosed 1:1']);
    expect(hints(diagnostics)).toBe('Put a line with nothing but `---` between the frontmatter and the text.');
  });

  it.each([
    ['----', '---\nid: a\n----\nHello.\n'],
    ['--- # x', '---\nid: a\n--- # x\nHello.\n'],
    ['---js', '---\nid: a\n---js\nHello.\n'],
    ['---- and a rule further down', '---\nid: a\n----\nHello.\n\n---\n\nMore.\n'],
  ])('a line %s in its place is an error there', async (_what, text) => {
    const diagnostics = await refused(text);
    expect(found(diagnostics)).toEqual(['parse/frontmatter-end 3:1']);
    expect(hints(diagnostics)).toBe('Write `---` and nothing else on this line.');
  });

  it.each([
    ['nothing', '', 'Begin the file with a line `---`'],
    ['text alone', 'Hello.\n', 'Begin the file with a line `---`'],
    ['an empty line above it', `\n${template('Hi.')}`, 'Delete the empty lines above'],
    ['a space before it', ` ${template('Hi.')}`, 'Delete the spaces before'],
    ['four dashes', `-${template('Hi.')}`, 'exactly three dashes'],
  ])('a file with %s has none', async (_what, text, hint) => {
    const diagnostics = await refused(text);
    expect(found(diagnostics)).toEqual(['parse/no-frontmatter 1:1']);
    expect(hints(diagnostics)).toContain(hint);
  });

  it('white space behind the dashes is fine, and so is a rule in the text', async () => {
    expect(await accepted('--- \nid: a\nversion: 1.0.0\nrole: user\n---\t \nHello.\n\n---\n\nMore.\n----\n')).toEqual([]);
  });

  it('a megabyte of empty lines within it takes no time', async () => {
    const disk = new MemoryDisk({ [TEMPLATE]: template('Hi.', '\n \n'.repeat(300_000)) });
    const start = performance.now();
    expect((await compile(disk)).diagnostics).toEqual([]);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('7. one id and version in two files', () => {
  it('names both', async () => {
    const diagnostics = await refused({ [TEMPLATE]: template('One.'), 'prompts/templates/z/b.md': template('Two.') });
    expect(found(diagnostics, '')).toEqual(['prompts/templates/z/b.md check/duplicate-version 3:10']);
    expect(diagnostics[0]!.message).toBe('Two files are version 1.0.0 of the template "a".');
    expect(diagnostics[0]!.related?.map(({ span }) => span.source.path)).toEqual([TEMPLATE]);
    expect(hints(diagnostics)).toBe('Give one of them another version or another id.');
  });

  it('holds for bundles, and for every further file', async () => {
    const bundle = '---\nid: b\nversion: 1.0.0\nslots: { task: a }\n---\n';
    const files = Object.fromEntries([1, 2, 3].map((i) => [`prompts/bundles/${i}.md`, bundle]));
    expect(found(await refused({ [TEMPLATE]: template('Hi.'), ...files }), '')).toEqual([
      'prompts/bundles/2.md check/duplicate-version 3:10',
      'prompts/bundles/3.md check/duplicate-version 3:10',
    ]);
  });

  it('does not hold for another version, nor between a template and a bundle', async () => {
    const diagnostics = await accepted({
      [TEMPLATE]: template('One.'),
      'prompts/templates/b.md': template('Two.').replace('1.0.0', '1.0.1'),
      'prompts/bundles/a.md': '---\nid: a\nversion: 1.0.0\nslots: { task: a@1.0.0 }\n---\n',
    });
    expect(diagnostics).toEqual([]);
  });

  it('two partials of one name are named both', async () => {
    const diagnostics = await refused({
      [TEMPLATE]: template('{{> x/p}}'),
      'prompts/partials/x/p.md': 'a',
      'prompts/partials/x/p.txt': 'b',
    });
    expect(found(diagnostics, '')).toEqual(['prompts/partials/x/p.txt discover/duplicate-partial 1:1']);
    expect(diagnostics[0]!.related?.map(({ span }) => span.source.path)).toEqual(['prompts/partials/x/p.md']);
  });
});

describe('8. nothing', () => {
  it.each([
    ['no line', '---\nid: a\nversion: 1.0.0\nrole: user\n---'],
    ['empty lines', template('\n\n')],
    ['white space', template('  \t\n \r\n')],
  ])('a body of %s is refused', async (_what, text) => {
    const diagnostics = await refused(text);
    expect(found(diagnostics)).toEqual(['parse/empty-body 5:1']);
    expect(hints(diagnostics)).toBe('Write its text below the frontmatter, or delete the file.');
  });

  it.each(['', '\n', ' \n\t\n'])('a partial of %j is refused', async (text) => {
    const diagnostics = await refused({ [TEMPLATE]: template('Hi.'), 'prompts/partials/p.md': text });
    expect(found(diagnostics, '')).toEqual(['prompts/partials/p.md parse/empty-body 1:1']);
    expect(hints(diagnostics)).toBe('Write its text, or delete the file.');
  });

  it.each<[string, Files, string]>([
    ['no folder', {}, '`promptc init`'],
    ['a partial alone', { 'prompts/partials/p.md': 'x' }, '`promptc init`'],
    ['a README alone', { 'prompts/README.md': 'x' }, '`promptc init`'],
    ['a misspelt folder', { 'prompts/template/a.md': template('Hi.') }, 'did you mean prompts/templates/?'],
  ])('a project with %s says so, and the command ends with 1', async (_what, files, hint) => {
    const folder = await projectFolder(files);
    for (const command of ['check', 'build']) {
      const { code, err, out } = await runCommand(folder, [command]);
      expect(code).toBe(1);
      expect(err).toContain('prompts:1:1 error discover/no-prompts\n  There is no template and no bundle below prompts/.\n');
      expect(err).toContain(hint);
      expect(out).toBe('');
    }
    expect(existsSync(path.join(folder, 'dist'))).toBe(false);
  });

  it('files that are in no prompt are warned of, each with where it belongs', async () => {
    const diagnostics = await accepted({
      [TEMPLATE]: template('Hi.'),
      'prompts/templates/notes.txt': 'x',
      'prompts/templates/UPPER.MD': 'x',
      'prompts/bundles/b.yaml': 'x',
      'prompts/partials/p.html': 'x',
      'prompts/top.md': 'x',
      'prompts/partial/q.md': 'x',
      // Nobody's mistake:
      'prompts/README.md': 'x',
      'prompts/promptc.lock': '{"lockVersion":1}\n',
      'prompts/evals/cases.json': '{}',
      'prompts/templates/.gitkeep': '',
      'prompts/templates/a.md~': 'x',
      'prompts/.DS_Store': 'x',
    });
    expect(found(diagnostics, '')).toEqual(
      ['bundles/b.yaml', 'partial/q.md', 'partials/p.html', 'templates/UPPER.MD', 'templates/notes.txt', 'top.md'].map(
        (name) => `prompts/${name} discover/stray-file 1:1`,
      ),
    );
    expect(hints(diagnostics)).toContain('Did you mean prompts/partials/?');
  });

  it('a folder where a file belongs, and a file where a folder belongs, are no crash', async () => {
    const folder = await projectFolder({ [TEMPLATE]: template('Hi.') });
    await mkdir(path.join(folder, 'promptc.config.json'));
    const { compiled, written } = await buildProject(folder, 'dist');
    expect(found(compiled.diagnostics, '')).toEqual(['promptc.config.json discover/unreadable 1:1']);
    expect(written).toBeUndefined();

    const other = await temporaryFolder();
    await writeFile(path.join(other, 'prompts'), 'a file');
    const { diagnostics, build } = (await compileProject(other, 'dist')).compiled;
    expect(build).toBeUndefined();
    expect(diagnostics.map(({ code }) => code)).toEqual([expect.stringMatching(/^discover\/(?:no-prompts|unreadable)$/)]);
  });

  it('a link is refused wherever it stands, be it to a file, a folder or nothing', async () => {
    const folder = await projectFolder({ [TEMPLATE]: template('Hi.'), 'elsewhere/b.md': template('Hi.', '', 'b') });
    await symlink('../../elsewhere/b.md', path.join(folder, 'prompts/templates/file.md'));
    await symlink('../../elsewhere', path.join(folder, 'prompts/templates/folder'));
    await symlink('nowhere.md', path.join(folder, 'prompts/templates/nothing.md'));
    await symlink('../elsewhere', path.join(folder, 'prompts/partials'));
    const { diagnostics } = (await compileProject(folder, 'dist')).compiled;
    expect(found(diagnostics, '')).toEqual([
      'prompts/partials discover/symlink 1:1',
      'prompts/templates/file.md discover/symlink 1:1',
      'prompts/templates/folder discover/symlink 1:1',
      'prompts/templates/nothing.md discover/symlink 1:1',
    ]);
    expect(hints(diagnostics)).toContain('Replace the link by a copy of the file');
  });
});
