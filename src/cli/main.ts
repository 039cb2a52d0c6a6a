#!/usr/bin/env node
import { processTerminal } from './io.js';
import { run } from './program.js';

// Nobody reads the talk any more: the work goes on.
process.stderr.on('error', () => {});
process.exitCode = await run(process.argv.slice(2), processTerminal());
