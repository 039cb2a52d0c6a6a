/** The package's version, returned with every render as `engine_version`; a test holds it to package.json. */
export const ENGINE_VERSION = '0.1.0';

/** The version of the language's and the hashes' semantics that this compiler writes. */
export const SPEC = 1;
