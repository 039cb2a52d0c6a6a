/** `npm start`: compiles this project's own prompts, serves them, and shows how to ask for one. */
import { printDiagnostics } from '../src/cli/diagnostics/format.js';
import { EXIT, processTerminal } from '../src/cli/io.js';
import { buildProject } from '../src/cli/project.js';
import { serve } from '../src/cli/serve.js';

const OUT = 'dist';

const terminal = processTerminal();
const { compiled } = await buildProject('.', OUT);
await printDiagnostics(terminal, compiled.diagnostics, { format: 'text', root: terminal.cwd });
if (compiled.build === undefined) process.exitCode = EXIT.promptErrors;
else process.exitCode = await serve(terminal, { dir: OUT, host: '127.0.0.1', port: 7070, onListening: showExample });

/** Prints the shortest example as a command that a shell can run. */
function showExample(url: string): void {
  const bodies = compiled.examples.map(({ bundle, example }) => JSON.stringify({ bundle_id: bundle.id, ...example.input }));
  const [shortest] = bodies.toSorted((a, b) => a.length - b.length);
  const quoted = shortest!.replaceAll("'", String.raw`'\''`);
  terminal.out(`\nRender one:\n\n  curl -s ${url}/v1/prompts/render -H 'content-type: application/json' -d '${quoted}'\n\n`);
}
