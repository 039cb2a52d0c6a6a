/** What the bench of parsing times, in one module: built apart, the parts would not know each other's classes. */
export { Diagnostics } from '../../src/base/diagnostic.js';
export { SourceText } from '../../src/base/span.js';
export { compile } from '../../src/compile/compile.js';
export { DEFAULT_CONFIG } from '../../src/compile/config.js';
export { lower } from '../../src/compile/lower/lower.js';
export { parseTemplate } from '../../src/compile/parse/template/parse-template.js';
