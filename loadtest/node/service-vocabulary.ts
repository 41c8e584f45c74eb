import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { serverName, type Endpoint } from '../generator/endpoint.js';
import type { Vocabulary } from '../mix.js';
import {
  chartPaths,
  EXAMPLE_VOCABULARY,
  placesAndDays,
  readArtists,
  readFilters,
  vocabularyOf,
} from '../vocabulary.js';

const TRIES = 3;
const BETWEEN_TRIES_MS = 1000;

/** What the service can be asked; and when it would not tell, why, with the example calls instead. */
export interface FoundVocabulary {
  readonly vocabulary: Vocabulary;
  readonly fault?: string;
}

/**
 * Asks the service what there is to ask: `/filters`, and some charts for the artists asked for most. A service that does
 * not answer is asked three times; the load goes on all the same, for its failures are what is to be counted.
 */
export async function serviceVocabulary(endpoint: Endpoint, seed: number, timeoutMs: number): Promise<FoundVocabulary> {
  let fault = '';
  for (let i = 0; i < TRIES; i++) {
    if (i > 0) await delay(BETWEEN_TRIES_MS);
    try {
      const filters = readFilters(await ask(endpoint, '/filters', timeoutMs));
      const charted: string[] = [];
      for (const path of chartPaths(placesAndDays(filters, seed)))
        charted.push(...readArtists(await ask(endpoint, path, timeoutMs)));
      return { vocabulary: vocabularyOf(filters, charted, seed) };
    } catch (error) {
      fault = (error as Error).message || String((error as NodeJS.ErrnoException).code);
    }
  }
  return { vocabulary: EXAMPLE_VOCABULARY, fault };
}

/** Throws an Error for no answer in time, for another status than 200 and for no JSON. */
function ask(endpoint: Endpoint, path: string, timeoutMs: number): Promise<unknown> {
  const { host, port, tls, authority } = endpoint;
  const options = {
    ...{ host, port, path, agent: false as const, signal: AbortSignal.timeout(timeoutMs) },
    headers: { Host: authority },
  };
  const sent = tls ? requestHttps({ ...options, servername: serverName(endpoint) }) : requestHttp(options);
  return new Promise((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (response) => {
      if (response.statusCode === 200) json(response).then(resolve, reject);
      else {
        response.resume();
        reject(new Error(`${path} answers ${String(response.statusCode)}, must answer 200`));
      }
    });
    sent.end();
  });
}
