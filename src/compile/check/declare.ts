/**
 * Frontmatter → what each prompt is: its identity, its inputs, its references.
 *
 * In: parsed files. Out: templates and bundles whose every key has its type, the references resolved. What always holds: what did not pass is reported once, not again by everything that
 * refers to it.
 */
import type { Diagnostics } from '../../base/diagnostic.js';
import { isObject, type Json, type JsonObject } from '../../base/json.js';
import type { Constraints, Role } from '../../format/artifact.js';
import type { SourceText } from '../../base/span.js';
import { BUNDLE_SCHEMA, TEMPLATE_SCHEMA } from '../../format/frontmatter-schema.js';
import { budgetOf } from '../config.js';
import type { Bundle, Example, ParsedBundle, ParsedTemplate, Template } from '../model.js';
import { nearest } from '../nearest.js';
import type { Frontmatter } from '../parse/frontmatter.js';
import { checkConstraintPatterns } from './constraint-patterns.js';
import { checkInputs, type KnownSchemas } from './inputs.js';
import { type RecordedSlots, resolveSlots, type TemplateIndex } from './references.js';
import { checkSchema, lazyValidator } from './schema-errors.js';

const templateValidator = lazyValidator(TEMPLATE_SCHEMA);
const bundleValidator = lazyValidator(BUNDLE_SCHEMA);

/** What the frontmatter of a template says. */
export interface DeclaredTemplate {
  /** `undefined` if it does not say what a template has to say. */
  readonly template: Template | undefined;
  /** What the template's text may use; `unknown` if that could not be read. */
  readonly inputs: Template['inputs'] | 'unknown';
  /** The id of a file that has errors of its own; `unknown` if that could not be read. */
  readonly broken: { readonly id: string } | 'unknown' | undefined;
}

/** @param schemas - what is known of schemas from other files */
export function declareTemplate(file: ParsedTemplate, schemas: KnownSchemas, diagnostics: Diagnostics): DeclaredTemplate {
  const { frontmatter } = file;
  if (frontmatter === undefined) return { template: undefined, inputs: 'unknown', broken: 'unknown' };
  const { value } = frontmatter;
  const before = diagnostics.errorCount;
  const fits = checkSchema(templateValidator(), frontmatter, "a template's frontmatter", diagnostics);
  if (fits) checkConstraintPatterns(frontmatter, diagnostics);
  const declared = value['inputs'];
  const inputs = isObject(declared) ? checkInputs(declared, frontmatter, schemas, diagnostics) : undefined;
  const template: Template | undefined = fits
    ? {
        id: value['id'] as string,
        version: value['version'] as string,
        role: value['role'] as Role,
        description: value['description'] as string | undefined,
        adapterVersion: value['adapter_version'] as string | undefined,
        inputs,
        constraints: value['constraints'] as Constraints | undefined,
        body: file.body,
        nodes: file.nodes,
        source: file.source,
        frontmatter,
      }
    : undefined;
  const brokenId = typeof value['id'] === 'string' ? { id: value['id'] } : ('unknown' as const);
  return {
    template,
    inputs: mayDeclareMore(value) ? 'unknown' : inputs,
    broken: !fits || diagnostics.errorCount > before ? brokenId : undefined,
  };
}

/** Adds what a file came to to the templates that references can mean. */
export function addToIndex({ template, broken }: Omit<DeclaredTemplate, 'inputs'>, index: TemplateIndex, diagnostics: Diagnostics): void {
  // Bundles that refer to it get no second message about it.
  if (broken === 'unknown') index.addUnknown();
  else if (broken !== undefined) index.addBroken(broken.id);
  const other = template && index.add(template);
  if (template !== undefined && other !== undefined) reportDuplicate('template', template, other, diagnostics);
}

/** Whether the inputs are written under another name, or are no inputs at all: then no name can be called unknown. */
function mayDeclareMore(value: JsonObject): boolean {
  if (value['inputs'] !== undefined) return !isObject(value['inputs']);
  return Object.keys(value).some((key) => nearest(key, ['inputs']) !== undefined);
}

export interface DeclareBundleOptions {
  readonly index: TemplateIndex;
  /** Which template versions the lock records for a bundle version. */
  readonly recorded: (id: string, version: string) => RecordedSlots | undefined;
  /** Gets what is wrong with the file. */
  readonly found: Diagnostics;
  /** Gets what is wrong with its references: with other templates, that is another thing. */
  readonly diagnostics: Diagnostics;
}

/** @returns `undefined` if its frontmatter or its references cannot be used */
export function declareBundle(
  { source, frontmatter }: ParsedBundle,
  { index, recorded, found, diagnostics }: DeclareBundleOptions,
): Bundle | undefined {
  if (frontmatter === undefined) return undefined;
  const { value } = frontmatter;
  const fits = checkSchema(bundleValidator(), frontmatter, "a bundle's frontmatter", found);
  if (fits) checkConstraintPatterns(frontmatter, found);
  const declared = isObject(value['slots']) ? value['slots'] : {};
  const before = fits ? recorded(value['id'] as string, value['version'] as string) : undefined;
  const slots = resolveSlots(declared, frontmatter, index, before, diagnostics);
  const bundle = bundleOf(frontmatter, source, found);
  return fits && slots !== undefined ? { ...bundle, ...slots } : undefined;
}

/** What frontmatter that has passed its checks says of a bundle, save for what its references mean. */
export function bundleOf(frontmatter: Frontmatter, source: SourceText, diagnostics: Diagnostics): Omit<Bundle, 'slots' | 'references'> {
  const { value } = frontmatter;
  return {
    id: value['id'] as string,
    version: value['version'] as string,
    description: value['description'] as string | undefined,
    tags: value['tags'] as string[] | undefined,
    config: value['config'] as JsonObject | undefined,
    output: value['output'] as JsonObject | undefined,
    constraints: value['constraints'] as Constraints | undefined,
    constraintsInPrompt: value['constraints_in_prompt'] as 'append' | undefined,
    locale: value['locale'] as string | undefined,
    examples: declareExamples(value['examples'], frontmatter, diagnostics),
    budget: budgetOf(value),
    source,
    frontmatter,
  };
}

/** Reports bundles that have the id and version of one before them. */
export function reportDuplicateBundles(bundles: readonly Bundle[], diagnostics: Diagnostics): Bundle[] {
  const first = new Map<string, Bundle>();
  for (const bundle of bundles) {
    const key = `${bundle.id}@${bundle.version}`;
    const before = first.get(key);
    if (before === undefined) first.set(key, bundle);
    else reportDuplicate('bundle', bundle, before, diagnostics);
  }
  return [...first.values()];
}

function declareExamples(written: Json | undefined, frontmatter: Bundle['frontmatter'], diagnostics: Diagnostics): Example[] {
  if (!Array.isArray(written)) return [];
  const examples = new Map<string, Example>();
  for (const [i, item] of written.entries()) {
    if (!isObject(item) || typeof item['name'] !== 'string' || !isObject(item['input'])) continue;
    const { name, input } = item;
    const span = frontmatter.locate(['examples', i, 'name']);
    const before = examples.get(name);
    if (before === undefined) examples.set(name, { name, input, span });
    else diagnostics.report('check/duplicate-example', span, { name }, { related: [{ message: 'the other one', span: before.span }] });
  }
  return [...examples.values()];
}

function reportDuplicate(kind: string, second: Template | Bundle, first: Template | Bundle, diagnostics: Diagnostics): void {
  const related = [{ message: 'the other one', span: first.frontmatter.locate(['version']) }];
  diagnostics.report(
    'check/duplicate-version',
    second.frontmatter.locate(['version']),
    { kind, id: second.id, version: second.version },
    { related },
  );
}
