/**
 * Frontmatter → what each prompt is: its identity, its inputs, its references.
 *
 * In: parsed files. Out: templates and bundles whose every key has its type, the partials' graph measured, the
 * references resolved. What always holds: what did not pass is reported once, not again by everything that
 * refers to it.
 */
import type { Diagnostics } from '../../base/diagnostic.js';
import { isObject, type Json, type JsonObject } from '../../base/json.js';
import type { Constraints, Role } from '../../format/artifact.js';
import type { SourceText } from '../../base/span.js';
import { BUNDLE_SCHEMA, TEMPLATE_SCHEMA } from '../../format/frontmatter-schema.js';
import type { KnownBundle } from '../cache/known-bundle.js';
import { KnownTemplate, lazyFrontmatter } from '../cache/known-template.js';
import type { BundleRecord } from '../cache/records.js';
import { budgetOf, type CompileLimits } from '../config.js';
import type { Bundle, Example, Parsed, ParsedBundle, ParsedTemplate, Template } from '../model.js';
import { nearest } from '../nearest.js';
import { checkInputs, KnownSchemas } from './inputs.js';
import { checkPartials, type IsSound } from './partials.js';
import { type RecordedSlots, resolveSlots, TemplateIndex } from './references.js';
import { checkSchema, lazyValidator } from './schema-errors.js';

const templateValidator = lazyValidator(TEMPLATE_SCHEMA);
const bundleValidator = lazyValidator(BUNDLE_SCHEMA);

export interface Declared {
  readonly templates: readonly Template[];
  readonly bundles: readonly Bundle[];
  /** What each template's text may use; `unknown` if that could not be read. */
  readonly inputs: ReadonlyMap<ParsedTemplate, Template['inputs'] | 'unknown'>;
  readonly isSound: IsSound;
}

export type DeclaredTemplates = Omit<Declared, 'bundles'> & { readonly index: TemplateIndex };

/** @param schemas - what is known of schemas from other files */
export function declareTemplates(
  parsed: Parsed,
  limits: CompileLimits,
  diagnostics: Diagnostics,
  schemas = new KnownSchemas(),
): DeclaredTemplates {
  const index = new TemplateIndex();
  const isSound = checkPartials(parsed.templates, parsed.partials, limits, diagnostics);
  const inputs = new Map<ParsedTemplate, Template['inputs'] | 'unknown'>();
  for (const file of parsed.templates) {
    if (file instanceof KnownTemplate) addTo(index, file, diagnostics);
    else
      inputs.set(
        file,
        diagnostics.about(file.source.path, () => declareTemplate(file, index, schemas, diagnostics)),
      );
  }
  return { templates: index.templates(), inputs, isSound, index };
}

/** Bundles that earlier builds came to. */
export interface KnownBundles {
  /** A bundle, if all that it refers to is the very same as in the last build. */
  same(source: SourceText): KnownBundle | undefined;
  /** A bundle, if what is remembered of it holds with the templates that are in its slots now. */
  keep(source: SourceText, record: BundleRecord, resolved: Pick<Bundle, 'slots' | 'references'>): KnownBundle | undefined;
}

/**
 * @param recorded - which template versions the lock records for a bundle version
 * @param known - is asked about bundles whose text has not changed
 */
export function declareBundles(
  files: readonly ParsedBundle[],
  index: TemplateIndex,
  recorded: (id: string, version: string) => RecordedSlots | undefined,
  diagnostics: Diagnostics,
  known?: KnownBundles,
): Bundle[] {
  const bundles = new Map<string, Bundle>();
  for (const file of files) {
    const bundle =
      keptBundle(file, index, recorded, diagnostics, known) ??
      diagnostics.about(file.source.path, () => declareBundle(file, index, recorded, diagnostics));
    if (bundle === undefined) continue;
    const key = `${bundle.id}@${bundle.version}`;
    const before = bundles.get(key);
    if (before === undefined) bundles.set(key, bundle);
    else reportDuplicate('bundle', bundle, before, diagnostics);
  }
  return [...bundles.values()];
}

/** Returns the inputs that the template's text may use; `unknown` if they could not be read. */
function declareTemplate(
  file: ParsedTemplate,
  index: TemplateIndex,
  schemas: KnownSchemas,
  diagnostics: Diagnostics,
): Template['inputs'] | 'unknown' {
  const { frontmatter } = file;
  if (frontmatter === undefined) {
    index.addUnknown();
    return 'unknown';
  }
  const { value } = frontmatter;
  const fits = checkSchema(templateValidator(), frontmatter, "a template's frontmatter", diagnostics);
  const before = diagnostics.errorCount;
  const declared = value['inputs'];
  const inputs = isObject(declared) ? checkInputs(declared, frontmatter, schemas, diagnostics) : undefined;
  if (!fits || diagnostics.errorCount > before) {
    // Bundles that refer to it get no second message about it.
    if (typeof value['id'] === 'string') index.addBroken(value['id']);
    else index.addUnknown();
  }
  if (fits) {
    const template: Template = {
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
    };
    addTo(index, template, diagnostics);
  }
  return mayDeclareMore(value) ? 'unknown' : inputs;
}

function addTo(index: TemplateIndex, template: Template, diagnostics: Diagnostics): void {
  const other = index.add(template);
  if (other !== undefined) reportDuplicate('template', template, other, diagnostics);
}

/** Whether the inputs are written under another name, or are no inputs at all: then no name can be called unknown. */
function mayDeclareMore(value: JsonObject): boolean {
  if (value['inputs'] !== undefined) return !isObject(value['inputs']);
  return Object.keys(value).some((key) => nearest(key, ['inputs']) !== undefined);
}

function keptBundle(
  file: ParsedBundle,
  index: TemplateIndex,
  recorded: (id: string, version: string) => RecordedSlots | undefined,
  diagnostics: Diagnostics,
  known: KnownBundles | undefined,
): KnownBundle | undefined {
  const { source, record } = file;
  if (record === undefined || known === undefined) return undefined;
  const same = known.same(source);
  if (same !== undefined) return same;
  const { id, version, slots } = record;
  // Only a message needs to know where something stands.
  const places = lazyFrontmatter(source, () => file.frontmatter!);
  const resolved = resolveSlots(slots, places, index, recorded(id, version), diagnostics);
  return resolved && known.keep(source, record, resolved);
}

function declareBundle(
  { source, frontmatter }: ParsedBundle,
  index: TemplateIndex,
  recorded: (id: string, version: string) => RecordedSlots | undefined,
  diagnostics: Diagnostics,
): Bundle | undefined {
  if (frontmatter === undefined) return undefined;
  const { value } = frontmatter;
  const fits = checkSchema(bundleValidator(), frontmatter, "a bundle's frontmatter", diagnostics);
  const declared = isObject(value['slots']) ? value['slots'] : {};
  const before = fits ? recorded(value['id'] as string, value['version'] as string) : undefined;
  // What it comes to is another thing with other templates: it is not about this file alone.
  const slots = diagnostics.about(undefined, () => resolveSlots(declared, frontmatter, index, before, diagnostics));
  const examples = declareExamples(value['examples'], frontmatter, diagnostics);
  if (!fits || slots === undefined) return undefined;
  return {
    id: value['id'] as string,
    version: value['version'] as string,
    description: value['description'] as string | undefined,
    ...slots,
    tags: value['tags'] as string[] | undefined,
    config: value['config'] as JsonObject | undefined,
    output: value['output'] as JsonObject | undefined,
    constraints: value['constraints'] as Constraints | undefined,
    examples,
    budget: budgetOf(value),
    source,
    frontmatter,
  };
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
