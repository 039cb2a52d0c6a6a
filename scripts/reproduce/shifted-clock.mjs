/** Preloaded by `npm run reproduce`: the program's clock is some five years ahead. */
const AHEAD = 5 * 366 * 24 * 60 * 60 * 1000;
const RealDate = Date;

globalThis.Date = class Date extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + AHEAD);
    else super(...args);
  }

  static now() {
    return RealDate.now() + AHEAD;
  }
};
