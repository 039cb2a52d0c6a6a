/**
 * A project of any size: templates as companies have them (a kilobyte of text, a few inputs, conditions, loops
 * and partials), and a bundle for every four. The same numbers give the same files.
 */

/** @returns text by path */
export function generatedProject(templates: number): { [path: string]: string } {
  const files: { [path: string]: string } = {};
  for (let i = 0; i < Math.max(1, templates / 50); i++) {
    files[`prompts/partials/house/rule-${i}.md`] =
      `Rule ${i}: ${sentence(i)} ${sentence(i + 1)}\n{{#if urgent}}\nAnswer within ${i + 1} hours.\n{{/if}}\n`;
  }
  const partials = Object.keys(files).length;
  for (let i = 0; i < templates; i++) files[`prompts/templates/team-${i % 40}/t${i}.md`] = template(i, partials);
  for (let i = 0; i + 3 < templates; i += 4) files[`prompts/bundles/team-${i % 40}/b${i}.md`] = bundle(i);
  return files;
}

const ROLES = ['system', 'system', 'user', 'user'];
const WORDS = 'answer the customer with care and name each step that follows from what was agreed before the next call'.split(' ');

function sentence(seed: number): string {
  const words = Array.from({ length: 9 + (seed % 7) }, (_, i) => WORDS[(seed * 7 + i * 3) % WORDS.length]!);
  return `${words.join(' ').replace(/^./, (letter) => letter.toUpperCase())}.`;
}

function template(i: number, partials: number): string {
  return `---
id: team-${i % 40}/t${i}
version: 1.${i % 10}.0
role: ${ROLES[i % 4]!}
description: ${sentence(i)}
inputs:
  customer: { type: object, properties: { name: { type: string }, plan: { enum: [free, pro, team] }, email: { type: string } }, required: [name, plan] }
  tickets?: { type: array, items: { type: object, properties: { id: { type: string }, age: { type: integer, minimum: 0 }, note: { type: string } }, required: [id, age] } }
  urgent: boolean
  locale: { type: string, default: en-GB }
constraints:
  MAX_SENTENCE_LENGTH: ${20 + (i % 10)}
---
You write for {{customer.name}} in {{locale}}. ${sentence(i)} ${sentence(i + 3)}

{{> house/rule-${i % partials}}}

{{#if (eq customer.plan "pro")}}
${sentence(i + 5)}
{{else if (and urgent customer.email)}}
Write to {{customer.email}}. ${sentence(i + 6)}
{{else}}
${sentence(i + 7)} ${sentence(i + 8)}
{{/if}}

{{#each tickets as |ticket n|}}
- {{n}}: {{ticket.id}}, {{ticket.age}} days{{#if ticket.note}} ({{ticket.note}}){{/if}}
{{else}}
No ticket is open.
{{/each}}

{{default task "Greet them."}} ${sentence(i + 9)} ${sentence(i + 10)}
{{constraints}}
`;
}

function bundle(i: number): string {
  const slot = (offset: number): string => `team-${(i + offset) % 40}/t${i + offset}`;
  return `---
id: team-${i % 40}/b${i}
version: 2.${i % 10}.0
slots:
  system: ${slot(0)}@^1.0.0
  personality: ${slot(1)}
  activity: ${slot(2)}
  task: ${slot(3)}@1.${(i + 3) % 10}.0
tags: [model-a, model-b]
config: { temperature: 0.${i % 10} }
constraints: { NO_EMOJI: true }
---
${sentence(i)}
`;
}
