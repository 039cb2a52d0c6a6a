/** Collects the cases and the problems of one suite. */
import type { JsonObject } from '../../base/json.js';
import type { SourceText } from '../../base/span.js';
import type { Place, Suite, SuiteCase, SuiteProblem } from './suite.js';

export class CaseList {
  readonly #source: SourceText;
  readonly #cases = new Map<string, SuiteCase>();
  readonly #problems: SuiteProblem[] = [];

  constructor(source: SourceText) {
    this.#source = source;
  }

  /** Takes a case whose keys fit the schema. */
  add(value: JsonObject, offset: number): void {
    const found = { place: this.#place(offset), ...value } as unknown as SuiteCase;
    const before = this.#cases.get(found.name);
    if (before !== undefined) {
      this.report(offset, `The name ${JSON.stringify(found.name)} is taken: line ${before.place.line} has it. Give each case its own.`);
    } else if (found.input !== undefined && found.example !== undefined) {
      this.report(offset, `${JSON.stringify(found.name)} has an \`input\` and an \`example\`. Keep the one that is its payload.`);
    } else this.#cases.set(found.name, found);
  }

  report(offset: number, message: string): void {
    this.#problems.push({ place: this.#place(offset), message });
  }

  suite(): Suite {
    return { file: this.#source.path, cases: [...this.#cases.values()], problems: this.#problems };
  }

  #place(offset: number): Place {
    return { file: this.#source.path, ...this.#source.position(offset) };
  }
}
