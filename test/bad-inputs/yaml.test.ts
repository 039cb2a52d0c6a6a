/** Lines 9 to 17 of the list of bad inputs: frontmatter. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildProject } from '../../src/cli/project.js';
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { projectFolder, temporaryFolder } from '../support/project.js';
import { accepted, found, hints, refused, template } from '../support/rejection.js';

const TEMPLATE = 'prompts/templates/a.md';

/** A template whose frontmatter is this alone. */
function frontmatter(yaml: string): string {
  return `---\n${yaml}\n---\nHi.\n`;
}

/** A bundle with these keys below its own, which begin on line 5. */
function bundle(keys: string) {
  return { [TEMPLATE]: template('Hi.'), 'prompts/bundles/b.md': `---\nid: b\nversion: 1.0.0\nslots: { task: a }\n${keys}\n---\n` };
}

/** The shortest of a few runs, which says what the work takes whatever else the machine does. */
async function shortest(text: string): Promise<number> {
  const disk = new MemoryDisk({ [TEMPLATE]: text });
  const times: number[] = [];
  for (let run = 0; run < 5; run++) {
    const start = performance.now();
    await compile(disk);
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}

describe('9. frontmatter in another language', () => {
  it.each([
    'js',
    'javascript',
    'JS',
    'json',
    'coffee',
    'coffeescript',
    'cson',
    'toml',
    'yaml',
    ' js',
    '\tjs',
    'js foo',
    '{"a":1}',
    ' # js',
  ])('---%s is refused, and nothing is run', async (language) => {
    const canary = path.join(await temporaryFolder(), 'canary');
    const code = `globalThis.promptcCanary = 1; process.getBuiltinModule('node:fs').writeFileSync(${JSON.stringify(canary)}, '1')`;
    for (const body of [`${code}; module.exports = { id: "a" }`, `(${code}, { id: "a" })`]) {
      const text = `---${language}\n${body}\n---\nHi.\n`;
      const diagnostics = await refused({ [TEMPLATE]: text, 'prompts/bundles/b.md': text });
      expect(found(diagnostics)).toEqual(['prompts/bundles/b.md parse/frontmatter-language 1:1', 'parse/frontmatter-language 1:1']);
      expect(hints(diagnostics)).toContain('Write `---` and nothing else on this line');
    }
    expect(globalThis).not.toHaveProperty('promptcCanary');
    expect(existsSync(canary)).toBe(false);
  });
});

describe('10. anchors, aliases and merge keys', () => {
  it('an alias bomb is refused within 100 ms', async () => {
    const levels = [...'bcdefghijk'].map((name, i) => `  X_${name}: &${name} [${Array(9).fill(`*${'abcdefghijk'[i]!}`).join(', ')}]`);
    const bomb = template('Hi.', `constraints:\n  X_a: &a [x, x, x, x, x, x, x, x, x]\n${levels.join('\n')}`);
    expect(new Set((await refused(bomb)).map(({ code }) => code))).toEqual(new Set(['parse/yaml-anchor']));
    expect(await shortest(bomb)).toBeLessThan(100);
  });

  it.each([
    ['an anchor', 'description: &x Hi', ['5:14']],
    ['an anchor at a list', 'inputs: &x { a: string }', ['5:9']],
    ['an anchor without a value', 'description: &x', ['5:14']],
    ['an alias', 'description: *x', ['5:14']],
    ['an anchor and an alias', 'adapter_version: &x two\ndescription: *x', ['5:18', '6:14']],
    ['an alias to what is around it', 'inputs: &x { a: *x }', ['5:9', '5:17']],
    ['an alias as a key', 'inputs: { ? *x : string }', ['5:13']],
    ['an anchor at a key', 'inputs: { &x a: string }', ['5:11']],
    ['a merge key', 'inputs: { <<: { a: string } }', ['5:11']],
    ['a merge key with aliases', 'inputs:\n  <<: [*x, *y]', ['6:3', '6:8', '6:12']],
  ])('%s is refused', async (_what, keys, places) => {
    const diagnostics = await refused(template('Hi.', keys));
    expect(found(diagnostics)).toEqual(places.map((place) => `parse/yaml-anchor ${place}`));
    expect(hints(diagnostics)).toContain('put it in quotes');
  });

  it('emphasis is a text that lacks its quotes', async () => {
    const diagnostics = await refused(template('Hi.', 'description: *very* good'));
    expect(found(diagnostics)).toEqual(['parse/yaml-syntax 5:14']);
    expect(hints(diagnostics)).toBe('Write description: "*very* good"');
  });

  it('a quoted << is a key like any other', async () => {
    expect(found(await refused(template('Hi.', 'inputs: { "<<": string }')))).toEqual(['check/input-name 5:11']);
  });
});

describe('11. nesting', () => {
  it.each([
    ['[ left open', 'tags: '.padEnd(5006, '[')],
    ['[ closed again', `tags: ${'['.repeat(5000)}${']'.repeat(5000)}`],
    ['{', `config: ${'{a: '.repeat(5000)}`],
    ['lists in lists', `tags:\n  ${'- '.repeat(5000)}x`],
    ['explicit keys', `config:\n  ${'? '.repeat(5000)}x`],
    ['lines that go on inwards', `config:\n${Array.from({ length: 900 }, (_, i) => `${' '.repeat(i + 1)}a:`).join('\n')}`],
  ])('5,000 nested %s: refused, and the stack is fine', async (_what, keys) => {
    const diagnostics = await refused(template('Hi.', keys));
    expect(diagnostics.map(({ code }) => code)).toEqual(['parse/yaml-depth']);
    expect(hints(diagnostics)).toContain('limits.yamlDepth');
  });

  it('64 levels are allowed, 65 are not', async () => {
    const nested = (levels: number) => bundle(`config: ${'{a: '.repeat(levels - 2)}{}${'}'.repeat(levels - 2)}`);
    expect(await accepted(nested(64))).toEqual([]);
    expect((await refused(nested(65))).map(({ code }) => code)).toEqual(['parse/yaml-depth']);
  });

  it('a configuration that is nested is no crash either', async () => {
    for (const text of ['['.repeat(100_000), '{"limits":'.repeat(50_000)]) {
      const diagnostics = await refused({ [TEMPLATE]: template('Hi.'), 'promptc.config.json': text });
      expect(diagnostics.map(({ code }) => code)).toEqual(['discover/config']);
    }
  });
});

describe('12. a key that is there twice', () => {
  it.each([
    ['at the top', 'description: x\nid: b', 'parse/yaml-duplicate-key 6:1', '2:1'],
    ['as `id` and "id"', '"id": b', 'parse/yaml-duplicate-key 5:1', '2:1'],
    ['with an escape', '"\\u0069d": b', 'parse/yaml-duplicate-key 5:1', '2:1'],
    ['within brackets', 'inputs: { a: string, b: string, a: number }', 'parse/yaml-duplicate-key 5:33', '5:11'],
    ['within a schema', 'inputs:\n  a:\n    type: string\n    type: number', 'parse/yaml-duplicate-key 8:5', '7:5'],
    ['as an input, required and optional', 'inputs:\n  a: string\n  a?: string', 'check/duplicate-input 7:3', '6:3'],
  ])('%s is refused with both places', async (_what, keys, place, other) => {
    const diagnostics = await refused(template('Hi.', keys));
    expect(found(diagnostics)).toEqual([place]);
    const related = diagnostics[0]!.related!.map(({ span: { source, start } }) => source.position(start));
    expect(related.map(({ line, column }) => `${line}:${column}`)).toEqual([other]);
    expect(hints(diagnostics)).toMatch(/^Keep /);
  });

  it('three times is two errors', async () => {
    expect(found(await refused(template('Hi.', 'id: b\nid: c')))).toEqual(['parse/yaml-duplicate-key 5:1', 'parse/yaml-duplicate-key 6:1']);
  });

  it('in the configuration, too', async () => {
    const text = '{ "limits": {},\n  "limits": {} }';
    expect(found(await refused({ [TEMPLATE]: template('Hi.'), 'promptc.config.json': text }), '')).toEqual([
      'promptc.config.json discover/config 2:3',
    ]);
  });
});

describe('13. names that JavaScript uses', () => {
  it.each(['__proto__', 'constructor', 'prototype'])('%s is refused as a key at any depth, however it is written', async (name) => {
    const escaped = `"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}"`;
    for (const key of [name, `"${name}"`, `'${name}'`, escaped]) {
      const inTemplate = `${key}: 1\ninputs:\n  ${key}: string\n  a: { type: object, properties: { ${key}: { type: string } } }\nconstraints: { X_A: [{ ${key}: 1 }] }`;
      expect(found(await refused(template('Hi.', inTemplate)))).toEqual(
        ['5:1', '7:3', '8:36', '9:24'].map((place) => `parse/yaml-forbidden-key ${place}`),
      );
      const inBundle = `config: { a: { ${key}: 1 } }\noutput: { ${key}: 1 }\nexamples: [{ name: x, input: { inputs: { ${key}: 1 } } }]`;
      expect(found(await refused(bundle(inBundle)), 'prompts/bundles/b.md')).toEqual(
        ['5:16', '6:11', '7:42'].map((place) => `parse/yaml-forbidden-key ${place}`),
      );
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('pollutes nothing', async () => {
    await refused(template('Hi.', 'inputs: { __proto__: { polluted: true } }'));
    await refused(bundle('config: { constructor: { prototype: { polluted: true } } }'));
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  it('they are fine as values', async () => {
    expect(await accepted(template('Hi.', 'description: __proto__', 'constructor'))).toEqual([]);
  });
});

describe('14. tags', () => {
  it.each([
    ['!!js/function', 'description: !!js/function "function () {}"', '5:14'],
    ['!!js/regexp', 'description: !!js/regexp /a/', '5:14'],
    ['!!binary', 'description: !!binary aGk=', '5:14'],
    ['!!str', 'description: !!str 5', '5:14'],
    ['!!set', 'inputs: !!set { a, b }', '5:9'],
    ['!!omap', 'inputs: !!omap [a: string]', '5:9'],
    ['!!timestamp', 'description: !!timestamp 2024-01-01', '5:14'],
    ['!<…>', 'description: !<tag:yaml.org,2002:str> x', '5:14'],
    ['one of its own', 'description: !secret env', '5:14'],
    ['one without a name', 'description: ! x', '5:14'],
    ['one without a value', 'description: !important', '5:14'],
    ['one at a key', '!x description: y', '5:1'],
  ])('%s is refused', async (_what, keys, place) => {
    const diagnostics = await refused(template('Hi.', keys));
    expect(found(diagnostics)).toEqual([`parse/yaml-tag ${place}`]);
    expect(hints(diagnostics)).toContain('put it in quotes');
  });
});

describe('15. numbers', () => {
  it.each([
    ['1.10', '"1.10.0"'],
    ['1.1', '"1.1.0"'],
    ['1', '"1.0.0"'],
    ['0.1', '"0.1.0"'],
    ['2.00', '"2.0.0"'],
    ['1e3', '"1.0.0"'],
    ['0x10', '"1.0.0"'],
    ['-1', '"1.0.0"'],
  ])('version: %s is refused: quote it', async (version, mended) => {
    const diagnostics = await refused(frontmatter(`id: a\nversion: ${version}\nrole: user`));
    expect(found(diagnostics)).toEqual(['check/version-not-text 3:10']);
    expect(diagnostics[0]!.message).toContain(` ${version} `);
    expect(hints(diagnostics)).toBe(`Quote it, with all three parts: version: ${mended}`);
    expect(await accepted(frontmatter(`id: a\nversion: ${mended}\nrole: user`))).toEqual([]);
  });

  it('version: 1.10.0 without quotes is a text, and fine', async () => {
    expect(await accepted(frontmatter('id: a\nversion: 1.10.0\nrole: user'))).toEqual([]);
  });

  it.each([
    '9007199254740992',
    '-9007199254740993',
    '1e400',
    '.inf',
    '-.INF',
    '+.Inf',
    '.nan',
    '.NaN',
    '0x20000000000000',
    '123456789012345678901234567890',
  ])('%s is refused wherever it stands', async (number) => {
    const diagnostics = await refused(template('Hi.', `adapter_version: ${number}\ninputs: { a: { enum: [1, ${number}] } }`));
    expect(found(diagnostics)).toEqual(['parse/yaml-number 5:18', 'parse/yaml-number 6:26']);
    expect(hints(diagnostics)).toContain(`If it is a text, put it in quotes: "${number}".`);
    expect(found(await refused(bundle(`config: { a: ${number} }`)), 'prompts/bundles/b.md')).toEqual(['parse/yaml-number 5:14']);
  });

  it.each(['9007199254740991', '-9007199254740991', '0.1', '1e3', '".nan"', '0x1F', '0o17', '00012'])('%s is fine', async (number) => {
    expect(await accepted(bundle(`config: { a: ${number} }`))).toEqual([]);
  });

  it.each([
    ['id: 5', 'check/wrong-value 2:5', 'Put it in quotes: id: "5"'],
    ['id: true', 'check/wrong-value 2:5', 'Put it in quotes: id: "true"'],
    ['id:', 'check/wrong-value 2:1', 'Write one, such as `id: support/tone`.'],
    ['id: 1.10', 'check/wrong-value 2:5', 'Put it in quotes: id: "1.10"'],
  ])('%s is refused', async (line, place, hint) => {
    const diagnostics = await refused(frontmatter(`${line}\nversion: 1.0.0\nrole: user`));
    expect(found(diagnostics)).toEqual([place]);
    expect(hints(diagnostics)).toBe(hint);
  });
});

describe('16. keys that are no texts, several documents, unknown fields', () => {
  it.each([
    ['null', '5:11'],
    ['~', '5:11'],
    ['5', '5:11'],
    ['1.5', '5:11'],
    ['true', '5:11'],
    ['[a, b]', '5:11'],
    ['{ a: b }', '5:11'],
  ])('%s as a key is refused', async (key, place) => {
    const diagnostics = await refused(template('Hi.', `inputs: { ${key}: string }`));
    expect(found(diagnostics)).toEqual([`parse/yaml-key ${place}`]);
    expect(hints(diagnostics)).toMatch(/quotes/);
  });

  it('nothing as a key is refused', async () => {
    expect(found(await refused(template('Hi.', ': string')))).toEqual(['parse/yaml-key 5:1']);
    expect(found(await refused(template('Hi.', 'inputs: { : string }')))).toEqual(['parse/yaml-key 5:11']);
  });

  it('a date is a text, as a key and as a value', async () => {
    expect(await accepted(bundle('config: { 2024-01-01: 2024-01-02 }'))).toEqual([]);
  });

  it('a tag of the template language is a text that lacks its quotes', async () => {
    const diagnostics = await refused(template('Hi.', 'description: {{name}}'));
    expect(found(diagnostics)).toEqual(['parse/yaml-key 5:15']);
    expect(hints(diagnostics)).toBe('A text that begins with "{" must be in quotes.');
  });

  it('two documents are refused', async () => {
    const diagnostics = await refused(frontmatter('id: a\nversion: 1.0.0\n...\nrole: user'));
    expect(found(diagnostics)).toEqual(['parse/yaml-syntax 4:1']);
    expect(diagnostics[0]!.message).toContain('more than one document');
    // One that ends so is one.
    expect(await accepted(frontmatter('id: a\nversion: 1.0.0\nrole: user\n...'))).toEqual([]);
  });

  it.each([
    ['rol: user', 'check/unknown-key 4:1', 'Did you mean "role"?'],
    ['Role: user', 'check/unknown-key 4:1', 'Did you mean "role"?'],
    ['roel: user', 'check/unknown-key 4:1', 'Did you mean "role"?'],
  ])('%s is refused once, with the key that was meant', async (line, place, hint) => {
    const diagnostics = await refused(frontmatter(`id: a\nversion: 1.0.0\n${line}`));
    expect(found(diagnostics)).toEqual([place]);
    expect(hints(diagnostics)).toBe(hint);
  });

  it('an unknown key far from any is answered with all that there are', async () => {
    const diagnostics = await refused(template('Hi.', 'author: me'));
    expect(found(diagnostics)).toEqual(['check/unknown-key 5:1']);
    expect(hints(diagnostics)).toBe('Known here: id, version, role, description, adapter_version, inputs, constraints.');
  });

  it('in a bundle’s slots and examples as well', async () => {
    const diagnostics = await refused({
      [TEMPLATE]: template('Hi.'),
      'prompts/bundles/b.md': '---\nid: b\nversion: 1.0.0\nslots: { sytem: a }\nexamples:\n  - { name: x, inputs: {} }\n---\n',
    });
    expect(found(diagnostics, 'prompts/bundles/b.md')).toEqual(['check/unknown-key 4:10', 'check/unknown-key 6:16']);
    expect(hints(diagnostics)).toBe('Did you mean "system"?\nDid you mean "input"?');
  });
});

describe('17. versions', () => {
  const withVersion = (version: string): string => frontmatter(`id: a\nversion: "${version}"\nrole: user`);

  it.each([
    ['1.0', '1.0.0'],
    ['v1.0.0', '1.0.0'],
    ['V1', '1.0.0'],
    ['01.0.0', '1.0.0'],
    ['1.02.0', '1.2.0'],
    ['1.0.0+build.5', '1.0.0'],
    [' 1.0.0', '1.0.0'],
    ['“1.0.0”', '1.0.0'],
    ['v2.0-', undefined],
    ['1.0.0-01', undefined],
    ['1.0.0.0', undefined],
    ['1.0.x', undefined],
    ['^1.0.0', undefined],
    ['latest', undefined],
    ['2024-01-01', undefined],
    ['', undefined],
  ])('version: "%s" is refused', async (version, mended) => {
    const diagnostics = await refused(withVersion(version));
    expect(found(diagnostics)).toEqual(['check/version 3:10']);
    const rule = 'A version is MAJOR.MINOR.PATCH without leading zeros, "v" or "+build", such as 1.2.0 or 2.0.0-beta.1.';
    expect(hints(diagnostics)).toBe(mended === undefined ? rule : `Write version: "${mended}"`);
    expect(await accepted(withVersion(mended ?? '2.0.0-beta.1'))).toEqual([]);
  });

  it.each(['1000000000000000.0.0', '1.99999999999999999999.0', 'v1.0.9007199254740993'])('version: "%s" is too large', async (version) => {
    const diagnostics = await refused(withVersion(version));
    expect(found(diagnostics)).toEqual(['check/version 3:10']);
    expect(hints(diagnostics)).toBe('Each of its three numbers has at most 15 digits.');
  });

  it.each(['0.0.0', '1.0.0', '999999999999999.0.0', '10.20.30', '1.0.0-beta', '1.0.0-0.x.1', '1.0.0--'])(
    'version: "%s" is fine',
    async (version) => {
      expect(await accepted(withVersion(version))).toEqual([]);
    },
  );
});

describe('frontmatter that is no set of keys', () => {
  it.each([
    ['nothing', '', 'is empty', '1:1'],
    ['an empty line', '\n', 'is empty', '1:1'],
    ['comments', '# id: a\n# version: 1.0.0', 'is empty', '1:1'],
    ['a comment of one sign', '#', 'is empty', '1:1'],
    ['the end of a document', '...', 'is empty', '1:1'],
    ['null', '~', 'is a single value', '2:1'],
    ['a list', '- id: a\n- version: 1.0.0', 'is a list', '2:1'],
    ['a list in brackets', '[a, b]', 'is a list', '2:1'],
    ['a number', '5', 'is a single value', '2:1'],
    ['a quoted text', '"id: a"', 'is a single value', '2:1'],
  ])('%s', async (_what, yaml, what, place) => {
    const diagnostics = await refused(frontmatter(yaml));
    expect(found(diagnostics)).toEqual([`parse/frontmatter-not-mapping ${place}`]);
    expect(diagnostics[0]!.message).toBe(`The frontmatter ${what} where it must hold \`key: value\` lines.`);
    expect(hints(diagnostics)).toBe('A template needs at least the keys id, version and role, each on a line of its own.');
  });

  it('of a bundle', async () => {
    const diagnostics = await refused({ [TEMPLATE]: template('Hi.'), 'prompts/bundles/b.md': '---\n---\nNotes.\n' });
    expect(hints(diagnostics)).toContain('A bundle needs at least the keys id, version and slots');
  });
});

describe('values of another kind', () => {
  it.each([
    ['inputs as a list', 'inputs:\n  - name\n  - plan', '6:3', 'Below `inputs:`, write each input on a line of its own'],
    ['inputs as a text', 'inputs: name', '5:9', 'Below `inputs:`'],
    ['inputs without anything', 'inputs:', '5:1', 'Below `inputs:`'],
    ['inputs that are not indented', 'inputs:\nname: string\nplan: string', '5:1', 'indented by two spaces'],
    ['an input without a type', 'inputs:\n  name:', '6:3', 'Write one, or delete the line.'],
    ['an input that is a number', 'inputs:\n  name: 5', '6:9', 'An input is a type such as string'],
    ['an input that is a list', 'inputs:\n  name: [string]', '6:9', 'string[]'],
    ['a comment that was meant as a text', 'description: # 1 of our tones', '5:1', 'A "#" begins a comment'],
    ['a number that was meant as a text', 'adapter_version: 2', '5:18', 'Put it in quotes: adapter_version: "2"'],
    ['an empty text', 'adapter_version: ""', '5:18', undefined],
    ['constraints as a list', 'constraints:\n  - NO_EMOJI', '6:3', 'Below `constraints:`'],
  ])('%s', async (_what, keys, place, hint) => {
    const diagnostics = await refused(
      template('{{name}} {{plan}}', keys).replace('{{name}} {{plan}}', keys.includes('name') ? '{{name}}' : 'Hi.'),
    );
    expect(found(diagnostics)).toEqual([`check/wrong-value ${place}`]);
    expect(hints(diagnostics)).toContain(hint ?? '');
  });

  it.each([
    ['slots without anything', 'slots:', '4:1', 'Below `slots:`, write each slot'],
    ['no slot', 'slots: {}', '4:8', 'Below `slots:`'],
    ['slots as a list', 'slots:\n  - a', '5:3', 'Below `slots:`'],
    ['a slot without anything', 'slots:\n  task:', '5:3', 'Write one, or delete the line.'],
    ['tags as a text', 'slots: { task: a }\ntags: gpt-4o', '5:7', 'tags: [gpt-4o, gpt-4.1]'],
    ['a tag twice', 'slots: { task: a }\ntags: [x, y, x]', '5:7', 'each once'],
    ['a config that is a number', 'slots: { task: a }\nconfig: 5', '5:9', 'temperature: 0.2'],
    ['an example that is a text', 'slots: { task: a }\nexamples:\n  - refund', '6:5', 'name: refund'],
  ])('%s', async (_what, keys, place, hint) => {
    const file = `---\nid: b\nversion: 1.0.0\n${keys}\n---\n`;
    const diagnostics = await refused({ [TEMPLATE]: template('Hi.'), 'prompts/bundles/b.md': file });
    expect(found(diagnostics, 'prompts/bundles/b.md')).toEqual([`check/wrong-value ${place}`]);
    expect(hints(diagnostics)).toContain(hint);
  });
});

describe('what YAML stumbles over', () => {
  it.each([
    ['a tab', 'inputs:\n\tname: string', '6:1', 'Indent with spaces'],
    ['a tab after spaces', 'inputs:\n  name: string\n \tplan: string', '7:1', 'Indent with spaces'],
    ['a no-break space before a key', 'inputs:\n\u00a0\u00a0name: string', '6:1', 'Indent with plain spaces.'],
    ['a no-break space after a key', 'description:\u00a0x\nadapter_version: y', '5:1', 'Write description: x'],
    ['a control character', 'description: a\u0007b', '5:15', 'Delete it'],
    ['a control character in quotes', 'description: "a\u0001b"', '5:16', 'Delete it'],
    ['a colon in a text', 'description: How: why', '5:14', 'Write description: "How: why"'],
    ['a colon at its end', 'description: Note:', '5:14', 'Write description: "Note:"'],
    ['a colon, and quotes', 'description: Say: "hi"', '5:14', `Write description: 'Say: "hi"'`],
    ['a text in quotes that goes on', 'description: "Say" hi', '5:14', 'write each quote within it as `\\"`'],
    ['quotes in quotes', 'description: "Say "hi""', '5:14', 'write each quote within it as `\\"`'],
    ['an apostrophe', "description: 'Don't'", '5:14', "write each apostrophe within it as `''`"],
    ['a text that never ends', 'description: "Say', '5:14', 'Add " where the text ends.'],
    ['a text that ends further down', 'description: "Say\nadapter_version: "2"', '5:14', 'Add " where the text ends.'],
    ['one in single quotes', "description: 'Say", '5:14', "Add ' where the text ends."],
    ['an unknown escape', 'description: "C:\\dir"', '5:17', 'Write `\\\\` for a backslash'],
    ['an @', 'description: @ada', '5:14', 'Write description: "@ada"'],
    ['a %', 'description: %5', '5:14', 'Write description: "%5"'],
    ['a back quote', 'description: `x`', '5:14', 'Write description: "`x`"'],
    ['a star', 'description: * x', '5:14', 'Write description: "* x"'],
    ['brackets', 'description: [draft] Tone', '5:14', 'Write description: "[draft] Tone"'],
    ['a tag of the template language', 'description: {{name}} asks', '5:14', 'Write description: "{{name}} asks"'],
    ['a list on the line of its key', 'description: - x', '5:14', 'Write description: "- x"'],
    ['a text behind a |', 'description: | Hi', '5:16', 'Begin the text on the next line'],
    ['lines that are not indented', 'description: |\nHi\nyou', '7:1', 'its lines are indented'],
    ['a line without a colon', 'description Hi', '5:1', 'Write `key: value`.'],
    ['an equals sign', 'description = Hi', '5:1', 'Write description: Hi'],
    ['a missing space', 'description:Hi\nadapter_version: x', '5:1', 'Write description: Hi'],
    ['a line too far in', ' description: Hi', '5:2', 'in the same column'],
    ['a line too far out', 'inputs:\n  a: string\n b: string', '7:2', 'in the same column'],
    ['a bracket that is left open', 'inputs: { a: string\ndescription: x', '5:9', 'Add "}" where it ends.'],
    ['one to the end', 'inputs: { a: [string', '5:14', 'Add "]" where it ends.'],
    ['a bracket too many', 'inputs: { a: string }}', '5:22', 'Delete it'],
    ['a missing comma', 'inputs: { a: string b: string }', '5:21', 'Put commas between the items.'],
    ['a comma too many', 'inputs: { a: string,, b: string }', '5:21', 'delete the comma'],
    ['a list type within braces', 'inputs: { a: string[] }', '5:14', 'Write "string[]"'],
    ['a sign within brackets', 'constraints: { FORBIDDEN_TOKENS: ["!", ?] }', '5:40', 'Write "?".'],
  ])('%s', async (_what, keys, place, hint) => {
    const diagnostics = await refused(template('Hi.', keys));
    expect(found(diagnostics)).toEqual([`parse/yaml-syntax ${place}`]);
    expect(hints(diagnostics)).toContain(hint);
    const { start, end, source } = diagnostics[0]!.span;
    expect(start).toBeLessThan(end);
    expect(end).toBeLessThan(source.text.length);
  });

  it.each(['%YAML 1.2', '%YAML 1.2\n---', '%TAG ! tag:example.com,2000:', '%anything'])('the directive %j', async (line) => {
    const diagnostics = await refused(frontmatter(`${line}\nid: a`));
    expect(found(diagnostics)).toEqual(['parse/yaml-syntax 2:1']);
    expect(hints(diagnostics)).toBe('Delete this line.');
  });

  it('keys without their spaces are one error', async () => {
    const diagnostics = await refused(frontmatter('id:a\nversion:1.0.0\nrole:user'));
    expect(found(diagnostics)).toEqual(['parse/yaml-syntax 2:1']);
    expect(hints(diagnostics)).toBe('Write id: a');
  });

  it.each([
    ['an explicit key', '? description\n: Hi'],
    ['a tab behind a colon', 'description:\tHi'],
    ['a tab within a text', 'description: a\tb'],
    ['a comment behind a value', 'description: Hi # for now'],
    ['emoji and other scripts', 'description: 👩‍🚀 日本語 é'],
    ['an address', 'description: see https://example.com/a?b#c'],
    ['a date', 'adapter_version: 2024-01-01'],
    ['a text over several lines', 'description: >-\n  one\n  two'],
    ['an optional input within braces', 'inputs: { a?: string, "b?": string } # promptc-ignore check/unused-input: for the test'],
  ])('%s is fine', async (_what, keys) => {
    expect(await accepted(template('Hi.', keys))).toEqual([]);
  });

  it('the texts of other errors are told from another file, whatever this one has', async () => {
    const folder = await projectFolder({ [TEMPLATE]: frontmatter('id: [a'), 'prompts/templates/b.md': template('{{nme}}', '', 'b') });
    const { compiled } = await buildProject(folder, 'dist');
    expect(found(compiled.diagnostics)).toEqual(['parse/yaml-syntax 2:5', 'prompts/templates/b.md check/unknown-name 6:3']);
  });

  it('a half of a surrogate pair is refused, in a value and in a key', async () => {
    const diagnostics = await refused(template('Hi.', 'description: "\\ud83d"\nconstraints: { "X_\\udc00": 1 }'));
    expect(found(diagnostics)).toEqual(['parse/yaml-lone-surrogate 5:14', 'parse/yaml-lone-surrogate 6:16']);
  });
});
