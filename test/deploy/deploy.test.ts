/** What operators take from deploy/, held to the tools that read it and to what the server has. */
import { readFileSync } from 'node:fs';
import { parser as promql } from '@prometheus-io/lezer-promql';
import { validate } from 'dockerfile-utils';
import { loadAll } from 'js-yaml';
import { Deployment } from 'kubernetes-models/apps/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Service } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { call, SMALL, startServerForTest } from '../server/test-server.js';
import { runCommand } from '../support/terminal.js';

const file = (name: string): string => readFileSync(new URL(`../../deploy/${name}`, import.meta.url), 'utf8');

describe('deploy/Dockerfile', () => {
  const text = file('Dockerfile');

  it('is one that Docker reads', () => {
    expect(validate(text)).toEqual([]);
    expect(validate(text.replace('WORKDIR', 'WORKDIRS'))).not.toEqual([]);
  });

  it('runs as somebody who is not root, and names no host', () => {
    const last = text.slice(text.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER node$/m);
    expect(last).not.toMatch(/^RUN /m);
    expect([...text.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)).toEqual([
      'node:22-bookworm-slim',
      'promptc',
      'node:22-bookworm-slim',
    ]);
  });

  it('starts promptc with options that it has', async () => {
    const [, command] = /^CMD (\[.*\])$/m.exec(text)!;
    expect(await unknownOptions(JSON.parse(command!) as string[])).toEqual([]);
  });
});

describe('deploy/kubernetes.yaml', () => {
  const [deployment, service, budget] = loadAll(file('kubernetes.yaml')) as [
    ConstructorParameters<typeof Deployment>[0] & { spec: { template: { spec: { containers: { args: string[] }[] } } } },
    ConstructorParameters<typeof Service>[0],
    ConstructorParameters<typeof PodDisruptionBudget>[0],
  ];

  it("fits Kubernetes' own schemas", () => {
    expect(() => new Deployment(deployment).validate()).not.toThrow();
    expect(() => new Service(service).validate()).not.toThrow();
    expect(() => new PodDisruptionBudget(budget).validate()).not.toThrow();
    expect(() => new Service({ ...service, spec: { ports: [{ port: 'eighty' as unknown as number }] } }).validate()).toThrow('port');
  });

  it('starts promptc with options that it has', async () => {
    expect(await unknownOptions(deployment.spec.template.spec.containers[0]!.args)).toEqual([]);
  });

  it('probes routes that answer', async () => {
    const server = await startServerForTest(SMALL);
    const paths = [...file('kubernetes.yaml').matchAll(/path: (\/\w+)/g)].map(([, path]) => path!);
    expect(paths).toHaveLength(3);
    for (const path of paths) expect((await call(server, path)).status).toBe(200);
  });
});

describe('deploy/grafana-dashboard.json', () => {
  const dashboard = JSON.parse(file('grafana-dashboard.json')) as {
    panels: {
      title: string;
      type: string;
      id: number;
      gridPos: { x: number; y: number; w: number; h: number };
      targets?: { expr: string }[];
    }[];
    annotations: { list: { expr: string }[] };
    templating: { list: { query: string | { query: string } }[] };
  };
  const expressions = [
    ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
    ...dashboard.annotations.list.map(({ expr }) => expr),
  ];

  it('asks in PromQL', () => {
    expect(expressions.length).toBeGreaterThan(15);
    for (const expression of expressions) expect([expression, errorsIn(expression)]).toEqual([expression, 0]);
    expect(errorsIn('sum(rate(x[5m]) by (le')).toBeGreaterThan(0);
  });

  it('asks for metrics that the server has, by labels that they have', async () => {
    const server = await startServerForTest(SMALL);
    const known = new Set((await call(server, '/metrics')).text.match(/^# TYPE \S+/gm)!.map((line) => line.slice('# TYPE '.length)));
    // Of an audit log, which this server does not have; test/server/metrics.test.ts sees them.
    for (const name of ['records_total', 'dropped_total', 'failures_total', 'queued']) known.add(`promptc_audit_${name}`);
    const asked = new Set(
      expressions.flatMap((expression) => metricsIn(expression)).map((name) => name.replace(/_(?:bucket|count|sum)$/, '')),
    );
    expect([...asked].filter((name) => !known.has(name))).toEqual([]);
    expect(asked.size).toBeGreaterThan(12);
  });

  it('lays its panels side by side', () => {
    const cells = new Set<string>();
    for (const { title, gridPos } of dashboard.panels) {
      expect([title, gridPos.x + gridPos.w <= 24]).toEqual([title, true]);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect([title, cells.has(`${x} ${y}`)]).toEqual([title, false]);
          cells.add(`${x} ${y}`);
        }
      }
    }
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });
});

/** Grafana's own variables stand for what PromQL has no form of. */
function errorsIn(expression: string): number {
  let errors = 0;
  promql.parse(plain(expression)).iterate({
    enter: ({ type }) => {
      if (type.isError) errors++;
    },
  });
  return errors;
}

function metricsIn(expression: string): string[] {
  const names: string[] = [];
  const text = plain(expression);
  promql.parse(text).iterate({
    enter: ({ name, from, to }) => {
      if (name === 'VectorSelector') names.push(/^\w+/.exec(text.slice(from, to))![0]);
    },
  });
  return names;
}

function plain(expression: string): string {
  return expression.replaceAll('$__rate_interval', '5m').replaceAll('$job', '.*');
}

/** The options among some arguments that the command's help does not name. */
async function unknownOptions(args: readonly string[]): Promise<string[]> {
  const [command, ...options] = args;
  const { out } = await runCommand('.', [command!, '--help']);
  const wanted = options.filter((option) => option.startsWith('--'));
  expect(wanted.length).toBeGreaterThan(2);
  return wanted.filter((option) => !out.includes(`${option} <`));
}
