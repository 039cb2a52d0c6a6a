import path from 'node:path';
import { isDigest } from '../base/digest.js';
import { PromptcError } from '../base/error.js';
import { isObject, type Json } from '../base/json.js';
import {
  type BundleArtifact,
  type BundleEntry,
  type ObjectReference,
  SLOT_NAMES,
  type SlotName,
  type TemplateArtifact,
  type TemplateEntry,
  type Versions,
} from '../format/artifact.js';
import { bundleStaticText, type StaticText } from '../render/static-text.js';
import { DistFolder } from '../sources/file.js';
import { selectVersion } from '../sources/select-version.js';
import { readArtifact } from '../sources/read-artifact.js';
import type { Catalog } from '../sources/catalog.js';
import { StoreSource } from '../sources/store.js';
import { loadTokenCounter } from '../tokens/count-tokens.js';
import { visible } from './diagnostics/visible.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './io.js';
import { operationsText } from './operations-text.js';

interface Found {
  readonly kind: 'bundle' | 'template';
  readonly reference: ObjectReference;
  /** Why it is not to be used any more. */
  readonly yanked: string | undefined;
}

type Entry = BundleEntry | TemplateEntry;

/** `promptc inspect`: what was compiled, readable. */
export async function inspect(terminal: Terminal, subject: string, { dir }: { dir: string }): Promise<ExitCode> {
  const folder = new DistFolder(path.resolve(terminal.cwd, dir));
  const catalog = await new StoreSource(folder).catalog();
  const found = isDigest(subject) ? [await findByDigest(catalog, subject)] : await find(catalog, subject);
  const texts: string[] = [];
  for (const { kind, reference, yanked } of found) {
    const artifact = readArtifact(kind, await folder.object(reference), reference);
    const listed = { ...reference, yanked };
    if (kind === 'template') texts.push(templateText(artifact as unknown as TemplateArtifact, listed));
    else
      texts.push(
        bundleText(artifact as unknown as BundleArtifact, listed, await staticLines(artifact as unknown as BundleArtifact, folder)),
      );
  }
  terminal.out(texts.join('\n'));
  return EXIT.fine;
}

const KINDS = [
  ['bundle', 'bundles'],
  ['template', 'templates'],
] as const;

async function findByDigest(catalog: Catalog, digest: string): Promise<Found> {
  for (const [kind, plural] of KINDS) {
    for await (const [, { versions }] of catalog.from(plural)) {
      for (const { artifact, hash, yanked } of Object.values<Entry>(versions)) {
        if (artifact.digest === digest || hash === digest) return { kind, reference: artifact, yanked };
      }
    }
  }
  throw new UsageError(`The build ${catalog.file.digest} names no artifact and no hash ${digest}.`);
}

/** An id can name a bundle and a template; then both are meant. */
async function find(catalog: Catalog, subject: string): Promise<Found[]> {
  const at = subject.lastIndexOf('@');
  const [id, version] = at <= 0 ? [subject, undefined] : [subject.slice(0, at), subject.slice(at + 1)];
  const found: Found[] = [];
  let miss: PromptcError | undefined;
  for (const [kind, plural] of KINDS) {
    const versions: Versions<Entry> | undefined = await catalog.versions(plural, id);
    if (versions === undefined) continue;
    try {
      const { artifact, yanked } = selectVersion(kind, id, versions, version).entry;
      found.push({ kind, reference: artifact, yanked });
    } catch (error) {
      // The other kind may have the version.
      if (!(error instanceof PromptcError)) throw error;
      miss = error;
    }
  }
  if (found.length > 0) return found;
  throw (
    miss ?? new UsageError(`The build names no bundle and no template "${id}". \`promptc inspect\` takes an id, id@version or a digest.`)
  );
}

/** As the index lists it. */
type Listed = ObjectReference & Pick<Found, 'yanked'>;

function bundleText(bundle: BundleArtifact, { digest, size, yanked }: Listed, staticText: readonly string[]): string {
  const lines = [
    `bundle ${bundle.id}@${bundle.version}`,
    `  hash      ${bundle.hash}`,
    `  artifact  ${digest} (${size} bytes)`,
    ...(yanked === undefined ? [] : [`  yanked    ${visible(yanked)}`]),
    ...(bundle.adapter_version === undefined ? [] : [`  adapter   ${visible(bundle.adapter_version)}`]),
    ...(bundle.tags === undefined ? [] : [`  tags      ${bundle.tags.map(visible).join(', ')}`]),
    '  slots',
    ...slotLines(bundle),
    ...staticText,
    '  payload',
    ...payloadLines(bundle.payloadSchema),
    ...jsonLines('constraints', bundle.constraints),
    ...jsonLines('config', bundle.config),
    ...jsonLines('output', bundle.output),
  ];
  return `${lines.join('\n')}\n`;
}

/** In the order in which they are assembled. */
function slotLines({ slots }: BundleArtifact): string[] {
  return SLOT_NAMES.flatMap((name) => {
    const slot = slots[name];
    return slot === undefined ? [] : [`    ${name.padEnd(11)} ${slot.id}@${slot.version}  ${slot.hash}`];
  });
}

/** How much of the bundle's prompts is the same for every payload: what providers bill less for, and what they read each time. */
async function staticLines(bundle: BundleArtifact, folder: DistFolder): Promise<string[]> {
  const source = new StoreSource(folder);
  const templates: { [slot in SlotName]?: TemplateArtifact } = {};
  for (const [slot, reference] of Object.entries(bundle.slots)) templates[slot as SlotName] = await source.template(reference);
  const { prefix, fixed, slots } = bundleStaticText(bundle, templates);
  const countTokens = await loadTokenCounter();
  const size = (texts: readonly string[]): string => {
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    const tokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
    return `${bytes} bytes (${tokens} tokens)`;
  };
  const line = (name: string, text: StaticText): string => `    ${name.padEnd(11)} ${size([text.prefix]).padEnd(26)} ${size(text.fixed)}`;
  return [
    `  static text   at the beginning           in all`,
    line('prompt', { prefix, fixed }),
    ...[...slots].map(([slot, text]) => line(slot, text)),
  ];
}

function templateText(template: TemplateArtifact, { digest, size, yanked }: Listed): string {
  const lines = [
    `template ${template.id}@${template.version}`,
    `  role      ${template.role}`,
    `  hash      ${template.hash}`,
    `  artifact  ${digest} (${size} bytes)`,
    ...(yanked === undefined ? [] : [`  yanked    ${visible(yanked)}`]),
    ...(template.adapter_version === undefined ? [] : [`  adapter   ${visible(template.adapter_version)}`]),
    ...jsonLines('inputs', template.inputs),
    ...jsonLines('constraints', template.constraints),
    `  operations (${template.operations.length}, ${template.slots} slots)`,
    ...operationsText(template.operations).map((line) => `    ${line}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** One line an input: its name, whether it is needed, its schema. */
function payloadLines(schema: Json): string[] {
  const lines: string[] = [];
  const walk = (value: Json | undefined, prefix: string): void => {
    if (!isObject(value) || !isObject(value['properties'])) return;
    const required = Array.isArray(value['required']) ? value['required'] : [];
    for (const [name, property] of Object.entries(value['properties'])) {
      if (prefix === '' && name === 'inputs') walk(property, 'inputs.');
      else lines.push(`    ${`${prefix}${name}${required.includes(name) ? '' : '?'}`.padEnd(24)} ${visible(JSON.stringify(property))}`);
    }
  };
  walk(schema, '');
  return lines;
}

function jsonLines(title: string, value: Json | undefined): string[] {
  if (!isObject(value) || Object.keys(value).length === 0) return [];
  return [`  ${title}`, ...Object.entries(value).map(([key, one]) => `    ${visible(key)}: ${visible(JSON.stringify(one))}`)];
}
