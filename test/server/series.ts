/** Prometheus' text format as its description has it, read strictly. */

const HELP = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (?:[^\\]|\\\\|\\n)+$/;
const TYPE = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/;
const LABEL = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*"`;
const SAMPLE = new RegExp(String.raw`^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{${LABEL}(?:,${LABEL})*\})? (NaN|[+-]Inf|-?[0-9.]+(?:e[+-]?[0-9]+)?)$`);

/** Every series with its value; throws for text that breaks the format. */
export function series(text: string): Map<string, number> {
  if (!text.endsWith('\n')) throw new Error('The last line has no end.');
  const found = new Map<string, number>();
  const metrics = new Set<string>();
  const lines = text.slice(0, -1).split('\n');
  let metric = '';
  for (let i = 0; i < lines.length; i++) {
    const help = HELP.exec(lines[i]!);
    if (help !== null) {
      const type = TYPE.exec(lines[++i]!);
      metric = help[1]!;
      if (type?.[1] !== metric || metrics.has(metric)) throw new Error(`No type, or twice: ${lines[i]}`);
      if ((type[2] === 'counter') !== metric.endsWith('_total')) throw new Error(`A counter's name ends in _total: ${metric}`);
      metrics.add(metric);
      continue;
    }
    const [, name, labels = '', value] = SAMPLE.exec(lines[i]!) ?? [];
    if (name === undefined || !new RegExp(`^${metric}(?:_bucket|_sum|_count)?$`).test(name)) throw new Error(`Line ${i + 1}: ${lines[i]}`);
    if (found.has(name + labels)) throw new Error(`Twice: ${name}${labels}`);
    found.set(name + labels, value!.endsWith('Inf') ? Number(`${value}inity`) : Number(value));
  }
  return found;
}
