/**
 * What is rendered to compare engines: a text for each feature of the language, and of several sizes, in each engine's own
 * language. All make the same text of the same values; `render.ts` checks that.
 */
import type { JsonObject } from '../../src/base/json.js';
import type { JsonSchema } from '../../src/format/artifact.js';

export interface RenderCase {
  readonly name: string;
  readonly inputs: { readonly [name: string]: string | JsonSchema };
  readonly values: JsonObject;
  /** For promptc, Handlebars and dotprompt. */
  readonly handlebars: string;
  /** For Mustache and LangChain, with flags of `view` in place of conditions. */
  readonly mustache: string;
  readonly view: JsonObject;
  readonly eta: string;
  readonly liquid: string;
}

const VALUES = { company: 'Harbour & Sons', name: 'Ada', plan: 'pro', locale: 'en-GB' };
const VALUE_INPUTS = { company: 'string', name: 'string', plan: { enum: ['free', 'pro', 'team'] }, locale: 'string' };
const TICKETS = Array.from({ length: 50 }, (_, i) => ({ id: `T-${1000 + i}`, age: i, subject: `The sync of folder ${i} does not end` }));
const TICKET_INPUTS: { readonly [name: string]: JsonSchema } = {
  tickets: {
    type: 'array',
    items: {
      type: 'object',
      properties: { id: { type: 'string' }, age: { type: 'integer' }, subject: { type: 'string' } },
      required: ['id', 'age', 'subject'],
    },
  },
};
const CONDITION_VIEW = { is_free: false, is_pro: true, is_team: false, has_email: true };

/** The parts of the texts, in each language. */
const VALUE_LINES = {
  handlebars:
    'You answer {{name}} for {{company}}, in {{locale}}. Their plan is {{plan}}: stay within what it holds, and say so when it ends.\n',
  mustache:
    'You answer {{name}} for {{company}}, in {{locale}}. Their plan is {{plan}}: stay within what it holds, and say so when it ends.\n',
  eta: 'You answer <%= it.name %> for <%= it.company %>, in <%= it.locale %>. Their plan is <%= it.plan %>: stay within what it holds, and say so when it ends.\n',
  liquid:
    'You answer {{name}} for {{company}}, in {{locale}}. Their plan is {{plan}}: stay within what it holds, and say so when it ends.\n',
};
const PROSE =
  'Say only what the account data or the documentation supports. When you do not know, say so and name the next step. Promise no dates, refunds or features that are not stated below.\n';
const CONDITION_LINES = {
  handlebars: `{{#if (eq plan "free")}}
Their plan includes help in writing only.
{{else if (eq plan "pro")}}
Their plan includes remote sessions: offer one when written steps have failed twice.
{{else}}
Offer to bring in the account manager.
{{/if}}
{{#if email}}
Write to {{email}}.
{{/if}}
{{#unless (eq locale "en-GB")}}
Translate every label of the product.
{{/unless}}
`,
  mustache: `{{#is_free}}
Their plan includes help in writing only.
{{/is_free}}
{{#is_pro}}
Their plan includes remote sessions: offer one when written steps have failed twice.
{{/is_pro}}
{{#is_team}}
Offer to bring in the account manager.
{{/is_team}}
{{#has_email}}
Write to {{email}}.
{{/has_email}}
{{#is_foreign}}
Translate every label of the product.
{{/is_foreign}}
`,
  eta: `<% if (it.plan === 'free') { %>
Their plan includes help in writing only.
<% } else if (it.plan === 'pro') { %>
Their plan includes remote sessions: offer one when written steps have failed twice.
<% } else { %>
Offer to bring in the account manager.
<% } %>
<% if (it.email) { %>
Write to <%= it.email %>.
<% } %>
<% if (it.locale !== 'en-GB') { %>
Translate every label of the product.
<% } %>
`,
  liquid: `{% if plan == "free" %}
Their plan includes help in writing only.
{% elsif plan == "pro" %}
Their plan includes remote sessions: offer one when written steps have failed twice.
{% else %}
Offer to bring in the account manager.
{% endif %}
{% if email %}
Write to {{email}}.
{% endif %}
{% unless locale == "en-GB" %}
Translate every label of the product.
{% endunless %}
`,
};
const LOOP_LINES = {
  handlebars: '{{#each tickets}}\n- {{id}}: {{subject}}, open for {{age}} days\n{{/each}}\n',
  mustache: '{{#tickets}}\n- {{id}}: {{subject}}, open for {{age}} days\n{{/tickets}}\n',
  eta: '<% for (const one of it.tickets) { %>\n- <%= one.id %>: <%= one.subject %>, open for <%= one.age %> days\n<% } %>\n',
  liquid: '{% for one in tickets %}\n- {{one.id}}: {{one.subject}}, open for {{one.age}} days\n{% endfor %}\n',
};

type Language = keyof typeof VALUE_LINES;

function inEach(text: (language: Language) => string) {
  return { handlebars: text('handlebars'), mustache: text('mustache'), eta: text('eta'), liquid: text('liquid') };
}

const MIXED_INPUTS = { ...VALUE_INPUTS, 'email?': 'string', ...TICKET_INPUTS };
const MIXED_VALUES = { ...VALUES, email: 'ada@example.com', tickets: TICKETS.slice(0, 3) };
const mixed = (language: Language): string => VALUE_LINES[language] + PROSE + CONDITION_LINES[language] + LOOP_LINES[language];

/** About a kilobyte with something of everything. */
export const KILOBYTE: RenderCase = {
  name: '1 kB',
  inputs: MIXED_INPUTS,
  values: MIXED_VALUES,
  view: { ...MIXED_VALUES, ...CONDITION_VIEW },
  ...inEach(mixed),
};

export const CASES: readonly RenderCase[] = [
  { name: 'values', inputs: VALUE_INPUTS, values: VALUES, view: VALUES, ...inEach((language) => VALUE_LINES[language]) },
  {
    name: 'conditions',
    inputs: { ...VALUE_INPUTS, 'email?': 'string' },
    values: { ...VALUES, email: 'ada@example.com' },
    view: { ...VALUES, email: 'ada@example.com', ...CONDITION_VIEW },
    ...inEach((language) => VALUE_LINES[language] + CONDITION_LINES[language]),
  },
  {
    name: 'loop of 50',
    inputs: TICKET_INPUTS,
    values: { tickets: TICKETS },
    view: { tickets: TICKETS },
    ...inEach((language) => LOOP_LINES[language]),
  },
  KILOBYTE,
  { ...KILOBYTE, name: '20 kB', ...inEach((language) => mixed(language).repeat(16) + PROSE.repeat(8)) },
];
