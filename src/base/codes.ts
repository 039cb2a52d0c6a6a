/**
 * Every diagnostic that promptc can print: its code, its severity and its text. Phases report
 * `{code, args, span}`; no sentence is written anywhere else. docs/diagnostics.md has a section for each.
 */

export type Severity = 'error' | 'warning';

interface Entry<Args> {
  readonly severity: Severity;
  readonly message: (args: Args) => string;
  /** What the author does next. A reporter may give a better one for its case. */
  readonly hint?: (args: Args) => string;
}

function error<Args = undefined>(message: Entry<Args>['message'], hint?: Entry<Args>['hint']): Entry<Args> {
  return hint === undefined ? { severity: 'error', message } : { severity: 'error', message, hint };
}

function warning<Args = undefined>(message: Entry<Args>['message'], hint?: Entry<Args>['hint']): Entry<Args> {
  return hint === undefined ? { severity: 'warning', message } : { severity: 'warning', message, hint };
}

function levels(count: number): string {
  return `${count} ${count === 1 ? 'level' : 'levels'}`;
}

/** `1.10` → `1.10.0` */
function threeParts(version: string): string {
  return [...version.split('.').map((part) => String(Number(part))), '0', '0'].slice(0, 3).join('.');
}

/** The way out of a lock that is damaged. */
const RESTORE_LOCK =
  'Take the file as your main branch has it (`git checkout main -- prompts/promptc.lock`), and run `promptc build`, which adds what is new.';

export const CODES = {
  // discover: files on disk
  'discover/no-prompts': error<{ folder: string }>(
    ({ folder }) => `There is no template and no bundle below ${folder}/.`,
    () => 'Run `promptc init` to make a working example, or pass the right folder with --root.',
  ),
  'discover/unreadable': error<{ reason: string }>(
    ({ reason }) => `The file cannot be read: ${reason}.`,
    () => 'Mend its permissions or take it out of the prompts folder.',
  ),
  'discover/symlink': error(
    () => 'This is a symbolic link; a prompt must be a file of its own, or the commit would not hold its text.',
    () => 'Replace the link by a copy of the file, or include the text as a partial.',
  ),
  'discover/submodule': error(
    () => 'This folder is a Git repository of its own (a submodule, say), so the commit would not hold the prompts in it.',
    () => 'Copy its files into the prompts folder, or take it out of there.',
  ),
  'discover/same-name': error<{ other: string; by: 'case' | 'accents' }>(
    ({ other, by }) =>
      by === 'case'
        ? `This name and ${other} differ only in upper and lower case: on Windows and macOS they are the same file.`
        : `This name and ${other} look the same, and differ only in how Unicode writes accents (NFC and NFD): on macOS they are the same file.`,
    () => 'Rename one of them.',
  ),
  'discover/stray-file': warning<{ folder: string; expected: string }>(
    ({ folder, expected }) => `This file is not compiled: ${folder}/ holds only ${expected}.`,
    () => 'Rename it, or move it to where it belongs.',
  ),
  'discover/file-too-large': error<{ size: number; limit: number }>(
    ({ size, limit }) => `The file has ${size} bytes; the limit is ${limit}.`,
    () => 'Split it into partials, or raise `limits.fileBytes` in promptc.config.json.',
  ),
  'discover/byte-order-mark': error(
    () => 'The file begins with a byte order mark.',
    () => 'In your editor, save it as "UTF-8", not as "UTF-8 with BOM". In a shell: tail -c +4 FILE > NEW',
  ),
  'discover/utf16': error(
    () => 'The file is UTF-16, not UTF-8.',
    () => 'In your editor, save it as "UTF-8". In a shell: iconv -f UTF-16 -t UTF-8 FILE > NEW',
  ),
  'discover/invalid-utf8': error<{ offset: number }>(
    ({ offset }) => `Byte ${offset} (counted from 0) is not valid UTF-8.`,
    () => 'In your editor, save the file as "UTF-8"; if the character at this place is wrong then, retype it.',
  ),
  'discover/nul': error<{ offset: number }>(
    ({ offset }) => `Byte ${offset} (counted from 0) is NUL, which no text holds.`,
    () => 'Delete it; if the file is not text, take it out of the prompts folder.',
  ),
  'discover/line-ends': error(
    () => 'The lines of this file end in CR alone, as on old Macintosh systems.',
    () => 'Save it with LF line ends (your editor may call them "Unix").',
  ),
  'discover/duplicate-partial': error<{ name: string }>(
    ({ name }) => `Two files are the partial "${name}".`,
    () => 'A partial is named by its path without the ending: rename or delete one of them.',
  ),
  'discover/config': error<{ reason: string }>(
    ({ reason }) => `${reason}.`,
    () => 'docs/frontmatter.md lists the settings and their limits.',
  ),

  // parse: frontmatter
  'parse/no-frontmatter': error<{ kind: string }>(
    ({ kind }) => `A ${kind} begins with frontmatter, and this file has none.`,
    () => 'Begin the file with a line `---`, then the keys, then a line `---`.',
  ),
  'parse/frontmatter-unclosed': error(
    () => 'The frontmatter that begins here never ends.',
    () => 'Put a line with nothing but `---` between the frontmatter and the text.',
  ),
  'parse/frontmatter-end': error(
    () => 'This line does not end the frontmatter, since it is more than `---`.',
    () => 'Write `---` and nothing else on this line.',
  ),
  'parse/frontmatter-language': error<{ language: string }>(
    ({ language }) => `The first line must be \`---\` alone; what follows it here ("${language}") is not read, and never run.`,
    () => 'Write `---` and nothing else on this line, and the settings below it as `key: value` lines.',
  ),
  'parse/frontmatter-not-mapping': error<{ found: string; kind: string }>(
    ({ found }) => `The frontmatter ${found} where it must hold \`key: value\` lines.`,
    ({ kind }) => `A ${kind} needs at least the keys id, version and ${kind === 'bundle' ? 'slots' : 'role'}, each on a line of its own.`,
  ),
  'parse/yaml-syntax': error<{ reason: string }>(({ reason }) => `The frontmatter is not valid YAML: ${reason}.`),
  'parse/yaml-depth': error<{ limit: number }>(
    ({ limit }) => `The frontmatter is nested deeper than ${levels(limit)}.`,
    () => 'Flatten it, or raise `limits.yamlDepth` in promptc.config.json.',
  ),
  'parse/yaml-anchor': error<{ what: string }>(
    ({ what }) => `YAML ${what} are not allowed here.`,
    () => 'If this is a text, put it in quotes. If not, write the value out in each place, so that a reviewer sees it.',
  ),
  'parse/yaml-tag': error<{ tag: string }>(
    ({ tag }) => `The YAML tag ${tag} is not allowed here.`,
    () => 'If this is a text that begins with "!", put it in quotes. If not, delete the tag.',
  ),
  'parse/yaml-duplicate-key': error<{ key: string }>(
    ({ key }) => `The key "${key}" is written twice.`,
    () => 'Keep one of them.',
  ),
  'parse/yaml-key': error<{ key: string }>(
    ({ key }) => (key === '' ? 'There is no key before this ":".' : `The key ${key} is not a text.`),
    ({ key }) => (key === '' ? 'Write the key, or delete the line.' : `If it is meant as a key, put it in quotes: ${JSON.stringify(key)}.`),
  ),
  'parse/yaml-forbidden-key': error<{ key: string }>(
    ({ key }) => `"${key}" cannot be used as a key.`,
    () => 'JavaScript gives this name a meaning of its own; choose another.',
  ),
  'parse/yaml-number': error<{ text: string }>(
    ({ text }) => `${text} is not a number that every system reads alike.`,
    ({ text }) => `If it is a text, put it in quotes: "${text}". Numbers are finite and go up to 9007199254740991 (2^53 - 1).`,
  ),
  'parse/yaml-lone-surrogate': error(
    () => 'This text holds half of a character: a `\\u` escape whose other half is missing.',
    () => 'Write the character itself instead of its escapes.',
  ),

  // parse: the template language
  'parse/empty-body': error<{ kind: string }>(
    ({ kind }) => `This ${kind} has no text.`,
    ({ kind }) => `Write its text${kind === 'template' ? ' below the frontmatter' : ''}, or delete the file.`,
  ),
  'parse/unclosed-tag': error<{ opener: string; closer: string }>(
    ({ opener, closer }) => `This \`${opener}\` is never closed by \`${closer}\`.`,
    ({ closer, opener }) =>
      opener === '{{'
        ? 'Add `}}` where the tag ends; a tag cannot stand within another. To print two braces as they are, write `\\{{`.'
        : `Add \`${closer}\` where it ends.`,
  ),
  'parse/unclosed-block': error<{ name: string }>(
    ({ name }) => `The block \`{{#${name}}}\` that begins here is never closed.`,
    ({ name }) => `Add \`{{/${name}}}\` where it ends.`,
  ),
  'parse/unclosed-raw': error(
    () => 'The raw block that begins here is never closed.',
    () => 'Add `{{{{/raw}}}}` where it ends.',
  ),
  'parse/wrong-close': error<{ found: string; expected: string }>(
    ({ found, expected }) => `\`{{/${found}}}\` closes a block that is not open; the innermost open block is \`{{#${expected}}}\`.`,
    ({ expected }) => `Write \`{{/${expected}}}\`, or open the block that this was meant to close.`,
  ),
  'parse/stray-close': error<{ name: string }>(
    ({ name }) => `\`{{/${name}}}\` closes a block, and none is open.`,
    () => 'Delete it, or open the block that it was meant to close.',
  ),
  'parse/stray-else': error(
    () => '`{{else}}` stands outside of any block.',
    () => 'It belongs between `{{#if …}}` (or unless, each, with) and its closing tag.',
  ),
  'parse/second-else': error(
    () => 'This block already had its `{{else}}`; nothing can come after it but the closing tag.',
    () => 'Use `{{else if …}}` for the earlier ones, and a plain `{{else}}` once, as the last.',
  ),
  'parse/unknown-block': error<{ name: string }>(
    ({ name }) => `There is no block named "${name}".`,
    () => 'The blocks are #if, #unless, #each and #with.',
  ),
  'parse/unsupported': error<{ what: string; instead: string }>(
    ({ what }) => `${what} is not part of promptc's language.`,
    ({ instead }) => instead,
  ),
  'parse/syntax': error<{ problem: string }>(({ problem }) => problem),
  'parse/block-depth': error<{ limit: number }>(
    ({ limit }) => `Blocks are nested deeper than ${levels(limit)} here.`,
    () => 'Join conditions with `and`, `or` and `{{else if}}`, or raise `limits.blockDepth` in promptc.config.json.',
  ),
  'parse/expression-depth': error<{ limit: number }>(
    ({ limit }) => `Parentheses are nested deeper than ${limit} levels here.`,
    () => 'Split the condition over several `{{#if}}`.',
  ),

  // check: frontmatter
  'check/unknown-key': error<{ key: string; where: string }>(({ key, where }) => `"${key}" is not a key of ${where}.`),
  'check/missing-key': error<{ key: string; where: string; example: string }>(
    ({ key, where }) => `${where} needs the key "${key}".`,
    ({ example }) => `Add a line such as \`${example}\`.`,
  ),
  'check/wrong-value': error<{ path: string; problem: string }>(({ path, problem }) => `\`${path}\` ${problem}.`),
  'check/id': error<{ id: string }>(
    ({ id }) => `"${id}" is not an id.`,
    () => 'An id is lower-case: segments of a-z, 0-9, ".", "_", "-" that begin with a letter or digit, joined by "/".',
  ),
  'check/version-not-text': error<{ written: string }>(
    ({ written }) => `YAML reads the version ${written} as a number; a version is a text of three parts.`,
    ({ written }) =>
      `Quote it, with all three parts: version: "${/^(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/.test(written) ? threeParts(written) : '1.0.0'}"`,
  ),
  'check/version': error<{ version: string }>(
    ({ version }) => `"${version}" is not a version.`,
    () => 'A version is MAJOR.MINOR.PATCH without leading zeros, "v" or "+build", such as 1.2.0 or 2.0.0-beta.1.',
  ),
  'check/duplicate-version': error<{ kind: string; id: string; version: string }>(
    ({ kind, id, version }) => `Two files are version ${version} of the ${kind} "${id}".`,
    () => 'Give one of them another version or another id.',
  ),
  'check/input-name': error<{ name: string }>(
    ({ name }) => `"${name}" cannot be the name of an input.`,
    () => 'A name is letters, digits and "_", does not begin with a digit, and may end in "?" to be optional.',
  ),
  'check/input-reserved': error<{ name: string }>(
    ({ name }) => `"${name}" has a meaning in the language and cannot be the name of an input.`,
    ({ name }) => `Choose another name, such as "${name}_value".`,
  ),
  'check/duplicate-input': error<{ name: string }>(
    ({ name }) => `The input "${name}" is declared both as required and as optional.`,
    ({ name }) => `Keep "${name}" if every caller must send it, "${name}?" if not.`,
  ),
  'check/input-type': error<{ type: string }>(({ type }) => `"${type}" is not a type.`),
  'check/input-schema': error<{ problem: string }>(
    ({ problem }) => `The input's JSON Schema is not valid: ${problem}.`,
    () => 'docs/frontmatter.md shows what an input can be.',
  ),
  'check/input-ref': error<{ ref: string }>(
    ({ ref }) => `"${ref}" points outside of this input's schema.`,
    () => "`$ref` reaches only `#/$defs/…` of the same input: copy the definition under the input's own `$defs`.",
  ),
  'check/input-default': error<{ name: string; problem: string }>(
    ({ name, problem }) => `The default of "${name}" does not fit its own schema: it ${problem}.`,
    () => 'Change the default or the schema.',
  ),
  'check/persona-input': error<{ name: string; problem: string; is: string }>(
    ({ name, problem }) => `"${name}" is an input of every prompt; a template may only narrow it, and this ${problem}.`,
    ({ name, is }) => `In every prompt, ${name} is ${is}: allow less than that, or use an input of another name.`,
  ),
  'check/unknown-constraint': error<{ name: string }>(({ name }) => `"${name}" is not a constraint.`),
  'check/constraint-value': error<{ name: string; problem: string }>(({ name, problem }) => `The constraint ${name} ${problem}.`),

  // check: names and partials in templates
  'check/unknown-name': error<{ name: string }>(
    ({ name }) => `Nothing is named "${name}" here.`,
    () => 'Mend the spelling, or declare it under `inputs:` of the template.',
  ),
  'check/unknown-helper': error<{ name: string }>(({ name }) => `There is no helper named "${name}".`),
  'check/helper-arguments': error<{ name: string; problem: string; usage: string }>(
    ({ name, problem }) => `The helper "${name}" ${problem}.`,
    ({ usage }) => `Write it as \`${usage}\`.`,
  ),
  'check/outside-each': error<{ name: string }>(
    ({ name }) => `"${name}" has a value only inside an \`{{#each}}\`.`,
    () => 'Move it into the loop.',
  ),
  'check/no-parent': error(
    () => '`../` climbs further than there are `each` or `with` blocks around it.',
    () => 'Drop one `../`; `if` and `unless` do not count, and `../` never leaves a partial: pass it as a parameter.',
  ),
  'check/partial-unknown': error<{ name: string }>(
    ({ name }) => `There is no partial named "${name}".`,
    ({ name }) => `Mend the spelling, or create prompts/partials/${name}.md.`,
  ),
  'check/partial-cycle': error<{ chain: string }>(
    ({ chain }) => `The partials include each other without end: ${chain}.`,
    () => 'Take one of the inclusions out.',
  ),
  'check/partial-depth': error<{ limit: number; chain: string }>(
    ({ limit, chain }) => `Partials include each other more than ${levels(limit)} deep: ${chain}.`,
    () => 'Put the text of some of them into those that include them, or raise `limits.partialDepth` in promptc.config.json.',
  ),
  'check/too-many-operations': error<{ count: string; limit: number }>(
    ({ count, limit }) => `With its partials this becomes ${count} operations; the limit is ${limit}.`,
    () => 'A partial that includes another many times multiplies: include it less often, or use `{{#each}}`.',
  ),
  'check/too-long': error<{ count: string; limit: number }>(
    ({ count, limit }) => `With its partials this becomes ${count} characters; the limit is ${limit}.`,
    () => 'A partial that includes another many times multiplies: include it less often, or use `{{#each}}`.',
  ),

  'check/invisible-character': warning<{ count: number; what: string }>(
    ({ count, what }) =>
      count === 1 ? `An invisible character stands here: ${what}.` : `${count} invisible characters stand here: ${what}.`,
    ({ what }) => `Delete ${what}, unless you mean it: readers do not see this, but the model does.`,
  ),

  // check: types in templates
  'check/unknown-property': error<{ name: string; type: string }>(
    ({ name, type }) => `This is ${type}, which has no "${name}".`,
    () => 'Print it as a whole, or declare the input as an object that has it.',
  ),
  'check/unguarded': error<{ name: string; why: string }>(
    ({ name, why }) => `"${name}" ${why}, and then the prompt would have a hole here.`,
    ({ name }) => `Guard it, \`{{#if ${name}}}…{{/if}}\`, or give a text for that case: \`{{default ${name} "…"}}\`.`,
  ),
  'check/not-a-list': error<{ name: string; type: string }>(
    ({ name, type }) => `\`{{#each}}\` goes through a list or an object, and "${name}" is ${type}.`,
    ({ name }) => `Print it with \`{{${name}}}\`, or declare it as a list, such as \`string[]\`.`,
  ),
  'check/never-holds': error<{ name: string; problem: string }>(
    ({ name, problem }) => `This \`${name}\` can never hold: ${problem}.`,
    () => 'Compare it with something that it can be, or change what the input is declared as.',
  ),
  'check/helper-type': error<{ name: string; problem: string }>(
    ({ name, problem }) => `\`${name}\` makes no sense here: ${problem}.`,
    () => 'Give it what it needs, or declare the input as such.',
  ),

  // check: what compiles and is hardly meant
  'check/unused-input': warning<{ name: string }>(
    ({ name }) => `The input "${name}" is declared, and nothing in this template uses it.`,
    ({ name }) => `Use it, as \`{{${name}}}\`, or delete this line: callers need not send what no prompt shows.`,
  ),
  'check/unused-partial': warning<{ name: string }>(
    ({ name }) => `No template includes the partial "${name}".`,
    ({ name }) => `Include it with \`{{> ${name}}}\`, or delete the file.`,
  ),
  'check/printed-as-json': warning<{ name: string; type: string }>(
    ({ name, type }) => `"${name}" is ${type}, and is printed as JSON on one line.`,
    ({ name }) => `Write \`{{json ${name}}}\` if that is meant.`,
  ),
  'check/unreachable': warning<{ why: string }>(
    ({ why }) => `This branch is never reached: ${why}.`,
    () => 'Delete the branch, or change its condition or what the input is declared as.',
  ),
  'check/bad-ignore': warning<{ problem: string }>(
    ({ problem }) => `This ignores nothing: ${problem}.`,
    () => 'Write `promptc-ignore CODE: why`, such as `{{! promptc-ignore check/unused-input: for the next release }}`.',
  ),
  'check/unused-ignore': warning<{ code: string }>(
    ({ code }) => `There is no ${code} here that this could ignore.`,
    () => 'Delete it. An ignore counts for its own line and the next one; for frontmatter, anywhere in the text below it.',
  ),

  // check: references between files
  'check/reference': error<{ reference: string }>(
    ({ reference }) => `"${reference}" is not a reference.`,
    () => 'Write an id, id@1.2.0 or id@^1.2.0.',
  ),
  'check/unknown-template': error<{ id: string }>(
    ({ id }) => `There is no template named "${id}".`,
    ({ id }) => `Mend the spelling, or create a file below prompts/templates/ with \`id: ${id}\`.`,
  ),
  'check/unknown-version': error<{ id: string; wanted: string; known: string }>(
    ({ id, wanted, known }) =>
      `No version of the template "${id}" fits ${wanted}; there ${known.includes(',') ? 'are' : 'is only'} ${known}.`,
    () => 'Change the reference, or add the version that it asks for.',
  ),
  'check/left-out-version': error<{ id: string; version: string }>(
    ({ id, version }) => `This needs version ${version} of the template "${id}", which is published but left out of this build.`,
    () => 'Build without --current-only, in a clone of the repository.',
  ),
  'check/yanked-version': warning<{ id: string; version: string; reason: string }>(
    ({ id, version, reason }) => `Version ${version} of the template "${id}" is yanked: ${reason}`,
    ({ id }) => `Refer to another version, or publish a new one: \`promptc bump ${id} --level patch\` raises the one in the working tree.`,
  ),
  'check/ambiguous-reference': error<{ id: string; known: string }>(
    ({ id, known }) => `"${id}" could mean any of its versions in the tree: ${known}.`,
    ({ id, known }) => `Say which, such as ${id}@${known.split(', ').at(-1)}.`,
  ),
  'check/duplicate-example': error<{ name: string }>(
    ({ name }) => `Two examples are named "${name}".`,
    () => 'Give each example a name of its own.',
  ),

  // link: a bundle as a whole
  'link/adapter-version': error<{ versions: string }>(
    ({ versions }) => `The templates of a bundle must agree in adapter_version; these do not: ${versions}.`,
    () => 'Bring them to one adapter_version, or leave it out in all of them.',
  ),
  'link/input-conflict': error<{ name: string; first: string; second: string }>(
    ({ name, first, second }) => `The input "${name}" is declared differently by ${first} and ${second}.`,
    () => 'Templates of one bundle share their inputs: make the two schemas and defaults alike, or rename one input.',
  ),
  'link/constraint-conflict': error<{ name: string; first: string; second: string }>(
    ({ name, first, second }) => `${name} has different values in ${first} and ${second}, and there is no rule which of them wins.`,
    () => 'Make them alike, or keep one.',
  ),
  'link/constraints-contradict': error<{ first: string; second: string; reason: string }>(
    ({ first, second, reason }) => `No answer can keep both ${first} and ${second}: ${reason}.`,
    () => 'Change one of them, or leave it out.',
  ),
  'link/no-output-schema': error(
    () => "OUTPUT_SCHEMA holds answers to the schema of the bundle's `output`, and there is none.",
    () => 'Write it in the bundle, such as `output: { schema: { type: object } }`, or take the constraint out.',
  ),
  'link/constraints-not-shown': warning<{ names: string }>(
    ({ names }) => `The model is never told of the constraints of this bundle: ${names}.`,
    () => 'Print them with {{constraints}} in a template of one of its slots, or write `constraints_in_prompt: append`.',
  ),
  'link/constraints-shown-twice': warning(
    () => 'The constraints stand in the prompt twice: a template prints them, and they are appended as well.',
    () => 'Take `constraints_in_prompt` out, or {{constraints}} out of the template.',
  ),
  'link/too-many-operations': error<{ count: number; limit: number }>(
    ({ count, limit }) => `The templates of this bundle have ${count} operations; the limit is ${limit}.`,
    () => 'Use fewer or smaller templates and partials.',
  ),
  'link/late-static-text': warning<{ length: number }>(
    ({ length }) => `From here on every prompt differs, and ${length} characters that never change come only behind it.`,
    () => 'Move the fixed text up, before this: providers bill less for the part at the beginning that all prompts share.',
  ),
  'link/breaks-constraint': warning<{ text: string; name: string }>(
    ({ text, name }) => `The prompt itself holds ${text}, which ${name} forbids in answers.`,
    () => 'Models imitate what they read: word it differently. If it has to be named, ignore this place and say why.',
  ),
  'link/asks-for-more': warning<{ text: string; name: string; limit: number }>(
    ({ text, name, limit }) => `The prompt asks for more than ${name} allows, which is ${limit}: ${text}.`,
    ({ name, limit }) => `No answer can do both: ask for at most ${limit}, or raise ${name}.`,
  ),
  'link/too-many-tokens': error<{ name: string; tokens: number; limit: number }>(
    ({ name, tokens, limit }) => `The example "${name}" makes a prompt of ${tokens} tokens; \`max_tokens\` is ${limit}.`,
    () => 'Shorten the templates or the example, or raise `max_tokens`.',
  ),
  'link/short-static-prefix': error<{ tokens: number; limit: number }>(
    ({ tokens, limit }) => `All prompts of this bundle share only their first ${tokens} tokens; \`min_static_prefix\` is ${limit}.`,
    () => 'Move fixed text before the first value or condition, or lower `min_static_prefix`. `promptc inspect` shows each slot.',
  ),
  'link/example-failed': error<{ name: string; problem: string }>(
    ({ name, problem }) => `The example "${name}" does not render: ${problem}`,
  ),

  // lock: prompts/promptc.lock
  'lock/merge-conflict': error(
    () => 'Git could not merge the lock here, and left both sides in it.',
    () =>
      'Keep the entries of both sides, and delete the lines with <<<<<<<, ======= and >>>>>>>; if there is a |||||||, also all from there to =======.',
  ),
  'lock/truncated': error<{ isWhole: boolean }>(
    ({ isWhole }) => (isWhole ? 'The last line has no line end.' : 'The file ends within this line: a part of it is missing.'),
    ({ isWhole }) => (isWhole ? 'Add a line end, or a merge could join another entry to this line.' : RESTORE_LOCK),
  ),
  'lock/not-json': error<{ reason: string }>(
    ({ reason }) => `This line is not JSON: ${reason}.`,
    () => RESTORE_LOCK,
  ),
  'lock/wrong-entry': error<{ problem: string }>(
    ({ problem }) => `This line is not an entry of a lock: ${problem}.`,
    () => RESTORE_LOCK,
  ),
  'lock/not-canonical': error(
    () => 'This line is not as promptc writes it (canonical JSON): it was edited by hand.',
    () => RESTORE_LOCK,
  ),
  'lock/unknown-version': error<{ version: number; known: number }>(
    ({ version, known }) => `The lock has format ${version}; this promptc reads format ${known}.`,
    () => 'A newer promptc wrote it: use that version, or a later one.',
  ),
  'lock/missing-version': error<{ line: string }>(
    () => 'No line of the lock says which format it has.',
    ({ line }) => `Add the line \`${line}\`, if the rest of the file is as it was.`,
  ),
  'lock/published-twice': error<{ first: number; second: number; version: string }>(
    ({ first, second, version }) => `Lines ${first} and ${second} both publish ${version}, with different content.`,
    () => 'Keep the line that your main branch has, delete the other, give its prompt the next version, and run `promptc build`.',
  ),
  'lock/recorded-twice': error<{ first: number; second: number; version: string; keys: string }>(
    ({ first, second, version, keys }) =>
      `Lines ${first} and ${second} both record ${version}, with the same content, but they differ in ${keys}.`,
    () => 'Keep the line that has `yanked`; if both or none have it, the one that your main branch has. Then run `promptc build`.',
  ),
  'lock/outdated': error<{ changes: string }>(
    ({ changes }) => `The lock does not record what the prompts are: ${changes}.`,
    () => 'Run `promptc build`, and commit prompts/promptc.lock with the prompts.',
  ),

  // versions: what was published
  'versions/changed': error<{ kind: string; id: string; version: string; next: string }>(
    ({ kind, id, version }) => `Version ${version} of the ${kind} "${id}" is published, and what it says has changed.`,
    ({ id, next }) => `Published versions never change: raise the version to ${next} or more. \`promptc bump ${id}\` does it.`,
  ),
  'versions/edited-draft': warning<{ kind: string; id: string; version: string; next: string }>(
    ({ kind, id, version }) => `Version ${version} of the ${kind} "${id}" is published, and what it says has changed.`,
    ({ id, next }) => `Before it is merged, raise the version to ${next} or more. \`promptc bump ${id}\` does it.`,
  ),
  'versions/vanished': error<{ kind: string; id: string; version: string; others: number }>(
    ({ kind, id, version, others }) =>
      `The lock no longer records version ${version} of the ${kind} "${id}"${others === 0 ? '' : ` (and ${others} more)`}, which ${others === 0 ? 'is' : 'are'} published and not in the working tree.`,
    () => `Whoever uses it would lose it. ${RESTORE_LOCK}`,
  ),
  'versions/unyanked': error<{ kind: string; id: string; version: string }>(
    ({ kind, id, version }) => `Version ${version} of the ${kind} "${id}" was yanked, and prompts/promptc.lock takes that back.`,
    () => 'A yanked version stays yanked. Bring the line back as it was, and publish a new version instead.',
  ),
  'versions/unknown-spec': error<{ kind: string; id: string; version: string; spec: number }>(
    ({ kind, id, version, spec }) =>
      `Version ${version} of the ${kind} "${id}" was published under spec ${spec}, which this promptc does not know.`,
    () => 'Use the version of promptc that published it, or a newer one.',
  ),
  'versions/broken-history': error<{ kind: string; id: string; version: string; reason: string }>(
    ({ kind, id, version, reason }) => `Version ${version} of the ${kind} "${id}" cannot be compiled from its published files: ${reason}`,
    () => 'The files that this line names are not those that were published: bring the line back as it was.',
  ),
  'versions/wrong-hash': error<{ kind: string; id: string; version: string; recorded: string; found: string }>(
    ({ kind, id, version, recorded, found }) =>
      `Version ${version} of the ${kind} "${id}" is recorded with the hash ${recorded}, and its published files have ${found}.`,
    () => 'This line was edited: bring it back as it was.',
  ),
  'versions/committed-crlf': error(
    () => 'Git holds this file with CRLF line ends, so its text there is not the one that promptc reads.',
    () => 'Run `git add --renormalize prompts`, and commit. .gitattributes needs the line `prompts/** text eol=lf`.',
  ),
  'versions/converted': error(
    ({ attribute }: { attribute: string }) =>
      `Git converts this file, by the attribute \`${attribute}\`, and holds another text of it than the one that promptc reads.`,
    () =>
      'Add the line `prompts/** -filter -ident -working-tree-encoding` at the end of .gitattributes, write the text as it is to be, run `git add --renormalize prompts`, and commit.',
  ),
} as const;

export type Code = keyof typeof CODES;

/** The codes that a project may turn off or make errors. */
export const WARNING_CODES: readonly Code[] = (Object.keys(CODES) as Code[]).filter((code) => CODES[code].severity === 'warning');

export function isCode(text: string): text is Code {
  return Object.hasOwn(CODES, text);
}

/** What a code's text needs. */
export type CodeArgs<C extends Code> = Parameters<(typeof CODES)[C]['message']>[0];
