/**
 * The command line: commands, options and their help. What each command does is in a file of its own, which is loaded when
 * the command is run: a server need not wait for the compiler.
 */
import { Command, CommanderError, Option } from 'commander';
import { KeysError } from '../access/keys-error.js';
import { SCOPES } from '../access/scope.js';
import { PromptcError } from '../base/error.js';
import { ENGINE_VERSION } from '../base/version.js';
import type { auditVerify } from './audit.js';
import { between, count, countOrNone, digest, duration, expiry, pointInTime, port, scopes, seconds } from './arguments.js';
import type { build, check } from './build.js';
import type { bump } from './bump.js';
import {
  BUMP_LEVELS,
  DEFAULT_OUT,
  DIFF_FORMATS,
  DRIFT_FORMATS,
  FORMATS,
  LOG_FORMATS,
  RENDER_FORMS,
  REPLAY_FORMATS,
  SERVER_LOG_FORMATS,
  VERIFY_FORMATS,
  YANK_KINDS,
} from './choices.js';
import type { dev } from './dev.js';
import type { diff } from './diff.js';
import type { drift } from './drift.js';
import type { evalSuites } from './eval.js';
import type { inspect } from './inspect.js';
import { EXIT, type ExitCode, type Terminal, UsageError } from './io.js';
import type { addKey, listKeys, revokeKey } from './keys.js';
import type { log } from './log.js';
import type { prune } from './prune.js';
import type { render } from './render.js';
import type { replay } from './replay.js';
import type { serve } from './serve.js';
import type { verify } from './verify.js';
import type { yank } from './yank.js';

/**
 * Runs a command.
 *
 * @param args - the arguments behind the program's name
 * @returns the code to exit with
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = EXIT.fine;
  const program = createProgram(terminal, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // Commander has printed what was wrong; asked for help, it ends with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
    if (error instanceof UsageError || error instanceof KeysError) terminal.err(`error: ${error.message}\n`);
    else if (error instanceof PromptcError)
      terminal.err(
        `error: ${error.message}\n${error.problems.map(({ path, message }) => `  ${path || '(the payload)'} ${message}\n`).join('')}`,
      );
    else throw error;
    return EXIT.usage;
  }
}

function createProgram(terminal: Terminal, end: (code: ExitCode) => void): Command {
  const program = new Command('promptc')
    .description('The compiler and read-only server for LLM prompts: a reviewed Git commit is the running prompt.')
    .version(ENGINE_VERSION, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .showHelpAfterError('(run with --help for the options)')
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) });

  command('init', 'make a prompts/ folder that works, with a CI workflow', ['promptc init', 'promptc init my-prompts'])
    .argument('[dir]', 'where', '.')
    .action(async (dir: string) => end(await (await import('./init.js')).init(terminal, dir)));

  command('build', 'compile prompts/ into content-hashed artifacts', [
    'promptc build',
    'promptc build --root services/chat --out build/prompts',
    'promptc build --format json',
  ])
    .addOption(rootOption().default('.'))
    .option('--out <dir>', 'where the build goes, from --root', DEFAULT_OUT)
    .option('--frozen', 'write no lock, and fail if it would change (the default when CI is set)')
    .option('--no-frozen', 'write the lock, also where CI is set')
    .option('--update', 'resolve the references of drafts anew')
    .addOption(baseOption())
    .addOption(currentOnlyOption())
    .addOption(noCacheOption())
    .addOption(formatOption())
    .action(async (options: Parameters<typeof build>[1]) => end(await (await import('./build.js')).build(terminal, options)));

  command('check', 'all that build does, but writes nothing', [
    'promptc check',
    'promptc check --root services/chat --format github',
    'promptc check --format sarif > promptc.sarif',
  ])
    .addOption(rootOption().default('.'))
    .addOption(baseOption())
    .addOption(currentOnlyOption())
    .addOption(noCacheOption())
    .addOption(formatOption())
    .action(async (options: Parameters<typeof check>[1]) => end(await (await import('./build.js')).check(terminal, options)));

  command('diff', 'what changed in each bundle, what it weighs, and whether the version says so', [
    'promptc diff',
    'promptc diff origin/main --format markdown',
    'promptc diff v1.0..v2.0 --format json',
  ])
    .argument('[rev]', 'what to compare the working tree with, or a..b (default: what is published)')
    .addOption(rootOption().default('.'))
    .addOption(new Option('--format <format>', 'how the diff is printed').choices(DIFF_FORMATS).default('text'))
    .option('--exit-code', 'end with 1 if a version does not cover what changed')
    .action(async (revision: string | undefined, options: Parameters<typeof diff>[2]) =>
      end(await (await import('./diff.js')).diff(terminal, revision, options)),
    );

  command('bump', 'raise the versions of what changed, and of what must follow', [
    'promptc bump',
    'promptc bump support/tone',
    'promptc bump support-agent --level major',
  ])
    .argument('[id...]', 'only these templates and bundles, and what follows from them')
    .addOption(rootOption().default('.'))
    .addOption(baseOption())
    .addOption(
      new Option('--level <level>', 'as far as the changes ask for, or which number of the version').choices(BUMP_LEVELS).default('auto'),
    )
    .action(async (ids: string[], options: Parameters<typeof bump>[2]) =>
      end(await (await import('./bump.js')).bump(terminal, ids, options)),
    );

  command('yank', 'take a published version out of defaults and ranges', [
    'promptc yank support-agent@2.1.0 --reason "Promises refunds."',
    'promptc yank support/tone@1.3.0 --kind template --reason "Too curt."',
  ])
    .argument('<version>', "a bundle's or template's id@version")
    .addOption(rootOption().default('.'))
    .requiredOption('--reason <text>', 'why, for whoever asks for it')
    .addOption(new Option('--kind <kind>', 'which of the two, if both have this version').choices(YANK_KINDS))
    .action(async (version: string, options: Parameters<typeof yank>[2]) =>
      end(await (await import('./yank.js')).yank(terminal, version, options)),
    );

  command('log', 'the versions of a bundle or template, and the commit that published each', [
    'promptc log support-agent',
    'promptc log support/tone --format json',
  ])
    .argument('<id>', "a bundle's or template's id")
    .addOption(rootOption().default('.'))
    .addOption(new Option('--format <format>', 'how the list is printed').choices(LOG_FORMATS).default('text'))
    .action(async (id: string, options: Parameters<typeof log>[2]) => end(await (await import('./log.js')).log(terminal, id, options)));

  command('render', 'render a bundle once', [
    'promptc render support-agent --input payload.json',
    `echo '{"task": "Refund?"}' | promptc render support-agent@2.1.0 --input - --as messages`,
    'promptc render support-agent --root . --example refund',
  ])
    .argument('<bundle>', 'id, id@version or id@range')
    .option('--input <file>', 'the payload, as JSON; - reads standard input (default: {})')
    .option('--example <name>', "render one of the bundle's examples (with --root)")
    .addOption(new Option('--dir <dir>', 'the build to render from').default('dist'))
    .addOption(rootOption().conflicts('dir'))
    .addOption(new Option('--as <form>', 'what to print').choices(RENDER_FORMS).default('text'))
    .action(async (bundle: string, options: Parameters<typeof render>[2]) =>
      end(await (await import('./render.js')).render(terminal, bundle, options)),
    );

  command('serve', 'serve a build over HTTP', [
    'promptc serve',
    'promptc serve --dir build/prompts --port 8080',
    'promptc serve --host 0.0.0.0 --keys keys.json --audit jsonl:audit.jsonl --drain 5',
    'promptc serve --from https://prompts.example.com/dist/ --dir /var/lib/promptc',
  ])
    .option('--dir <dir>', 'the build (default: dist)')
    .option('--from <url>', 'where builds lie on a static host; --dir is the folder that they are kept in')
    .addOption(new Option('--expect <digest>', 'the only build that is taken from there').argParser(digest))
    .option('--wait', 'start without a build, and answer 503 until there is one', false)
    .option('--host <host>', 'the address to listen on', '127.0.0.1')
    .addOption(new Option('--port <port>', 'the port; 0 takes a free one').default(7070).argParser(port))
    .option('--keys <file>', 'let in who has one of these keys (`promptc keys add` makes them)')
    .option('--public', 'let anybody render and read, wherever they are', false)
    .option('--audit <sink>', 'record renders: jsonl:<path>, sqlite:<path>, stdout or null (default: null)')
    .option('--audit-payload', 'record payloads too, which is what `promptc replay` renders again', false)
    .addOption(
      new Option('--audit-mask <path>', 'what of payloads is not recorded, such as inputs.email (more than once if need be)').argParser(
        (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
      ),
    )
    .addOption(new Option('--cache <number>', 'how many bundles are kept ready; 0 keeps nothing').argParser(countOrNone))
    .addOption(new Option('--max-concurrent <number>', 'requests in flight; further ones are told to come back').argParser(count))
    .addOption(
      new Option('--drain <seconds>', 'how long to go on answering when told to stop, while /readyz says so').default(0).argParser(seconds),
    )
    .option('--no-metrics', 'leave out /metrics')
    .addOption(
      new Option('--log-format <format>', 'how the log is written (default: text on a terminal, else json)').choices(SERVER_LOG_FORMATS),
    )
    .option('--log-requests', 'write a line for each request', false)
    .action(async (options: Parameters<typeof serve>[1]) => end(await (await import('./serve.js')).serve(terminal, options)));

  command('dev', 'serve the drafts in prompts/, and go on with what changes in them', [
    'promptc dev',
    'promptc dev --render support-agent@refund',
    'promptc dev --root services/chat --port 0',
  ])
    .addOption(rootOption().default('.'))
    .option('--out <dir>', 'where builds go when it is quiet, from --root', DEFAULT_OUT)
    .option('--host <host>', 'the address to listen on, of this machine alone', '127.0.0.1')
    .addOption(new Option('--port <port>', 'the port; 0 takes a free one').default(7070).argParser(port))
    .option('--render <bundle>', 'show a bundle after each edit, or one of its examples: bundle@example')
    .addOption(baseOption())
    .addOption(noCacheOption())
    .action(async (options: Parameters<typeof dev>[1]) => end(await (await import('./dev.js')).dev(terminal, options)));

  const keys = command('keys', 'make, list and revoke the keys that `promptc serve --keys` lets in', [
    'promptc keys add --keys keys.json --id web',
    'promptc keys list --keys keys.json',
    'promptc keys revoke web --keys keys.json',
  ]);
  command(
    'add',
    'make a key and print it, this once: the file holds its hash only',
    [
      'promptc keys add --keys keys.json --id web > web.key',
      'promptc keys add --keys keys.json --id support --scope render,read --prefix support/ --expires 90d',
      'promptc keys add --keys keys.json --scope metrics --note "The monitoring."',
    ],
    keys,
  )
    .addOption(keysOption())
    .option('--id <id>', 'what logs and audit records call it (default: random)')
    .addOption(new Option('--scope <scopes>', `what it is for: ${SCOPES.join(', ')}`).default(['render'], 'render').argParser(scopes))
    .option('--prefix <prefix>', 'the only ids that it reaches, such as support/ (default: all)')
    .addOption(new Option('--expires <when>', 'until when: 90d, 12h, 2026-01-31 (default: for ever)').argParser(expiry))
    .option('--note <text>', 'who has it, and what for')
    .action(async (options: Parameters<typeof addKey>[1]) => end(await (await import('./keys.js')).addKey(terminal, options)));
  command('list', 'show who has keys, and what for', ['promptc keys list --keys keys.json'], keys)
    .addOption(keysOption())
    .action(async (options: Parameters<typeof listKeys>[1]) => end(await (await import('./keys.js')).listKeys(terminal, options)));
  command('revoke', 'let a key open nothing any more; servers notice within seconds', ['promptc keys revoke web --keys keys.json'], keys)
    .argument('<id>', 'of the key')
    .addOption(keysOption())
    .action(async (id: string, options: Parameters<typeof revokeKey>[2]) =>
      end(await (await import('./keys.js')).revokeKey(terminal, id, options)),
    );

  command('verify', 'compare a build with its manifest, the lock and Git, byte by byte', [
    'promptc verify',
    'promptc verify --dir build/prompts --root services/chat',
    'promptc verify --format json',
  ])
    .option('--dir <dir>', 'the build', 'dist')
    .addOption(rootOption().default('.'))
    .addOption(new Option('--format <format>', 'how findings are printed').choices(VERIFY_FORMATS).default('text'))
    .action(async (options: Parameters<typeof verify>[1]) => end(await (await import('./verify.js')).verify(terminal, options)));

  command('prune', 'remove the artifacts that only old builds need, and what killed builds left unfinished', [
    'promptc prune --keep 3',
    'promptc prune --keep 1 --dry-run',
  ])
    .option('--dir <dir>', 'the folder with the builds', 'dist')
    .addOption(
      new Option('--keep <number>', 'how many of the last builds stay; the present one always does').makeOptionMandatory().argParser(count),
    )
    .option('--dry-run', 'list what would be removed, and remove nothing', false)
    .action(async (options: Parameters<typeof prune>[1]) => end(await (await import('./prune.js')).prune(terminal, options)));

  command('inspect', 'show what was compiled', [
    'promptc inspect support-agent',
    'promptc inspect support/system@1.2.0',
    'promptc inspect sha256:…',
  ])
    .argument('<subject>', "a bundle's or template's id, id@version, or a digest")
    .option('--dir <dir>', 'the build', 'dist')
    .action(async (subject: string, options: Parameters<typeof inspect>[2]) =>
      end(await (await import('./inspect.js')).inspect(terminal, subject, options)),
    );

  command('replay', 'render again what an audit log recorded, and compare', [
    'promptc replay record.json',
    'promptc replay sha256:… --audit jsonl:/var/log/promptc/audit.jsonl',
    'promptc replay record.json --input payload.json --dir build/prompts',
  ])
    .argument('<record>', 'a file with a record, - for standard input, or a prompt or bundle hash (its newest record, with --audit)')
    .option('--audit <sink>', 'the log to find the record in: jsonl:<path> or sqlite:<path>')
    .option('--input <file>', 'the payload, as JSON, if the log did not keep it; - reads standard input')
    .option('--dir <dir>', 'the builds', 'dist')
    .addOption(new Option('--format <format>', 'how the result is printed').choices(REPLAY_FORMATS).default('text'))
    .action(async (record: string, options: Parameters<typeof replay>[2]) =>
      end(await (await import('./replay.js')).replay(terminal, record, options)),
    );

  command('eval', "hold answers to what their bundles demand: recorded ones, or a model's", [
    'promptc eval evals/',
    'promptc eval evals/ --against origin/main --junit eval.xml --html eval.html',
    "promptc eval evals/ --command './answer.sh'",
    'promptc eval evals/ --endpoint https://api.openai.com/v1 --model gpt-4.1 --key-env OPENAI_API_KEY',
  ])
    .argument('<suite...>', 'files (.yaml, .yml, .jsonl), or folders of them')
    .addOption(rootOption().default('.'))
    .option('--against <rev|file>', 'fail on new violations only: beside this revision, or results that --json has written')
    .addOption(
      new Option('--command <command>', 'ask this program: it reads the prompt as JSON and prints the answer').conflicts('endpoint'),
    )
    .option('--endpoint <url>', 'ask this server, which completes chats as OpenAI does')
    .option('--model <name>', 'the model that the endpoint is to use')
    .option('--key-env <variable>', "the environment variable that holds the endpoint's key")
    .option('--stream', 'have the endpoint send answers piece by piece')
    .addOption(new Option('--concurrency <number>', 'how many answers are under way at once').default(4).argParser(between(1, 64)))
    .addOption(new Option('--retries <number>', 'how often to try again what may pass').default(4).argParser(between(0, 20)))
    .addOption(new Option('--timeout <seconds>', 'how long an answer may take, retries included').default(120).argParser(between(1, 3600)))
    .option('--no-cache', 'ask again, also for prompts that have not changed')
    .option('--json <file>', 'write the results, for programs and for --against')
    .option('--junit <file>', 'write them as JUnit XML')
    .option('--html <file>', 'write them as a page that shows each answer')
    .action(async (suites: string[], options: Parameters<typeof evalSuites>[2]) =>
      end(await (await import('./eval.js')).evalSuites(terminal, suites, options)),
    );

  command('drift', 'whether a persona moves, in the answers of a model over time', [
    'promptc drift answers.jsonl',
    'promptc drift answers.jsonl --window 7d --html drift.html',
    'promptc drift answers.jsonl --audit jsonl:/var/log/promptc/audit.jsonl --bundle support-agent',
  ])
    .argument('<answers>', 'a file of lines {"time", "bundle", "version", "prompt_hash", "text"}; with --audit, of {"prompt_hash", "text"}')
    .option('--audit <sink>', 'the log that says which bundle a prompt came from, and when: jsonl:<path> or sqlite:<path>')
    .option('--dir <dir>', 'the build that says what bundles demand of answers', 'dist')
    .option('--bundle <id>', 'the only bundle to look at (default: all)')
    .addOption(new Option('--baseline-until <time>', 'where the baseline ends (default: after the first half)').argParser(pointInTime))
    .addOption(new Option('--since <time>', 'where the current window begins (default: the last quarter)').argParser(pointInTime))
    .addOption(
      new Option('--window <duration>', 'how long the current window is, up to the last answer: 7d, 12h')
        .argParser(duration)
        .conflicts('since'),
    )
    .addOption(new Option('--format <format>', 'how the report is printed').choices(DRIFT_FORMATS).default('text'))
    .option('--html <file>', 'write a page with charts as well')
    .action(async (answers: string, options: Parameters<typeof drift>[2]) =>
      end(await (await import('./drift.js')).drift(terminal, answers, options)),
    );

  const audit = command('audit', 'verify an audit log, or print its head', [
    'promptc audit head jsonl:audit.jsonl >> heads.txt',
    'promptc audit verify jsonl:audit.jsonl --head heads.txt',
  ]);
  command(
    'verify',
    'find what was edited, removed or moved in an audit log',
    ['promptc audit verify jsonl:audit.jsonl', 'promptc audit verify sqlite:audit.db --head heads.txt'],
    audit,
  )
    .argument('<sink>', 'the log: jsonl:<path> or sqlite:<path>')
    .option('--head <head>', 'a head that was kept elsewhere, <sequence>:<hash>, or a file with one on each line')
    .option('--after <head>', 'where the log begins, if its oldest records were removed on purpose: the head at their end')
    .action(async (sink: string, options: Parameters<typeof auditVerify>[2]) =>
      end(await (await import('./audit.js')).auditVerify(terminal, sink, options)),
    );
  command('head', "print the last record's place in the chain, to be kept elsewhere", ['promptc audit head jsonl:audit.jsonl'], audit)
    .argument('<sink>', 'the log: jsonl:<path> or sqlite:<path>')
    .action(async (sink: string) => end(await (await import('./audit.js')).auditHead(terminal, sink)));

  program.addHelpText('after', `\nExit codes: 0 fine, 1 prompts or answers are not as they must be, 2 wrong usage or environment.\n`);
  return program;

  function command(name: string, description: string, examples: readonly string[], parent = program): Command {
    const lines = examples.map((example) => `  $ ${example}\n`).join('');
    return parent.command(name).description(description).addHelpText('after', `\nExamples:\n${lines}`);
  }
}

function rootOption(): Option {
  return new Option('--root <dir>', 'the project: the folder that holds prompts/');
}

function baseOption(): Option {
  return new Option('--base <rev>', 'the revision whose lock says what is published (default: found out, docs/lock.md)');
}

function currentOnlyOption(): Option {
  return new Option('--current-only', 'leave out published versions that the working tree no longer holds');
}

function noCacheOption(): Option {
  return new Option('--no-cache', 'compile every file, also those that have not changed since the last build');
}

function formatOption(): Option {
  return new Option('--format <format>', 'how diagnostics are printed').choices(FORMATS).default('text');
}

function keysOption(): Option {
  return new Option('--keys <file>', 'the keys file').makeOptionMandatory();
}
