/** `npm start`: compiles this project's own prompts, serves them, and shows how to ask for one. */
import { EXIT, processTerminal } from '../src/cli/io.js';
import { build } from '../src/cli/build.js';
import { compileProject } from '../src/cli/project.js';
import { serve } from '../src/cli/serve.js';

const HOST = '127.0.0.1';
const PORT = 7070;
const OUT = 'dist';

const terminal = processTerminal();
process.exitCode = await build(terminal, { root: '.', out: OUT, format: 'text' });
if (process.exitCode === EXIT.fine) {
  const { examples } = await compileProject('.');
  const shortest = examples.toSorted((a, b) => JSON.stringify(a.example.input).length - JSON.stringify(b.example.input).length)[0]!;
  const body = JSON.stringify({ bundle_id: shortest.bundle, ...shortest.example.input }).replaceAll("'", String.raw`'\''`);
  terminal.out(`\nRender one:\n\n  curl -s http://${HOST}:${PORT}/v1/prompts/render -H 'content-type: application/json' -d '${body}'\n\n`);
  process.exitCode = await serve(terminal, { dir: OUT, host: HOST, port: PORT });
}
