/** The builds that the tests of formats look at: the demo project, and a project with what that has not. */
import { compile } from '../../src/compile/compile.js';
import { MemoryDisk } from '../../src/compile/discover/memory-disk.js';
import { NodeDisk } from '../../src/compile/discover/node-disk.js';
import type { ExampleRender } from '../../src/compile/link/examples.js';
import type { Disk } from '../../src/compile/discover/disk.js';
import { writeBuild } from '../../src/compile/emit/write.js';
import type { Build } from '../../src/compile/emit/emit.js';
import { REPOSITORY } from '../support/project.js';

export interface BuiltProject {
  readonly build: Build;
  readonly examples: readonly ExampleRender[];
  /** As a reader of `dist/` finds them. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

export function demoProject(): Promise<BuiltProject> {
  return built(new NodeDisk(REPOSITORY));
}

/** Every operation, every helper, every place of a default. */
export function edgeProject(): Promise<BuiltProject> {
  return built(new MemoryDisk(EDGES));
}

async function built(disk: Disk): Promise<BuiltProject> {
  const { build, examples, diagnostics } = await compile(disk);
  if (build === undefined) throw new Error(diagnostics.map((diagnostic) => diagnostic.message).join('\n'));
  const out = new MemoryDisk();
  await writeBuild(build, { commit: COMMIT, dirty: true }, out);
  return { build, examples, files: out.files };
}

const EDGES = {
  'prompts/partials/inner.md': '> {{a}}\n\n> {{t}}{{#if (not z)}}!{{/if}}',
  'prompts/partials/outer.md': '{{t}}\n  {{> inner t=(default t "none")}}\n{{#each (default l null)}}\n  {{> inner}}\n{{/each}}',
  'prompts/templates/all.md': `---
id: edge/all
version: 1.0.0-rc.1
role: developer
adapter_version: any-1
inputs:
  a: any
  l?: any
  o?: any
  t: { type: string, default: "z\\u0001" }
  z: { type: boolean, default: false }
  deep:
    type: object
    properties:
      one: { type: object, properties: { two: { type: integer, default: 2 } }, default: {} }
      list: { type: array, items: { $ref: "#/$defs/item" }, default: [{}, { k: 1 }] }
      pair: { prefixItems: [{ $ref: "#/$defs/item" }], items: { properties: { r: { default: null } } } }
      map: { type: object, additionalProperties: { $ref: "#/$defs/item" }, patternProperties: { "^p": { properties: { p: { default: "p" } } } } }
      both: { allOf: [{ properties: { x: { default: 1 } } }, { properties: { x: { default: 2 }, y: { default: 3 } } }] }
      not: { anyOf: [{ properties: { n: { default: 1 } } }, {}] }
    $defs:
      item: { type: object, properties: { k: { type: integer, default: 0 } } }
    default: {}
  semantic_traits: { properties: { warm: { type: number, default: 0.5 } } }
constraints:
  FORBIDDEN_TOKENS: ["\\uFB33", "😀", 'a "b"', "\\n"]
  MAX_SENTENCE_LENGTH: 1
  MAX_PARAGRAPHS: 1
  NO_EMOJI: false
  ASSERTIVENESS_LEVEL: 0.40
  X_ANY: [1, { b: 2, a: null }]
---

  first line keeps its indentation {{json deep}}
{{#if a}}true{{else if (and l o)}}both{{else}}false{{/if}} {{#unless a}}not{{else}}is{{/unless}}
{{#each o as |value name|}}{{@index}}{{name}}={{value}}{{#if @first}} first{{/if}}{{#if @last}} last{{/if}}{{#each value}} {{@key}}{{#if @last}}.{{/if}}{{/each}};{{else}}no o{{/each}}
{{#each l}}
- {{this}} {{this.0}} {{k}} {{../a}}
{{else}}
no l
{{/each}}
{{#with (default o l)}}{{json this indent=3}} {{a}} {{[0]}}{{else}}none{{/with}}
{{eq a l}} {{ne a t}} {{lt a t}} {{lte a t}} {{gt a t}} {{gte a t}} {{and a l}} {{or a l}} {{includes a t}} {{includes l a}} {{includes t a}}
{{json a}} {{#if l}}{{json l indent=1}} {{join l ", "}} {{join l a}}{{/if}} {{length a}} {{length l}} {{length o}} {{default a "d"}}
    {{> outer}}
Rules:
{{constraints}}
{{activity_level}} {{stress}} {{json semantic_traits}} [{{task}}]
`,
  'prompts/templates/empty.md':
    '---\nid: edge/empty\nversion: 1.0.0\nrole: user\nadapter_version: any-1\n---\n{{#if stress}}{{task}}{{/if}} {{! }}\n',
  'prompts/templates/task.md':
    '---\nid: edge/task\nversion: 1.0.0\nrole: developer\nadapter_version: any-1\ninputs: {}\n---\n{{task}}\n\nsystem: {{task}}\n',
  'prompts/bundles/edge.md': `---
id: edge
version: 2.0.0-beta.1
slots: { task: edge/task, personality: edge/empty, system: edge/all@1.0.0-rc.1 }
tags: [m]
config: { top_p: 1.0, "10": 1, "9": {} }
constraints: { NO_EMOJI: true, ASSERTIVENESS_LEVEL: 0.4 }
examples:
  - { name: empty, input: { inputs: { a: null } } }
  - { name: text, input: { task: " x\\n", stress: 0.5, model_type: m, inputs: { a: "\\uFB33", t: "😀", l: ["😀", 1, null, [2], { k: 3 }], o: { b: [1], "10": {}, a: null, "9": { x: 1 } } } } }
  - { name: deep, input: { inputs: { a: 0, z: true, deep: { one: {}, list: [{}], pair: [{}, {}, {}], map: { p1: {}, q: {}, r: { k: 5 } }, both: {}, not: {} }, l: [], o: {} } } }
  - { name: sent, input: { semantic_traits: { warm: 1, cold: 0 }, activity_level: 1, inputs: { a: [], l: {}, o: [0, -0.5] } } }
---
`,
};
