/** Building a project that should be refused, and what it says, in a form that a test can compare. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostic.js';
import { buildProject } from '../../src/cli/project.js';
import { type Files, projectFolder } from './project.js';

/** A template's file: its own keys below the three that every template has. */
export function template(body: string, keys = '', id = 'a'): string {
  return `---\nid: ${id}\nversion: 1.0.0\nrole: user\n${keys === '' ? '' : `${keys}\n`}---\n${body}\n`;
}

/** One line for each: `code line:column`, with the file before it unless it is the usual one. */
export function found(diagnostics: readonly Diagnostic[], usual = 'prompts/templates/a.md'): string[] {
  return diagnostics.map(({ code, span: { source, start } }) => {
    const { line, column } = source.position(start);
    return `${source.path === usual ? '' : `${source.path} `}${code} ${line}:${column}`;
  });
}

/** Builds files from a real folder; they must be refused, and nothing written. A text is the template `a`. */
export async function refused(files: Files | string): Promise<readonly Diagnostic[]> {
  const folder = await projectFolder(typeof files === 'string' ? { 'prompts/templates/a.md': files } : files);
  const { compiled, written } = await buildProject(folder, 'dist');
  expect(compiled.build).toBeUndefined();
  expect(written).toBeUndefined();
  expect(existsSync(path.join(folder, 'dist'))).toBe(false);
  expect(compiled.diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
  return compiled.diagnostics;
}

/** Builds files from a real folder; they must be fine but for warnings. */
export async function accepted(files: Files | string): Promise<readonly Diagnostic[]> {
  const folder = await projectFolder(typeof files === 'string' ? { 'prompts/templates/a.md': files } : files);
  const { compiled, written } = await buildProject(folder, 'dist');
  expect(found(compiled.diagnostics.filter(({ severity }) => severity === 'error'))).toEqual([]);
  expect(written).toBeDefined();
  return compiled.diagnostics;
}

/** What an author is told to do. */
export function hints(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(({ hint }) => hint ?? '(none)').join('\n');
}
