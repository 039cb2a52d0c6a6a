/**
 * `npm run check`: everything that must hold before a change lands, in one command. Runs every check even if
 * an earlier one failed, and ends with `N passed, N failed`: a check counts as one, the tests one by one.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

interface Check {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

const results = await mkdtemp(path.join(tmpdir(), 'promptc-check-'));
const testReport = path.join(results, 'tests.json');

const CHECKS: readonly Check[] = [
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'unused code and packages', command: ['knip'] },
  { name: 'build', command: ['npm', 'run', '--silent', 'build'] },
];
const TESTS: Check = {
  name: 'tests and coverage',
  command: ['vitest', 'run', '--coverage', '--reporter=default', '--reporter=json', `--outputFile.json=${testReport}`],
};

let passed = 0;
let failed = 0;
for (const check of CHECKS) {
  if (await run(check)) passed++;
  else failed++;
}
const testsPassed = await run(TESTS);
const counts = await readCounts();
passed += counts.passed;
failed += counts.failed;
// Coverage below its gate, or a runner that broke down, fails without a failed test.
if (!testsPassed && counts.failed === 0) failed++;
await rm(results, { recursive: true });

process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

/** Runs a command of this project's packages, its output passed on; returns whether it succeeded. */
async function run({ name, command: [program, ...args] }: Check): Promise<boolean> {
  const start = performance.now();
  process.stdout.write(`\n── ${name}: ${[program, ...args.filter((arg) => !arg.includes(results))].join(' ')}\n`);
  const code = await new Promise<number | null>((resolve) => {
    const child = spawn(program, args, { stdio: 'inherit', shell: process.platform === 'win32' });
    child.on('error', () => resolve(null));
    child.on('close', resolve);
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stdout.write(`── ${name}: ${code === 0 ? 'passed' : 'FAILED'} (${seconds} s)\n`);
  return code === 0;
}

/** No report, or one without tests, counts as a failure: nothing was shown. */
async function readCounts(): Promise<{ passed: number; failed: number }> {
  try {
    const report = JSON.parse(await readFile(testReport, 'utf8')) as { numPassedTests: number; numTotalTests: number };
    const { numPassedTests, numTotalTests } = report;
    return { passed: numPassedTests, failed: numTotalTests === 0 ? 1 : numTotalTests - numPassedTests };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
