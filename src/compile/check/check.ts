/**
 * What prompts are → whether they make sense.
 *
 * In: parsed files and what they declare. Out: diagnostics, and the prompts that have no error, be it their own or that
 * of a file they are made of. What always holds: a mistake is reported once; what has an error needs no warning that
 * could follow from it.
 */
import type { Diagnostics } from '../../base/diagnostic.js';
import { KnownBundle } from '../cache/known-bundle.js';
import { KnownTemplate } from '../cache/known-template.js';
import type { Bundle, Checked, Parsed, ParsedTemplate, Partial, Template } from '../model.js';
import { checkInvisibleCharacters } from './invisible-characters.js';
import type { Declared } from './declare.js';
import { includedPartials } from './partials.js';
import { checkTypes } from './types.js';
import { checkUnusedInputs, checkUnusedPartials, type Usage } from './unused.js';

/** What has not changed since it was checked is not checked again. */
export function check({ templates, bundles, partials }: Parsed, declared: Declared, diagnostics: Diagnostics): void {
  const { inputs, isSound } = declared;
  const usage = new Map<ParsedTemplate, Usage>();
  for (const file of templates) {
    const own = inputs.get(file);
    if (file instanceof KnownTemplate || own === 'unknown') continue;
    // Without partials to walk into, a template whose partials are broken is still checked itself.
    const used = diagnostics.about(file.source.path, () =>
      checkTypes({ ...file, inputs: own }, isSound(file) ? partials : new Map<string, Partial>(), diagnostics),
    );
    usage.set(file, { declared: own, used });
  }
  checkUnusedInputs(usage, partials, diagnostics);
  checkUnusedPartials(templates, partials, diagnostics);
  const known = new Set([...templates, ...declared.bundles].filter(isKnown).map(({ source }) => source));
  for (const { source } of [...templates, ...bundles, ...partials.values()]) {
    if (!known.has(source)) diagnostics.about(source.path, () => checkInvisibleCharacters(source, diagnostics));
  }
}

function isKnown(file: object): boolean {
  return file instanceof KnownTemplate || file instanceof KnownBundle;
}

/**
 * Leaves out every prompt that has an error, be it its own or that of a file it is made of.
 *
 * @param published - templates from elsewhere, which were whole when they were published
 */
export function withoutBroken(
  { templates, bundles }: Declared,
  partials: Parsed['partials'],
  published: ReadonlySet<Template>,
  broken: ReadonlySet<string>,
): Checked {
  if (broken.size === 0) return { templates, bundles, partials };
  const isWhole = ({ source, frontmatter }: Template | Bundle): boolean =>
    !broken.has(source.path) && !broken.has(frontmatter.locate([]).source.path);
  const whole = new Set(
    templates.filter(
      (template) => isWhole(template) && includedPartials(template, partials).every((name) => !broken.has(partials.get(name)!.source.path)),
    ),
  );
  return {
    templates: [...whole],
    bundles: bundles.filter(
      (bundle) => isWhole(bundle) && Object.values(bundle.slots).every((template) => whole.has(template) || published.has(template)),
    ),
    partials,
  };
}
