import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { endpointOf } from '../generator/endpoint.js';
import { secondsOf } from '../scenarios.js';
import { readSettings, SettingsError, type LoadSettings } from '../settings.js';
import { startMs } from '../start-at.js';
import { EXIT_BROKEN_THRESHOLD, summaryText } from '../summary.js';
import { runScenario } from './run-scenario.js';
import { serviceVocabulary } from './service-vocabulary.js';

/** EX_CONFIG of sysexits: the settings cannot be used, so starting again will not help. */
const EXIT_CONFIG = 78;
/** As a shell tells that SIGTERM ended a program. */
const EXIT_TERMINATED = 143;

/**
 * A runner: sends the load that the environment describes (loadtest/README.md), prints what it came to, and ends with 0,
 * with 99 when a threshold is broken, with 78 for settings that cannot be used, and with 143 when a signal ended it.
 */
async function main(): Promise<number> {
  const settings = readSettings(process.env);
  const interruption = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => interruption.abort());
  const endpoint = endpointOf(settings.target, settings.authority);
  const { vocabulary, fault } = await serviceVocabulary(endpoint, settings.seed, settings.timeoutMs);
  if (fault !== undefined)
    console.error(`${settings.target} does not tell what it has (${fault}): asking for the example calls`);
  const startedAtMs = startMs(settings.startAt, Date.now());
  console.log(announcement(settings, startedAtMs));
  await delay(Math.max(0, startedAtMs - Date.now()), undefined, { signal: interruption.signal }).catch(() => undefined);
  const summary = await runScenario(endpoint, settings, vocabulary, startedAtMs, interruption.signal);
  if (settings.summaryFile !== undefined) writeFileSync(settings.summaryFile, `${JSON.stringify(summary)}\n`);
  process.stdout.write(summaryText(summary));
  if (summary.interrupted) return EXIT_TERMINATED;
  return summary.ok ? 0 : EXIT_BROKEN_THRESHOLD;
}

function announcement({ scenario, load, runner, runners, target }: LoadSettings, startedAtMs: number): string {
  const at = new Date(startedAtMs).toISOString();
  return `${scenario}: up to ${load.peakPerSecond} requests/s for ${secondsOf(load.stages)} s to ${target}, runner ${runner + 1} of ${runners}, from ${at}`;
}

try {
  process.exitCode = await main();
} catch (error) {
  const unusable = error instanceof SettingsError || error instanceof RangeError;
  console.error(unusable ? error.message : error);
  process.exitCode = unusable ? EXIT_CONFIG : 1;
}
