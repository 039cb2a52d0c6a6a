/** JSON Schemas → tables for people: a row for each key, and for the keys below it. */
import type { Json, JsonObject } from '../../base/json.js';
import { isObject } from '../../base/json.js';
import { html, type Markup } from '../../base/markup.js';
import type { JsonSchema } from '../../format/artifact.js';
import { inline } from './markup.js';

interface Row {
  readonly path: string;
  readonly isRequired: boolean;
  readonly schema: JsonSchema;
}

/**
 * A table of what an object may hold; of anything else, what it may be.
 *
 * @param marks - which keys are marked: those that must be there, as requests have few, or those that need not, as answers do
 */
export function schemaTable(schema: JsonSchema, marks: 'required' | 'optional'): Markup {
  const rows = rowsOf(schema, '');
  if (rows.length === 0) return html`<p>${typeOf(schema)}. ${limitsOf(schema)}</p>`;
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>Field</th>
          <th>Type</th>
          <th></th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              <td>
                <code>${row.path}</code>${row.isRequired === (marks === 'required') ? html` <span class="${marks}">${marks}</span>` : ''}
              </td>
              <td>${typeOf(row.schema)}</td>
              <td>${inline(textOf(row.schema['description']))} ${limitsOf(row.schema)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function rowsOf(schema: JsonSchema, prefix: string): Row[] {
  const { properties, required, items, anyOf } = schema;
  const names = Array.isArray(required) ? required : [];
  const rows = objects(properties).flatMap(([name, property]): Row[] => {
    const path = `${prefix}${name}`;
    return [{ path, isRequired: names.includes(name), schema: property }, ...rowsOf(property, `${path}.`)];
  });
  const itemRows = isObject(items) ? rowsOf(items, `${prefix.slice(0, -1)}[].`) : [];
  const variants = Array.isArray(anyOf) ? anyOf.filter(isObject).flatMap((variant) => rowsOf(variant, prefix)) : [];
  return [...rows, ...itemRows, ...variants];
}

/** What a value may be, with links to the schemas that have names. */
export function typeOf(schema: JsonSchema): Markup {
  const { $ref: reference, type, enum: values, const: value, items, anyOf, allOf } = schema;
  if (typeof reference === 'string') {
    const name = reference.slice(reference.lastIndexOf('/') + 1);
    return html`<a href="#${name}">${name}</a>`;
  }
  if (Array.isArray(values)) return alternatives(values.map(literal));
  if (value !== undefined) return literal(value);
  const variants = anyOf ?? allOf;
  if (Array.isArray(variants)) return alternatives(variants.filter(isObject).map(typeOf));
  if (type === 'array' && isObject(items)) return html`list of ${typeOf(items)}`;
  return alternatives([type ?? 'anything'].flat().map((one) => html`${textOf(one)}`));
}

/** What else is demanded of a value. */
function limitsOf({ default: fallback, minimum, maximum, minLength, maxLength, minItems, maxItems, pattern }: JsonSchema): Markup {
  const limits: Markup[] = [];
  if (fallback !== undefined) limits.push(html`Default ${literal(fallback)}.`);
  if (minimum !== undefined && maximum !== undefined) limits.push(html`From ${literal(minimum)} to ${literal(maximum)}.`);
  if (minLength !== undefined) limits.push(html`At least ${literal(minLength)} characters.`);
  if (maxLength !== undefined) limits.push(html`At most ${literal(maxLength)} characters.`);
  if (minItems !== undefined) limits.push(html`At least ${literal(minItems)} items.`);
  if (maxItems !== undefined) limits.push(html`At most ${literal(maxItems)} items.`);
  if (pattern !== undefined) limits.push(html`<span class="pattern">Pattern <code>${textOf(pattern)}</code></span>`);
  return html`<span class="limits">${limits.map((limit, i) => html`${i === 0 ? '' : ' '}${limit}`)}</span>`;
}

function alternatives(all: readonly Markup[]): Markup {
  const different = all.filter(({ text }, i) => all.findIndex((one) => one.text === text) === i);
  return html`${different.map((one, i) => html`${i === 0 ? '' : ' or '}${one}`)}`;
}

function literal(value: Json): Markup {
  return html`<code>${JSON.stringify(value)}</code>`;
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function objects(value: Json | undefined): [string, JsonObject][] {
  return isObject(value) ? (Object.entries(value) as [string, JsonObject][]) : [];
}
