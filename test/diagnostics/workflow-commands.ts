/**
 * What a runner of GitHub Actions takes from the output of a step: it reads every line, in the form `::name
 * key=value,key=value::data` if it begins with `::`, else in the older form `##[name key=value;key=value]data`
 * wherever that stands.
 */

/** Some of them, and all that give a prompt power over a job. */
const NAMES = new Set(['error', 'warning', 'notice', 'debug', 'group', 'endgroup', 'add-mask', 'set-output', 'set-env', 'stop-commands']);

export interface WorkflowCommand {
  readonly name: string;
  readonly properties: { readonly [name: string]: string };
  readonly data: string;
}

/** The commands in an output. */
export function commandsOf(output: string): WorkflowCommand[] {
  return output.split(/\r\n|\n|\r/).flatMap((line) => commandOf(line) ?? olderCommandOf(line) ?? []);
}

function commandOf(line: string): WorkflowCommand | undefined {
  const text = line.trimStart();
  const end = text.indexOf('::', 2);
  if (!text.startsWith('::') || end === -1) return undefined;
  return parsed(text.slice(2, end), ',', text.slice(end + 2), {
    property: ['%0D', '%0A', '%3A', '%2C', '%25'],
    data: ['%0D', '%0A', '%25'],
  });
}

function olderCommandOf(line: string): WorkflowCommand | undefined {
  const start = line.indexOf('##[');
  const end = line.indexOf(']', start);
  if (start === -1 || end === -1) return undefined;
  const codes = ['%3B', '%0D', '%0A', '%5D', '%25'];
  return parsed(line.slice(start + 3, end), ';', line.slice(end + 1), { property: codes, data: codes });
}

function parsed(head: string, separator: string, data: string, codes: { property: string[]; data: string[] }): WorkflowCommand | undefined {
  const [name, ...rest] = head.split(' ');
  if (!NAMES.has(name!)) return undefined;
  const properties: { [name: string]: string } = {};
  for (const property of rest.join(' ').trim().split(separator)) {
    const equals = property.indexOf('=');
    if (equals > 0 && equals < property.length - 1)
      properties[property.slice(0, equals)] = decoded(property.slice(equals + 1), codes.property);
  }
  return { name: name!, properties, data: decoded(data, codes.data) };
}

/** One code after the other, `%25` last. */
function decoded(text: string, codes: readonly string[]): string {
  return codes.reduce((before, code) => before.replaceAll(code, decodeURIComponent(code)), text);
}
