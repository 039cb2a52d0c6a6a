/** Whether answers keep constraints: texts by hand, half of them hard, and properties. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkOutput, type Violation } from '../../src/answers/check-output.js';
import type { Json, JsonObject } from '../../src/base/json.js';
import { CONSTRAINT_NAMES, constraintDirectives, mergeConstraints } from '../../src/constraints/vocabulary.js';
import { PromptcError } from '../../src/base/error.js';

/** Per constraint: its value, an answer, and what is found: what `actual` is of each violation; with a locale where it is not `en`. */
type Case = readonly [value: Json, text: string, actual: readonly Json[], locale?: string];

const CASES: { readonly [name: string]: readonly Case[] } = {
  FORBIDDEN_TOKENS: [
    [['extremely'], 'It is extremely good.', ['extremely']],
    [['extremely'], 'EXTREMELY good, Extremely bad', ['EXTREMELY', 'Extremely']],
    [['cat'], 'concatenate, cats, scat', []],
    [['cat'], 'cat-like (cat) "cat" cat.', ['cat', 'cat', 'cat', 'cat']],
    [['!'], 'Oh! No!!', ['!', '!', '!']],
    [['!'], 'no mark', []],
    [['as an AI'], 'As an ai, I cannot.', ['As an ai']],
    [['as an AI'], 'As an AI-based tool', ['As an AI']],
    [[], 'anything!', []],
    [['a'], '', []],
    [['über'], 'darüber ist nichts, über uns', ['über'], 'de'],
    [['straße'], 'STRASSE und Straße', ['Straße'], 'de'],
    [['ΟΔΟΣ'], 'η οδός, η οδος', ['οδος'], 'el'],
    [['不好'], '这不好', [], 'zh'],
    [['不好'], '不好！', ['不好'], 'zh'],
    [['كلمة'], 'هذه كلمة هنا', ['كلمة'], 'ar'],
    [['naïve'], 'nai\u0308ve', []],
    [['🎉'], 'So 🎉🎉', ['🎉', '🎉']],
    [['a b'], 'a  b', []],
    [['\n\n'], 'one\n\ntwo', ['\n\n']],
    [['c++'], 'C++ and c++11', ['C++', 'c++']],
    [['x'], 'x\ud800x', ['x', 'x']],
  ],
  MAX_SENTENCE_LENGTH: [
    [3, 'One two three.', []],
    [3, 'One two three four.', [4]],
    [3, 'One two. Three four five six. Seven.', [4]],
    [3, 'One two three four. Five six seven eight!', [4, 4]],
    [3, 'one two three\nfour five six', []],
    [3, '- one two three\n- four five six', []],
    [3, '', []],
    [3, '... --- ***', []],
    [4, 'Dr. Smith paid $3.50. He left.', []],
    [3, 'Dr. Smith paid $3.50 today.', [5]],
    [2, 'He said "Stop! Now!" and left.', [3]],
    [2, '```\none two three four five\n```', []],
    [2, "don't can't", []],
    [3, 'well-known state-of-the-art', [6]],
    [5, 'J. R. R. Tolkien wrote it. Yes.', [6]],
    [4, 'Am 3. Mai kam er. Ja.', [5], 'de'],
    [3, '你好吗？再见！', [], 'zh'],
    [2, '我们今天去北京。', [4], 'zh'],
    [2, '私は学生です。', [4], 'ja'],
    [2, 'สวัสดีครับผม', [3], 'th'],
    [2, 'مرحبا بكم هنا. كيف حالك؟', [3], 'ar'],
    [2, 'z.B. ein Hund. Ja.', [3], 'de'],
    [2, '1. One two\n2. Three four', []],
    [3, '> quoted one two', []],
  ],
  MAX_PARAGRAPHS: [
    [1, 'One.\nStill one.', []],
    [1, 'One.\n\nTwo.', [2]],
    [1, 'One.\r\n\r\nTwo.', [2]],
    [2, 'One.\n\n\n\nTwo.', []],
    [1, '', []],
    [1, '\n\n\nOne.\n\n\n', []],
    [1, 'One.\n \t \nTwo.', [2]],
    [2, '# Title\n\nOne.\n\nTwo.', []],
    [1, '- a\n\n- b\n\n- c', []],
    [1, '1. a\n\n   more\n\n2. b', []],
    [1, '```\na\n\nb\n```', []],
    [1, '```\na\n\nb', []],
    [1, 'One.\n\n---\n\nTwo.', [2]],
    [2, 'One.\n\n---\n\nTwo.', []],
    [1, '一。\n\n二。', [2], 'zh'],
    [1, 'أ\n\nب', [2], 'ar'],
    [1, 'One.\u2028\u2028Two.', [2]],
    [2, 'Intro:\n\n- a\n- b\n\nEnd.', [3]],
    [1, '🎉\n\n🎉', [2]],
    [1, '   \n\n   ', []],
    [1, '> a\n>\n> b', []],
  ],
  NO_EMOJI: [
    [true, 'none', []],
    [true, 'one 🎉', ['🎉']],
    [false, '🎉', []],
    [true, '👩‍👩‍👧', ['👩‍👩‍👧']],
    [true, '🇩🇪🇫🇷', ['🇩🇪', '🇫🇷']],
    [true, '1️⃣ 2', ['1️⃣']],
    [true, '#*0123', []],
    [true, '© ® ™', []],
    [true, '©\ufe0f', ['©\ufe0f']],
    [true, '☺', []],
    [true, '☺\ufe0f', ['☺\ufe0f']],
    [true, '👍🏽', ['👍🏽']],
    [true, '⌚\ufe0e', []],
    [true, ':-) :)', []],
    [true, '→ ✓ ★', []],
    [true, '🏴󠁧󠁢󠁳󠁣󠁴󠁿', ['🏴󠁧󠁢󠁳󠁣󠁴󠁿']],
    [true, '你好😀', ['😀'], 'zh'],
    [true, '\ud83d', []],
    [true, '❤️', ['❤️']],
    [true, '🫠', ['🫠']],
    [true, '', []],
  ],
  ASSERTIVENESS_LEVEL: [
    [0.5, 'One. Two. Three.', []],
    [0.5, 'Perhaps one. Maybe two. Possibly three.', [0]],
    [0, 'Perhaps one. Maybe two. Possibly three.', []],
    [1, 'Certainly one. It always works. It must be three.', []],
    [0.5, 'Certainly one. It always works. It must be three.', [1]],
    [0.5, 'Perhaps.', []],
    [0.5, '', []],
    [1, 'I am not certain. I am not sure. It could be.', [0]],
    [0.5, 'May is a month. In May it rains. May ends.', []],
    [0.8, 'It may work. It may not. It may be.', [0]],
    [0.5, 'Vielleicht eins. Vielleicht zwei. Vielleicht drei.', [], 'de'],
    [0.5, '也许。也许。也许。', [], 'zh'],
    [0.5, 'Without doubt. Of course. No doubt.', [1]],
    [0.5, 'I think so. I guess so. I believe so.', [0]],
    [0.5, 'Perhaps one. Certainly two. Three.', []],
    [0.5, 'PERHAPS ONE. MAYBE TWO. POSSIBLY THREE.', [0]],
    [0.5, 'mightier than. dismayed. mustard.', []],
    [0.5, 'Perhaps\nmaybe\npossibly', [0]],
    [0.25, 'Perhaps one. Two. Three.', []],
    [0.5, '```\nperhaps maybe possibly\n```', []],
  ],
  REQUIRED_TOKENS: [
    [['ticket'], 'Your ticket is open.', []],
    [['ticket'], 'Your Ticket.', []],
    [['ticket'], 'Your tickets.', [0]],
    [['ticket', 'order'], 'Your ticket.', [0]],
    [['a', 'A'], 'a', []],
    [[], '', []],
    [['x'], '', [0]],
    [['no. 5'], 'It is No. 5.', []],
    [['!'], 'Hi!', []],
    [['Grüße'], 'Viele GRÜSSE', [0], 'de'],
    [['Grüße'], 'viele grüße', [], 'de'],
    [['谢谢'], '谢谢。', [], 'zh'],
    [['شكرا'], 'شكرا جزيلا', [], 'ar'],
    [['🎉'], '🎉', []],
    [['👍'], '👍🏽', []],
    [['a b'], 'a\nb', [0]],
    [['e'], 'e\u0301', [0]],
    [['ΣΑΣ'], 'σας', [], 'el'],
    [['I'], 'i', []],
    [['"'], 'say "hi"', []],
  ],
  MAX_WORDS: [
    [2, 'one two', []],
    [2, 'one two three', [3]],
    [2, '', []],
    [2, ' \n\t ', []],
    [2, '... — !', []],
    [1, "don't", []],
    [1, '3.14', []],
    [1, '1,000', []],
    [2, 'well-known', []],
    [1, 'well-known', [2]],
    [3, '我们去北京', [], 'zh'],
    [2, '我们去北京', [3], 'zh'],
    [2, '東京都です', [3], 'ja'],
    [2, 'สวัสดีครับผม', [3], 'th'],
    [2, 'مرحبا بكم هنا', [3], 'ar'],
    [1, '🎉 🎉 🎉', []],
    [2, '`a` `b`', []],
    [2, '```\na b c\n```', [3]],
    [2, 'a\u00a0b', []],
    [1, 'nai\u0308ve', []],
    [2, '1. a\n2. b', [4]],
  ],
  MAX_TOKENS: [
    [1, 'hello', []],
    [1, 'hello world', [2]],
    [2, 'hello world', []],
    [1, '', []],
    [3, 'hello hello hello hello', [4]],
    [10, '12345', []],
    [1, '12345', [2]],
    [1, '    ', []],
    [1, '<|endoftext|>', [7]],
    [2, '你好', []],
    [1, '🎉', [2]],
    [2, '🎉', []],
    [100, 'x'.repeat(100), []],
    [3, 'Straße', [], 'de'],
    [1, 'Straße', [2], 'de'],
    [1, '\n', []],
    [5, 'a b c d e', []],
    [4, 'a b c d e', [5]],
    [2, 'مرحبا', [], 'ar'],
    [1, '\ud800', []],
  ],
  MAX_SENTENCES: [
    [1, 'One.', []],
    [1, 'One. Two.', [2]],
    [2, 'One. Two!', []],
    [1, '', []],
    [1, 'no mark', []],
    [1, '...', []],
    [1, 'Mr. and Mrs. Smith came.', []],
    [1, 'It costs 3.50 now.', []],
    [1, 'See e.g. the page.', []],
    [1, 'a\nb', [2]],
    [2, '- a\n- b', []],
    [1, '# Title\nText.', [2]],
    [1, '```\nOne. Two.\n```', []],
    [1, 'Really?! Yes.', [2]],
    [1, '你好。再见。', [2], 'zh'],
    [1, 'مرحبا. كيف حالك؟', [2], 'ar'],
    [1, 'नमस्ते। आप कैसे हैं?', [2], 'hi'],
    [1, 'Das ist z.B. gut.', [], 'de'],
    [1, '"Stop." he said.', []],
    [1, 'Is it? It is… Perhaps.', [2]],
  ],
  STARTS_WITH: [
    ['Dear', 'Dear all', []],
    ['Dear', '  \nDear all', []],
    ['Dear', 'dear all', ['dear']],
    ['Dear', 'Hello', ['Hell']],
    ['Dear', '', ['']],
    ['Dear', 'De', ['De']],
    ['Dear', 'Dearest', []],
    ['{', '{"a":1}', []],
    ['e', 'e\u0301t', ['e']],
    ['👩', '👩‍👧', ['👩']],
    ['👩', '👩 x', []],
    ['你', '你好', []],
    ['مر', 'مرحبا', []],
    ['"', '"Hi"', []],
    ['a\nb', 'a\nb c', []],
    ['Dear', '\ufeffDear', []],
    ['Dear', '> Dear', ['> De']],
    ['Dear', '**Dear**', ['**De']],
    ['ß', 'ß', []],
    ['ß', 'ss', ['s']],
  ],
  ENDS_WITH: [
    ['Ada', 'Yours, Ada', []],
    ['Ada', 'Yours, Ada\n', []],
    ['Ada', 'Yours, ada', ['ada']],
    ['Ada', 'Yours, Ada.', ['da.']],
    ['Ada', '', ['']],
    ['Ada', 'a', ['a']],
    ['}', '{"a":1}', []],
    ['?', 'Ok?', []],
    ['?', 'Ok？', ['？']],
    ['好', '你好', []],
    ['🎉', 'So 🎉', []],
    ['👧', '👩‍👧', ['👧']],
    ['حبا', 'مرحبا', []],
    ['a\nb', 'x a\nb', []],
    ['end', 'The END', ['END']],
    ['.', 'a. ', []],
    ['.', 'a.\u00a0', []],
    ['."', 'He said "no."', []],
    ['é', 'cafe\u0301', ['\u0301']],
    ['```', '```\na\n```', []],
  ],
  MATCHES: [
    [['^Ticket [0-9]+'], 'Ticket 12', []],
    [['^Ticket [0-9]+'], 'A Ticket 12', [0]],
    [['a', 'b'], 'a', [0]],
    [['a', 'b'], '', [0, 0]],
    [[], '', []],
    [['^$'], '', []],
    [['\\p{Lu}'], 'é', [0]],
    [['\\p{Lu}'], 'É', []],
    [['\\p{Script=Han}'], '漢', []],
    [['^.$'], '😀', []],
    [['a.c'], 'a\nc', [0]],
    [['(a+)+$'], `${'a'.repeat(5000)}!`, [0]],
    [['x{3}'], 'xxx', []],
    [['\\bcat\\b'], 'a cat!', []],
    [['A'], 'a', [0]],
    [['\\u00e9'], 'é', []],
    [['مرحبا'], 'مرحبا', []],
    [['a|b'], 'b', []],
    [['[^\\s]'], ' \n', [0]],
    [['/'], 'a/b', []],
  ],
  NOT_MATCHES: [
    [['[0-9]{16}'], 'no number', []],
    [['[0-9]{16}'], 'it is 1234567890123456.', ['1234567890123456']],
    [['a', 'b'], 'ab', ['a', 'b']],
    [[], 'a', []],
    [['^\\s'], ' a', [' ']],
    [['^\\s'], 'a ', []],
    [['(?:TODO|FIXME)'], 'a TODO b FIXME', ['TODO']],
    [['\\p{Emoji_Presentation}'.replace('Emoji_Presentation', 'So')], '🎉', ['🎉']],
    [['\\p{Script=Cyrillic}'], 'pаypal', ['а']],
    [['(x+x+)+y'], 'x'.repeat(5000), []],
    [['你'], '你好', ['你'], 'zh'],
    [['a$'], 'b', []],
    [['a.b'], 'a😀b', ['a😀b']],
    [['.'], '', []],
    [['b'], 'abc', ['b']],
    [['[A-Z]{3,}'], 'so LOUD', ['LOUD']],
    [['é'], 'e\u0301', []],
    [['\\d'], '٣', []],
    [['\\p{Nd}'], '٣', ['٣']],
    [['\\n\\n'], 'a\n\nb', ['\n\n']],
  ],
  FORMAT: [
    ['json', '{"a":1}', []],
    ['json', ' [1, 2]\n', []],
    ['json', '"text"', []],
    ['json', 'text', ['"text"']],
    ['json', '```json\n{}\n```', ['"```json\\n{}\\n```"']],
    ['json', '', ['""']],
    ['json', "{'a':1}", ['"{\'a\':1}"']],
    ['json', '{"a":1,}', ['"{\\"a\\":1,}"']],
    ['markdown', '# Title\n\n- a', []],
    ['markdown', 'plain', []],
    ['markdown', '```\ncode', ['"```"']],
    ['markdown', '```markdown\n# T\n```', ['"```markdown\\n# T\\n```"']],
    ['markdown', '````\n```\n````', []],
    ['plain', 'Just text.', []],
    ['plain', '# Title', ['"# Title"']],
    ['plain', 'a **bold** word', ['"**bold**"']],
    ['plain', '- a list is fine', []],
    ['plain', '2 * 3 * 4, a_b_c, #1', []],
    ['plain', 'see [this](https://a.b)', ['"[this](https://a.b)"']],
    ['plain', '价格是**三**元', ['"**三**"'], 'zh'],
    ['plain', '`code`', ['"`code`"']],
  ],
  OUTPUT_SCHEMA: [
    [true, '{"total":1}', []],
    [true, '{"total":1.5}', ['/total']],
    [true, '{"total":"1"}', ['/total']],
    [true, '{}', ['/total']],
    [true, '{"total":1,"more":2}', ['/more']],
    [true, '[]', ['']],
    [true, 'null', ['']],
    [true, 'text', ['"text"']],
    [true, '', ['""']],
    [false, 'text', []],
    [true, ' {"total": 3}\n', []],
    [true, '{"total":1,"note":"ok"}', []],
    [true, '{"total":1,"note":"too long a note"}', ['/note']],
    [true, '{"total":-1}', ['/total']],
    [true, '{"total":1e3}', []],
    [true, '{"total":1,"note":"你好"}', []],
    [true, '{"total":1,"note":"😀😀😀"}', []],
    [true, '{"total":1,"total":2}', []],
    [true, '{"__proto__":1,"total":1}', ['/__proto__']],
    [true, '{"total":"a","note":1}', ['/total', '/note']],
  ],
  NO_URLS: [
    [true, 'none', []],
    [true, 'see https://example.com/a?b=c#d.', ['https://example.com/a?b=c#d']],
    [true, '(http://a.b)', ['http://a.b']],
    [true, 'HTTPS://EXAMPLE.COM', ['HTTPS://EXAMPLE.COM']],
    [true, 'www.example.com', ['www.example.com']],
    [true, 'example.com', ['example.com']],
    [true, 'Go to example.com.', ['example.com']],
    [true, 'example.com/help', ['example.com/help']],
    [true, 'Node.js and index.ts', []],
    [true, 'e.g. this', []],
    [true, 'mailto:a@b.c', ['mailto:a@b.c']],
    [true, 'ada@example.com', []],
    [true, '3.50 and 1.2.3', []],
    [false, 'https://a.b', []],
    [true, '[x](https://a.b/c)', ['https://a.b/c']],
    [true, '见https://例子.中国。', [], 'zh'],
    [true, '见 https://例子.中国。', ['https://例子.中国'], 'zh'],
    [true, 'ftp://a.b', ['ftp://a.b']],
    [true, '//a.b/c', []],
    [true, 'file:///etc/passwd', ['file:///etc/passwd']],
    [true, 'https://', []],
    [true, 'https://a.b, https://c.d!', ['https://a.b', 'https://c.d']],
  ],
};

const OUTPUT: JsonObject = {
  schema: {
    type: 'object',
    properties: { total: { type: 'integer', minimum: 0 }, note: { type: 'string', maxLength: 10 } },
    required: ['total'],
    additionalProperties: false,
  },
};

async function violations(name: string, value: Json, text: string, locale = 'en'): Promise<readonly Violation[]> {
  return (await checkOutput({ [name]: value }, text, { locale, output: OUTPUT })).violations;
}

describe('texts', () => {
  it('are there for every constraint, twenty each', () => {
    expect(Object.keys(CASES)).toEqual(CONSTRAINT_NAMES);
    for (const cases of Object.values(CASES)) expect(cases.length).toBeGreaterThanOrEqual(20);
  });

  describe.each(Object.entries(CASES))('%s', (name, cases) => {
    const named = cases.map((one) => ({ name: `${JSON.stringify(one[0])}: ${JSON.stringify(one[1])}`, one }));
    it.each(named)('$name', async ({ one: [value, text, actual, locale] }) => {
      const found = await violations(name, value, text, locale);
      expect(found.map((one) => one.actual)).toEqual(actual);
      for (const one of found) {
        expect(one.constraint).toBe(name);
        expect(one.message).toMatch(/^[A-Z"/].*\.$/s);
        expect(one.retry_hint).toMatch(/\S/);
        const { start, end } = one.span ?? { start: 0, end: 0 };
        expect(start).toBeLessThanOrEqual(end);
        expect(end).toBeLessThanOrEqual(text.length);
      }
    });
  });
});

describe('properties', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'B ', 'zwei ', '. ', '!', '\n', '\n\n', '- ', '你好', '🎉', '3.5 ', '```\n', 'https://a.b '),
  });

  it.each<[string, Json]>([
    ['FORBIDDEN_TOKENS', ['!', 'zwei']],
    ['NO_EMOJI', true],
  ])('a text behind an answer, with white space between, takes no violation of %s away', async (name, value) => {
    await fc.assert(
      fc.asyncProperty(text, text, async (before, behind) => {
        const alone = await violations(name, value, before);
        expect((await violations(name, value, `${before} ${behind}`)).length).toBeGreaterThanOrEqual(Math.min(100, alone.length));
      }),
    );
  });

  it.each(['MAX_WORDS', 'MAX_TOKENS'])('what %s counts never becomes less by text behind white space', async (name) => {
    await fc.assert(
      fc.asyncProperty(text, text, async (before, behind) => {
        const count = async (one: string): Promise<number> => ((await violations(name, 1, one))[0]?.actual as number | undefined) ?? 1;
        expect(await count(`${before}\n${behind}`)).toBeGreaterThanOrEqual(await count(before));
      }),
    );
  });

  it.each<[string, Json]>([
    ['FORBIDDEN_TOKENS', ['zwei']],
    ['MAX_SENTENCE_LENGTH', 25],
    ['MAX_PARAGRAPHS', 1],
    ['NO_EMOJI', true],
    ['REQUIRED_TOKENS', ['ticket']],
    ['MAX_WORDS', 20],
    ['MAX_TOKENS', 30],
    ['MAX_SENTENCES', 1],
    ['NOT_MATCHES', ['[0-9]{16}']],
    ['FORMAT', 'markdown'],
    ['FORMAT', 'plain'],
    ['NO_URLS', true],
  ])('the line of %s itself keeps it', async (name, value) => {
    const line = constraintDirectives({ [name]: value }, OUTPUT);
    expect(line).not.toBe('');
    // It names what it forbids, in quotes.
    const own = name === 'FORBIDDEN_TOKENS' ? line.replaceAll(/"[^"]*"/g, '') : line;
    expect(await violations(name, value, own)).toEqual([]);
  });

  it('merging is commutative, associative and idempotent, severities included', () => {
    const severity = fc.constantFrom('error', 'warn', 'advise');
    const written = (value: fc.Arbitrary<Json>): fc.Arbitrary<Json> => fc.oneof(value, fc.record({ value, severity }));
    const one = fc.record(
      Object.fromEntries(CONSTRAINT_NAMES.map((name) => [name, written(fc.constantFrom(...CASES[name]!.map(([value]) => value)))])),
      { requiredKeys: [] },
    ) as fc.Arbitrary<{ [name: string]: Json }>;
    const merge = (...all: { [name: string]: Json }[]) => mergeConstraints(all.map((constraints, place) => ({ place, constraints })));
    fc.assert(
      fc.property(one, one, one, (a, b, c) => {
        expect(merge(a, a).merged).toEqual(merge(a).merged);
        // What contradicts each other is an error, whatever the order.
        const names = (all: ReturnType<typeof merge>) => new Set(all.conflicts.map(({ name }) => name));
        expect(names(merge(a, b))).toEqual(names(merge(b, a)));
        const [ab, bc] = [merge(a, b), merge(b, c)];
        if (ab.conflicts.length + bc.conflicts.length + merge(a, b, c).conflicts.length > 0) return;
        expect(merge(b, a).merged).toEqual(ab.merged);
        expect(merge(ab.merged, c).merged).toEqual(merge(a, bc.merged).merged);
      }),
    );
  });
});

describe('severities', () => {
  it('decide whether an answer is fine', async () => {
    expect((await checkOutput({ MAX_WORDS: 1 }, 'a b')).ok).toBe(false);
    const warned = await checkOutput({ MAX_WORDS: { value: 1, severity: 'warn' } }, 'a b');
    expect(warned).toMatchObject({ ok: true, violations: [{ constraint: 'MAX_WORDS', severity: 'warn', actual: 2, limit: 1 }] });
    const score = await checkOutput({ ASSERTIVENESS_LEVEL: 0.5 }, 'Perhaps one. Maybe two. Possibly three.');
    expect(score).toMatchObject({ ok: true, violations: [{ severity: 'advise' }] });
  });

  it('pass over what is for other tools', async () => {
    expect(await checkOutput({ X_OWN: { any: 'thing' } }, 'a')).toEqual({ ok: true, violations: [] });
  });
});

describe('bad input', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['a constraint that is none', () => checkOutput({ MAX_WORDZ: 1 }, 'a')],
    ['a value that is none', () => checkOutput({ MAX_WORDS: 'ten' }, 'a')],
    ['a severity that is none', () => checkOutput({ MAX_WORDS: { value: 1, severity: 'fatal' } }, 'a')],
    ['no constraints', () => checkOutput(null as never, 'a')],
    ['no text', () => checkOutput({}, 1 as never)],
    ['no locale', () => checkOutput({}, 'a', { locale: 'not a locale' })],
    ['a pattern that could take for ever', () => checkOutput({ MATCHES: ['(a)\\1'] }, 'a')],
    ['a schema that is none', () => checkOutput({ OUTPUT_SCHEMA: true }, '{}', { output: { schema: { type: 'objekt' } } })],
  ])('%s', async (_what, run) => {
    await expect(run()).rejects.toMatchObject({ code: 'content_invalid' });
    await expect(run()).rejects.toBeInstanceOf(PromptcError);
  });

  const ALL = {
    ...{ FORBIDDEN_TOKENS: ['extremely', '!'], MAX_SENTENCE_LENGTH: 25, MAX_PARAGRAPHS: 3, NO_EMOJI: true, ASSERTIVENESS_LEVEL: 0.5 },
    ...{ REQUIRED_TOKENS: ['ticket'], MAX_WORDS: 100, MAX_TOKENS: 100, MAX_SENTENCES: 5, STARTS_WITH: 'Dear', ENDS_WITH: 'Ada' },
    ...{ MATCHES: ['^Dear'], NOT_MATCHES: ['[0-9]{16}'], FORMAT: 'plain', OUTPUT_SCHEMA: true, NO_URLS: true },
  };

  it.each<[string, string]>([
    ['ten megabytes of prose', 'The quick brown fox jumps over the lazy dog, and nobody minds. '.repeat(160_000)],
    ['surrogates without their halves', '\ud800\udc00\ud800 x \udc00'.repeat(20_000)],
    ['one endless sentence', 'word '.repeat(200_000)],
    ['one endless word', 'a'.repeat(1_000_000)],
    ['one endless word in Chinese', '好'.repeat(300_000)],
    ['a hundred thousand emoji', '🎉'.repeat(100_000)],
    ['a hundred thousand families', '👩‍👩‍👧'.repeat(20_000)],
    ['accents without end', `e${'\u0301'.repeat(300_000)}`],
    ['lines without end', '\n'.repeat(1_000_000)],
    ['fences', '```\n'.repeat(100_000)],
    ['stars', '**'.repeat(200_000)],
    ['brackets', '[('.repeat(200_000)],
    ['dots', 'a.'.repeat(300_000)],
    ['deep JSON', '['.repeat(500_000)],
    ['halves of flags', '\u{1f1e9}'.repeat(100_000)],
    ['joiners without an end', '👩\u200d'.repeat(60_000)],
    ['abbreviations', 'e.g. Dr. U.S. '.repeat(20_000)],
    ['beginnings of links', 'http://www.'.repeat(30_000)],
    ['Thai, which has no spaces', 'ภาษาไทยเป็นภาษา'.repeat(15_000)],
    ['what a pattern nearly matches', `${'a'.repeat(500_000)}b`],
  ])(
    '%s',
    async (_what, text) => {
      const start = performance.now();
      const { violations: found } = await checkOutput(ALL, text, { output: OUTPUT });
      expect(found.length).toBeGreaterThan(0);
      expect(found.length).toBeLessThanOrEqual(100 * CONSTRAINT_NAMES.length);
      // It takes a second or two for the largest: what grows with the square takes minutes.
      expect(performance.now() - start).toBeLessThan(40_000);
    },
    60_000,
  );
});
