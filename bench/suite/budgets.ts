/** Budgets as they are kept: `bench/budgets.json`. */
import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import type { Budget } from './compare.js';

export interface Budgets {
  /** How far above its budget a ratio may be without alarm, as a share of it. */
  readonly tolerance: number;
  readonly budgets: readonly Budget[];
}

const NAME = { type: 'string', minLength: 1 };

const isBudgets = new Ajv().compile<Budgets>({
  type: 'object',
  properties: {
    tolerance: { type: 'number', minimum: 0, exclusiveMaximum: 1 },
    budgets: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        properties: { bench: NAME, series: NAME, to: NAME, figure: NAME, most: { type: 'number', exclusiveMinimum: 0 }, why: NAME },
        required: ['bench', 'series', 'to', 'most', 'why'],
        additionalProperties: false,
      },
    },
  },
  required: ['tolerance', 'budgets'],
  additionalProperties: false,
});

/** @throws if the file holds no budgets, saying what is wrong */
export async function readBudgets(file: string): Promise<Budgets> {
  const value: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (isBudgets(value)) return value;
  const [problem] = isBudgets.errors!;
  throw new Error(`${file} holds no budgets: ${problem!.instancePath || 'it'} ${problem!.message}.`);
}
