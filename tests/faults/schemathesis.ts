import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ensureBuilt } from '../setup/built-program.js';
import { RunningService } from '../setup/running-service.js';
import { ROOT } from '../setup/tree.js';

/** What one run of schemathesis sends; one seed sends the same cases to the same data again. */
export interface FuzzPlan {
  readonly seed: number;
  /** Cases that are made up for each operation, besides those that it derives from the document. */
  readonly examples: number;
  /** A key of the service's; it also sends requests without, and with another. */
  readonly apiKey?: string;
}

/** What came of one run. */
export interface Fuzzed {
  /** Cases that were sent and checked. */
  readonly cases: number;
  /** Cases with a failed check, and those that could not be sent. */
  readonly failed: number;
  /** All that it printed, with a curl command for each failure; empty when it found nothing. */
  readonly findings: string;
}

/** Printed, and taken from FUZZ_SEED to send the same cases again. */
export const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);

const PROGRAM = join(ROOT, '.tools/schemathesis/bin/st');
const SECONDS_PER_REQUEST = 10;
/** Has schemathesis load schemathesis_hooks.py, which says what is left out and why, and leaves no compiled form of it. */
const ENVIRONMENT = {
  SCHEMATHESIS_HOOKS: 'schemathesis_hooks',
  PYTHONPATH: join(ROOT, 'tests/faults'),
  PYTHONDONTWRITEBYTECODE: '1',
};

const reportSchema = z.object({
  exit_code: z.number(),
  complete: z.boolean(),
  operations: z.object({ total: z.number(), tested: z.number(), errored: z.number() }),
  test_cases: z.object({ generated: z.number(), with_failures: z.number(), errored: z.number() }),
});

/** The service as it is fuzzed, with settings beside its defaults; says with which seed. */
export async function startFuzzed(settings: Readonly<Record<string, string>> = {}): Promise<RunningService> {
  process.stderr.write(`tests/faults/schemathesis: FUZZ_SEED=${SEED}\n`);
  await ensureBuilt('service', 'dataset');
  return RunningService.start({ LOG_REQUEST_SAMPLE: '0', ...settings });
}

/**
 * Sends what schemathesis makes of the service's own OpenAPI document to it, right and wrong, with every check there is.
 * What it finds is a fault of the service or of its document. Throws when the program is not there or gives up.
 */
export async function fuzz({ port }: RunningService, { seed, examples, apiKey }: FuzzPlan): Promise<Fuzzed> {
  if (!existsSync(PROGRAM)) throw new Error('schemathesis is not installed: run sh tests/setup/install-tools.sh');
  // It leaves files where it runs.
  const folder = await mkdtemp(join(tmpdir(), 'schemathesis-'));
  const report = join(folder, 'report.json');
  const args = [
    ...['run', `http://127.0.0.1:${port}/openapi.json`, '--checks', 'all', '--continue-on-failure', '--no-color'],
    ...['--seed', String(seed), '--max-examples', String(examples)],
    ...['--request-timeout', String(SECONDS_PER_REQUEST), '--report', 'json', '--report-json-path', report],
    // Neither finds more, both take most of the time: looking for shorter forms of a case, and keeping cases.
    ...['--no-shrink', '--generation-database', 'none'],
    ...(apiKey === undefined ? [] : ['--header', `Authorization: Bearer ${apiKey}`]),
  ];
  try {
    const env = { ...process.env, ...ENVIRONMENT };
    const child = spawn(PROGRAM, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
    await once(child, 'close');
    if (!existsSync(report)) throw new Error(`schemathesis gave up: ${output}`);
    const { exit_code, complete, operations, test_cases } = reportSchema.parse(
      JSON.parse(await readFile(report, 'utf8')),
    );
    const isSound = exit_code === 0 && complete && operations.errored === 0 && operations.tested === operations.total;
    const failed = test_cases.with_failures + test_cases.errored;
    return { cases: test_cases.generated, failed, findings: isSound && failed === 0 ? '' : output };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Lists' routes with the statuses that their documents promise for what is asked of them rightly and wrongly. */
const REACHED: readonly (readonly [route: string, statuses: readonly number[]])[] = [
  ['/rankings', [200, 400, 405]],
  ['/artist', [200, 400, 404, 405]],
  ['/tracks', [200, 400, 405]],
  ['/filters', [200, 400, 405]],
  ['/health', [200, 405]],
];

/** The same where API keys are asked for: without one, or with another, there is nothing but a refusal. */
export const REACHED_WITH_KEYS: typeof REACHED = REACHED.map(([route, statuses]) => [
  route,
  route === '/health' ? statuses : [...statuses, 401],
]);

/** Which of the routes' answers never came, by the service's own count: cases that all fail early would show little. */
export async function unreached(
  service: RunningService,
  routes: readonly (readonly [route: string, statuses: readonly number[]])[] = REACHED,
): Promise<readonly string[]> {
  const text = await (await fetch(`http://127.0.0.1:${service.managementPort}/metrics`)).text();
  const seen = new Set(
    [...text.matchAll(/^http_requests_total\{route="([^"]+)",method="\w+",status="(\d+)"/gm)].map(
      ([, route, status]) => `${route} ${status}`,
    ),
  );
  return routes
    .flatMap(([route, statuses]) => statuses.map((status) => `${route} ${status}`))
    .filter((answer) => !seen.has(answer));
}

/** Lines of the service's log on a fault of its own. */
export function faultsInLog({ log }: RunningService): readonly string[] {
  return log.filter((line) => /"level":"(?:error|fatal)"/.test(line));
}
