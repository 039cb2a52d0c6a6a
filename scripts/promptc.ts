/** The command line, straight from the sources: `npm run promptc -- build`. */
import '../src/cli/main.js';
