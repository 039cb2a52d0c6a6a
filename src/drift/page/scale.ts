/** From values to places of a chart. */

export interface Scale {
  readonly at: (value: number) => number;
  /** Round values to write beside it, in order. */
  readonly ticks: readonly number[];
}

/** A scale that begins and ends with round values, around all that is to be shown. */
export function roundScale(values: readonly number[], from: number, to: number, ticks = 4): Scale {
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const [low, high] = Number.isFinite(least) ? (least === most ? [least - 0.5, most + 0.5] : [least, most]) : [0, 1];
  const step = roundStep((high - low) / ticks);
  const [first, last] = [Math.floor(low / step), Math.ceil(high / step)];
  return {
    at: place(first * step, last * step, from, to),
    ticks: Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12))),
  };
}

/** A scale without rounding. */
export function place(low: number, high: number, from: number, to: number): (value: number) => number {
  const width = high - low;
  return (value) => Math.round((from + (width === 0 ? 0.5 : (value - low) / width) * (to - from)) * 10) / 10;
}

/** 1, 2 or 5 times a power of ten. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const times = step / power;
  return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
}
