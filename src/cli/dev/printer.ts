/** What `promptc dev` says: one line for each time that it compiled, and what is wrong. */
import type { Diagnostic } from '../../base/diagnostic.js';
import { type Digest, hexOf } from '../../base/digest.js';
import type { DevReport } from '../../dev/dev-server.js';
import type { Taken } from '../../dev/session.js';
import { counted } from '../counted.js';
import { countText } from '../diagnostics/severities.js';
import { diagnosticsText } from '../diagnostics/text.js';
import { visible } from '../diagnostics/visible.js';
import type { Terminal } from '../io.js';

export interface PrinterOptions {
  /** What stands before the paths of files, with a slash at its end. */
  readonly folder: string;
  /** The output folder, as the user calls it. */
  readonly out: string;
}

export class DevPrinter {
  readonly #terminal: Terminal;
  readonly #options: PrinterOptions;
  /** The warnings that were there the last time, which need not be said again. */
  #known: ReadonlySet<string> = new Set();
  #hasBuilt = false;

  constructor(terminal: Terminal, options: PrinterOptions) {
    this.#terminal = terminal;
    this.#options = options;
  }

  print(report: DevReport, served: Digest | undefined): void {
    const { out } = this.#options;
    switch (report.kind) {
      case 'taken':
        this.#diagnostics(report.compiled.diagnostics);
        this.#line(`${filesText(report.files)}${this.#changeText(report)} in ${duration(report.milliseconds)} (${short(served)})`);
        this.#hasBuilt = true;
        break;
      case 'broken':
        this.#diagnostics(report.compiled.diagnostics);
        this.#line(
          `${filesText(report.files)}${countText(report.compiled.diagnostics)} in ${duration(report.milliseconds)}. ${still(served)}`,
        );
        break;
      case 'failed':
        this.#line(
          `${filesText(report.files)}${report.error.message.split('\n').map(visible).join('\n')}\n${still(served)} Tried again with the next change.`,
        );
        break;
      case 'polling':
        this.#line(`Not every change is told of: ${report.reason}. Files are looked at twice a second instead.`);
        break;
      case 'kept':
        this.#line(
          `${out} stays as it is while a published version is edited: ${report.edited.map(visible).join(', ')}. ` +
            'Raise its version with `promptc bump`, or take the edit back.',
        );
        break;
      case 'unwritable':
        this.#line(`${out} cannot be written: ${visible(report.reason)}. The drafts are served all the same.`);
        break;
      case 'limits':
        this.#line('Limits of rendering have changed: stop, and start again for the server to take them.');
        break;
      case 'written':
        break;
    }
  }

  /** Errors, and the warnings that are new: those of other files would hide what the last edit did. */
  #diagnostics(diagnostics: readonly Diagnostic[]): void {
    const shown = diagnostics.filter((one) => one.severity === 'error' || !this.#known.has(keyOf(one)));
    this.#known = new Set(diagnostics.map(keyOf));
    this.#terminal.err(diagnosticsText(shown, this.#terminal.colour, this.#options.folder));
  }

  #changeText({ build, changed: { templates, bundles }, isNew }: Taken): string {
    if (!this.#hasBuilt) return `compiled ${counted(build.templates.length, 'template')} and ${counted(build.bundles.length, 'bundle')}`;
    if (!isNew) return 'the same build';
    const parts = [
      ...(templates.length === 0 ? [] : [counted(templates.length, 'template')]),
      ...(bundles.length === 0 ? [] : [counted(bundles.length, 'bundle')]),
    ];
    return parts.length === 0 ? 'the index alone' : parts.join(', ');
  }

  #line(text: string): void {
    // Local time, of a person's clock.
    this.#terminal.err(`${new Date().toTimeString().slice(0, 8)}  ${text}\n`);
  }
}

/** Whatever line it is on by now. */
function keyOf({ code, message, span }: Diagnostic): string {
  return `${code}\n${span.source.path}\n${message}`;
}

/** How many of the files that changed are named. */
const MOST_NAMED = 3;

function filesText(files: readonly string[] | undefined): string {
  if (files === undefined) return '';
  const named = files.slice(0, files.length > MOST_NAMED ? 1 : MOST_NAMED).map(visible);
  const more = files.length - named.length;
  return `${named.join(', ')}${more === 0 ? '' : ` and ${counted(more, 'more file')}`} → `;
}

function duration(milliseconds: number): string {
  return milliseconds < 10_000 ? `${Math.max(1, Math.round(milliseconds))} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

function short(digest: Digest | undefined): string {
  return digest === undefined ? 'no build' : `sha256:${hexOf(digest).slice(0, 12)}…`;
}

function still(served: Digest | undefined): string {
  return served === undefined ? 'There is no good build to serve yet.' : `Still serving the last good build (${short(served)}).`;
}
