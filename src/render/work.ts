/**
 * What one run's helpers may look through, so that a long list compared with another, or a long text counted
 * once an item, ends like a loop with too many steps.
 */
import { PromptcError } from '../base/error.js';
import type { RenderLimits } from './limits.js';

export class Work {
  #left: number;

  constructor(readonly limits: RenderLimits) {
    this.#left = limits.steps;
  }

  /** Counts values that are looked at. */
  spend(values: number): void {
    this.#left -= values;
    if (this.#left < 0) throw tooLong(this.limits);
  }

  /** Counts a text that is looked through; a step goes a long way in one. */
  spendText(length: number): void {
    if (length > 64) this.spend(length >> 4);
  }

  /** Refuses a text before it is made. */
  allowText(length: number): void {
    if (length > this.limits.promptBytes) throw tooLarge(this.limits);
    this.spendText(length);
  }
}

/** The error of a prompt over its limit. */
export function tooLarge(limits: RenderLimits): PromptcError {
  return new PromptcError('prompt_too_large', `The rendered prompt is larger than ${limits.promptBytes} bytes.`);
}

/** The error of a run over its limit. */
export function tooLong(limits: RenderLimits): PromptcError {
  return new PromptcError('render_too_long', `The render takes more than ${limits.steps} steps.`);
}
