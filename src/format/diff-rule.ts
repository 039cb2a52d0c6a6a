/**
 * The rules of `promptc diff`: what a change weighs for those who call a prompt and those who read its answers.
 * The configuration can give each another level. docs/versions.md has a section with an example for each.
 */

/** What a version has to say about a change, heaviest first. */
export const LEVELS = ['major', 'minor', 'patch'] as const;
export type Level = (typeof LEVELS)[number];

interface Rule {
  readonly level: Level;
  /** Why the level is what it is, as one sentence. */
  readonly why: string;
}

export const DIFF_RULES = {
  'bundle-removed': { level: 'major', why: 'Its callers get no further version of it, and none at all where none was published.' },
  'template-removed': { level: 'major', why: 'Bundles that refer to it lose it, in other projects as well.' },
  'slot-added': { level: 'major', why: 'The prompt has another structure: a part speaks that did not speak before.' },
  'slot-removed': { level: 'major', why: 'The prompt has another structure: a part of it is gone.' },
  'role-changed': {
    level: 'major',
    why: 'The text reaches the model as another role, which weighs it otherwise, and messages have another shape.',
  },
  'input-removed': { level: 'major', why: 'A request that still sends the input is refused.' },
  'input-required': { level: 'major', why: 'A request that leaves the input out is refused.' },
  'input-narrowed': { level: 'major', why: 'A request with a value that was fine before can be refused.' },
  'input-changed': {
    level: 'major',
    why: 'The input takes other values, neither only more nor only fewer, or promptc cannot tell; a request that was fine before can be refused.',
  },
  'tag-removed': { level: 'major', why: 'A request that names the model is refused.' },
  'output-changed': { level: 'major', why: 'Programs read the answers by `output`, and expect the ones it described.' },
  'bundle-added': { level: 'minor', why: 'Nobody calls the bundle yet.' },
  'template-added': { level: 'minor', why: 'Nobody refers to the template yet.' },
  'input-added': { level: 'minor', why: 'Requests may send more, and none has to.' },
  'input-optional': { level: 'minor', why: 'Requests may leave out what they had to send.' },
  'input-widened': { level: 'minor', why: 'The input takes all that it took, and more.' },
  'default-changed': { level: 'minor', why: 'A request that leaves the value out is still taken, and gets another prompt.' },
  'tag-added': { level: 'minor', why: 'Requests may name more models.' },
  'constraint-tightened': { level: 'minor', why: 'Answers have to keep to more than before.' },
  'constraint-loosened': { level: 'minor', why: 'Answers may do what they were not allowed to.' },
  'constraint-changed': { level: 'minor', why: 'Answers have to keep to something else, neither stricter nor looser.' },
  'directives-changed': { level: 'minor', why: 'The rules for the answer stand in the prompt where they did not stand, or no longer do.' },
  'locale-changed': { level: 'minor', why: 'The words and sentences of answers are counted by the rules of another language.' },
  'config-changed': { level: 'minor', why: 'The model is called with other settings, so its answers differ.' },
  'adapter-version-changed': { level: 'minor', why: 'The program that sends the prompt is told to treat it otherwise.' },
  'instructions-added': { level: 'minor', why: 'The model is told something that it was not told before.' },
  'instructions-removed': { level: 'minor', why: 'The model is no longer told something that it was told before.' },
  'logic-changed': { level: 'minor', why: 'The same request can get other parts of the text, or other values in it.' },
  'wording-changed': { level: 'patch', why: 'The model is told the same in other words.' },
  'reference-changed': { level: 'patch', why: 'A slot is filled by another template or version; what differs in it has rules of its own.' },
  'input-rewritten': { level: 'patch', why: 'The input is declared otherwise, and takes the same values.' },
  'source-changed': { level: 'patch', why: 'The files and the hash differ, and nothing that callers, models or consumers see.' },
} as const satisfies { readonly [id: string]: Rule };

export type RuleId = keyof typeof DIFF_RULES;

export const RULE_IDS = Object.keys(DIFF_RULES) as readonly RuleId[];

/** What each rule weighs in a project; `off` for one that is not reported. */
export type RuleLevels = { readonly [rule in RuleId]: Level | 'off' };

export const DEFAULT_RULE_LEVELS = Object.fromEntries(RULE_IDS.map((id) => [id, DIFF_RULES[id].level])) as RuleLevels;
