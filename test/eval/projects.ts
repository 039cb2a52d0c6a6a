/** A small project with constraints, and ways to ask `promptc eval` about it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Files, projectFolder } from '../support/project.js';
import { type Outcome, runCommand, type TerminalOptions } from '../support/terminal.js';

export const RULES = 'prompts/templates/rules.md';

export const PROJECT: Files = {
  [RULES]: `---
id: rules
version: 1.0.0
role: system
inputs:
  name: string
constraints:
  FORBIDDEN_TOKENS: [guarantee]
  MAX_WORDS: { value: 8, severity: warn }
---
You answer {{name}}.
{{constraints}}
`,
  'prompts/bundles/desk.md': `---
id: desk
version: 1.0.0
slots: { system: rules@1.0.0 }
config: { temperature: 0.2, max_output_tokens: 100 }
examples:
  - name: ada
    input: { inputs: { name: Ada } }
---
For tests.
`,
};

/** A suite in YAML, of one line for each case: its name, and its answer if it has one. */
export function suite(cases: { readonly [name: string]: string | undefined }, bundle = 'desk'): string {
  const list = Object.entries(cases).map(([name, answer]) => ({ name, example: 'ada', ...(answer !== undefined && { answer }) }));
  // JSON is YAML.
  return `bundle: ${bundle}\ncases:\n${list.map((one) => `  - ${JSON.stringify(one)}\n`).join('')}`;
}

export function evalProject(files: Files): Promise<string> {
  return projectFolder({ ...PROJECT, ...files });
}

/** Runs it, and lets nobody stop it. */
export function evaluate(folder: string, args: readonly string[], options: TerminalOptions = {}): Promise<Outcome> {
  return runCommand(folder, ['eval', ...args], { stop: new Promise(() => undefined), ...options });
}

/** Parsed JSON, for a test to look into. */
export function resultsIn(folder: string, file: string): any {
  return JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
}
