/**
 * The OpenAPI document → a page for people.
 *
 * In: the document. Out: HTML, whole in itself: no script, no image, nothing to load. What always holds: it says what the
 * document says, in the same words.
 */
import type { Json, JsonObject } from '../../base/json.js';
import { html, Markup } from '../../base/markup.js';
import type { JsonSchema } from '../../format/artifact.js';
import { inline, prose } from './markup.js';
import { STYLE } from './page-style.js';
import { schemaTable, typeOf } from './schema-table.js';

export { STYLE };

/** As much of a document as the page shows. */
interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: { readonly [path: string]: { readonly [method: string]: OperationObject } };
  readonly components: {
    readonly schemas: { readonly [name: string]: JsonSchema };
    readonly parameters: { readonly [name: string]: ParameterObject };
    readonly securitySchemes: { readonly [name: string]: { readonly description: string } };
  };
}

interface OperationObject {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly security: readonly { readonly [scheme: string]: readonly string[] }[];
  readonly parameters: readonly (ParameterObject | { readonly $ref: string })[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: { readonly [status: string]: { readonly description: string; readonly content?: Content } };
}

interface ParameterObject {
  readonly name: string;
  readonly in: string;
  readonly description: string;
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

interface Content {
  readonly [type: string]: { readonly schema: JsonSchema; readonly example?: Json };
}

interface Operation extends OperationObject {
  readonly method: string;
  readonly path: string;
}

/** A code, its status and what to do about it, as a response lists them. */
interface Problem {
  readonly status: string;
  readonly code: string;
  readonly advice: string;
}

export function openApiPage(document: JsonObject): string {
  const { info, tags, paths, components } = document as unknown as Document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Operation => ({ ...operation, method: method.toUpperCase(), path })),
  );
  const common = problemsOf(operations[0]!).filter(({ code }) =>
    operations.every((one) => problemsOf(one).some((each) => each.code === code)),
  );
  // A schema is shown where it is first used, and linked to from elsewhere.
  const unshown = new Set(Object.keys(components.schemas));

  const body = html`
    <nav aria-label="Contents">
      <a class="title" href="#top">${info.title} <small>${info.version}</small></a>
      ${tags.map(
        ({ name }) =>
          html`<h2>${name}</h2>
            <ul>
              ${operations
                .filter((one) => one.tags.includes(name))
                .map(({ operationId, summary, method }) => html`<li><a href="#${operationId}">${badge(method)} ${summary}</a></li>`)}
            </ul>`,
      )}
      <h2>More</h2>
      <ul>
        <li><a href="#problems">Problems of any request</a></li>
        <li><a href="#schemas">Schemas</a></li>
        <li><a href="openapi.json">openapi.json</a></li>
      </ul>
    </nav>
    <main id="top">
      <h1>${info.title} <small>${info.version}</small></h1>
      ${prose(info.description)}
      <h3>Keys</h3>
      ${Object.values(components.securitySchemes).flatMap((scheme) => prose(scheme.description))}
      ${tags.map(
        ({ name, description }) =>
          html`<section>
            <h2>${name}</h2>
            ${prose(description)} ${operations.filter((one) => one.tags.includes(name)).map(showOperation)}
          </section>`,
      )}
      <section>
        <h2 id="problems">Problems of any request</h2>
        ${problemTable(common)}
      </section>
      <section>
        <h2 id="schemas">Schemas</h2>
        ${[...unshown].map((name) => html`${showSchema(name, 'h3')}`)}
      </section>
    </main>
  `;
  return page(`${info.title} ${info.version}`, body);

  function showOperation(operation: Operation): Markup {
    const { operationId, summary, description, method, path, requestBody, responses, security } = operation;
    const scopes = security.flatMap((one) => Object.values(one).flat());
    const own = problemsOf(operation).filter(({ code }) => !common.some((one) => one.code === code));
    return html`<article id="${operationId}">
      <h3>${summary}</h3>
      <p class="target">${badge(method)} <code>${path}</code></p>
      ${prose(description)} ${scopes.map((scope) => html`<p class="scope">Scope of the key: <code>${scope}</code></p>`)}
      ${parameterTable(operation)} ${requestBody === undefined ? '' : [html`<h4>Body</h4>`, showContent(requestBody.content)]}
      ${Object.entries(responses)
        .filter(([, { content }]) => content === undefined || Object.keys(content).some((type) => !isProblemType(type)))
        .map(
          ([status, response]) =>
            html`<h4>
                <span class="status">${status}</span> ${status === '200' || status === '304' ? inline(response.description) : 'The same'}
              </h4>
              ${response.content === undefined ? '' : showContent(response.content)}`,
        )}
      ${own.length === 0 ? '' : [html`<h4>Problems</h4>`, problemTable(own)]}
      <p>Besides, <a href="#problems">what any request can meet</a>.</p>
    </article>`;
  }

  function showContent(content: Content): Markup {
    return html`${Object.entries(content)
      .filter(([type]) => !isProblemType(type))
      .map(([type, { schema, example }]) => {
        const name = typeof schema['$ref'] === 'string' ? schema['$ref'].slice(schema['$ref'].lastIndexOf('/') + 1) : undefined;
        return html`<p><code>${type}</code>${name === undefined ? '' : html`: ${typeOf(schema)}`}</p>
          ${name !== undefined && unshown.has(name) ? showSchema(name, undefined) : ''}
          ${
            example === undefined
              ? ''
              : html`<details>
                  <summary>Example</summary>
                  <pre><code>${JSON.stringify(example, null, 2)}</code></pre>
                </details>`
          }`;
      })}`;
  }

  function showSchema(name: string, heading: 'h3' | undefined): Markup {
    unshown.delete(name);
    const schema = components.schemas[name]!;
    const description = typeof schema['description'] === 'string' ? prose(schema['description']) : [];
    return html`<div id="${name}">
      ${heading === undefined ? '' : html`<h3>${name}</h3>`} ${description}
      ${schemaTable(schema, name.endsWith('Request') ? 'required' : 'optional')}
    </div>`;
  }

  function parameterTable({ parameters }: Operation): Markup {
    const all = parameters.map((one) => ('$ref' in one ? components.parameters[one.$ref.slice(one.$ref.lastIndexOf('/') + 1)]! : one));
    const properties = Object.fromEntries(all.map(({ name, description, schema }) => [name, { ...schema, description }]));
    const required = all.filter((one) => one.required === true).map(({ name }) => name);
    return html`<h4>Parameters</h4>
      ${schemaTable({ properties, required }, 'required')}`;
  }
}

function problemsOf({ responses }: OperationObject): Problem[] {
  return Object.entries(responses).flatMap(([status, { description }]) =>
    [...description.matchAll(/^- `(\w+)`: (.*)$/gm)].map(([, code, advice]) => ({ status, code: code!, advice: advice! })),
  );
}

function problemTable(problems: readonly Problem[]): Markup {
  return html`<div class="scroll">
    <table class="problems">
      <thead>
        <tr>
          <th>Status</th>
          <th>Code</th>
          <th>What to do</th>
        </tr>
      </thead>
      <tbody>
        ${problems.map(
          ({ status, code, advice }) =>
            html`<tr>
              <td>${status}</td>
              <td><code>${code}</code></td>
              <td>${inline(advice)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function isProblemType(type: string): boolean {
  return type === 'application/problem+json';
}

function badge(method: string): Markup {
  return html`<span class="method ${method.toLowerCase()}">${method}</span>`;
}

function page(title: string, body: Markup): string {
  const head = html`<head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title}</title>
    ${new Markup(`<style>${STYLE}</style>`)}
  </head>`;
  return `<!doctype html>\n${
    html`<html lang="en">
      ${head}
      <body>
        ${body}
      </body>
    </html>`.text
  }\n`;
}
