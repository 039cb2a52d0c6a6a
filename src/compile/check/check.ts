/**
 * Parsed files → prompts that mean something.
 *
 * In: frontmatter, bodies and trees. Out: templates and bundles whose every value has its type, whose names
 * and partials exist, and whose references are resolved. What always holds: only what passed is handed on, with
 * all that it is made of, and what did not pass is reported once, not again by everything that refers to it.
 */
import type { Diagnostics } from '../../base/diagnostic.js';
import { isObject, type Json, type JsonObject } from '../../base/json.js';
import type { Constraints, Role } from '../../format/artifact.js';
import { BUNDLE_SCHEMA, TEMPLATE_SCHEMA } from '../../format/frontmatter-schema.js';
import type { CompileLimits } from '../config.js';
import type { Bundle, Checked, Example, Parsed, ParsedBundle, ParsedTemplate, Template } from '../model.js';
import { nearest } from '../nearest.js';
import { checkInputs } from './inputs.js';
import { checkInvisibleCharacters } from './invisible-characters.js';
import { checkTypes } from './types.js';
import { checkPartials, includedPartials } from './partials.js';
import { resolveSlots, TemplateIndex } from './references.js';
import { checkSchema, lazyValidator } from './schema-errors.js';

const templateValidator = lazyValidator(TEMPLATE_SCHEMA);
const bundleValidator = lazyValidator(BUNDLE_SCHEMA);

export function check(parsed: Parsed, limits: CompileLimits, diagnostics: Diagnostics): Checked {
  const { partials } = parsed;
  const index = new TemplateIndex();
  const isSound = checkPartials(parsed.templates, partials, limits, diagnostics);
  for (const file of parsed.templates) {
    const declared = checkTemplate(file, index, diagnostics);
    // Without partials to walk into, a template whose partials are broken is still checked itself.
    if (declared !== 'unknown') checkTypes({ ...file, inputs: declared }, isSound(file) ? partials : new Map(), diagnostics);
  }

  const bundles = new Map<string, Bundle>();
  for (const file of parsed.bundles) {
    const bundle = checkBundle(file, index, diagnostics);
    if (bundle === undefined) continue;
    const key = `${bundle.id}@${bundle.version}`;
    const before = bundles.get(key);
    if (before === undefined) bundles.set(key, bundle);
    else reportDuplicate('bundle', bundle, before, diagnostics);
  }
  for (const { source } of [...parsed.templates, ...parsed.bundles, ...partials.values()]) checkInvisibleCharacters(source, diagnostics);
  return withoutBroken({ templates: index.templates(), bundles: [...bundles.values()], partials }, diagnostics.brokenFiles());
}

/** Leaves out every prompt that has an error, be it its own or that of a file it is made of. */
function withoutBroken({ templates, bundles, partials }: Checked, broken: ReadonlySet<string>): Checked {
  if (broken.size === 0) return { templates, bundles, partials };
  const isWhole = ({ source, frontmatter }: Template | Bundle): boolean =>
    !broken.has(source.path) && !broken.has(frontmatter.locate([]).source.path);
  const whole = new Set(
    templates.filter(
      (template) =>
        isWhole(template) && includedPartials(template.nodes, partials).every((name) => !broken.has(partials.get(name)!.source.path)),
    ),
  );
  return {
    templates: [...whole],
    bundles: bundles.filter((bundle) => isWhole(bundle) && Object.values(bundle.slots).every((template) => whole.has(template))),
    partials,
  };
}

/** Returns the inputs that the template's text may use; `unknown` if they could not be read. */
function checkTemplate(file: ParsedTemplate, index: TemplateIndex, diagnostics: Diagnostics): Template['inputs'] | 'unknown' {
  const { frontmatter } = file;
  if (frontmatter === undefined) {
    index.addUnknown();
    return 'unknown';
  }
  const { value } = frontmatter;
  const fits = checkSchema(templateValidator(), frontmatter, "a template's frontmatter", diagnostics);
  const before = diagnostics.errorCount;
  const declared = value['inputs'];
  const inputs = isObject(declared) ? checkInputs(declared, frontmatter, diagnostics) : undefined;
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
    const other = index.add(template);
    if (other !== undefined) reportDuplicate('template', template, other, diagnostics);
  }
  return mayDeclareMore(value) ? 'unknown' : inputs;
}

/** Whether the inputs are written under another name, or are no inputs at all: then no name can be called unknown. */
function mayDeclareMore(value: JsonObject): boolean {
  if (value['inputs'] !== undefined) return !isObject(value['inputs']);
  return Object.keys(value).some((key) => nearest(key, ['inputs']) !== undefined);
}

function checkBundle({ source, frontmatter }: ParsedBundle, index: TemplateIndex, diagnostics: Diagnostics): Bundle | undefined {
  if (frontmatter === undefined) return undefined;
  const { value } = frontmatter;
  const fits = checkSchema(bundleValidator(), frontmatter, "a bundle's frontmatter", diagnostics);
  const declared = isObject(value['slots']) ? value['slots'] : {};
  const slots = resolveSlots(declared, frontmatter, index, diagnostics);
  const examples = checkExamples(value['examples'], frontmatter, diagnostics);
  if (!fits || slots === undefined) return undefined;
  return {
    id: value['id'] as string,
    version: value['version'] as string,
    description: value['description'] as string | undefined,
    slots,
    tags: value['tags'] as string[] | undefined,
    config: value['config'] as JsonObject | undefined,
    output: value['output'] as JsonObject | undefined,
    constraints: value['constraints'] as Constraints | undefined,
    examples,
    source,
    frontmatter,
  };
}

function checkExamples(written: Json | undefined, frontmatter: Bundle['frontmatter'], diagnostics: Diagnostics): Example[] {
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
