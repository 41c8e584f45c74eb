import { fromAny } from './attempts.js';
import { PATIENCE, startBounds } from './bounds.js';
import { DownloadError } from './download-error.js';
import { parsePlace } from './place.js';

const [A, B] = [parsePlace('https://a.example/x'), parsePlace('https://b.example/x')];

/** Runs attempts of which each is told its number, from 1; the bytes that are here are what it answers last. */
async function run(outcome: (count: number) => { readonly bytes?: number; readonly fault?: Error }, retries = 2) {
  const tried: string[] = [];
  let here = 0;
  using bounds = startBounds({ ...PATIENCE, retries, backoffMs: 1 }, new AbortController().signal, () => undefined);
  const attempt = (place: typeof A) => {
    tried.push(place.shown);
    const { bytes = here, fault } = outcome(tried.length);
    here = bytes;
    return fault === undefined ? Promise.resolve('done') : Promise.reject(fault);
  };
  const result = await fromAny({ places: [A, B], attempt, bytes: () => here }, bounds).catch((error: unknown) => error);
  return { result, tried: tried.map((shown) => shown[8]).join('') };
}

const passing = new DownloadError('Broken.', { passing: true });

describe('attempts at several places', () => {
  it('go round, and leave out what failed for good', async () => {
    const fault = (count: number) => (count === 1 ? new DownloadError('Gone.') : count < 4 ? passing : undefined);
    const { result, tried } = await run((count) => {
      const found = fault(count);
      return found === undefined ? {} : { fault: found };
    });
    expect({ result, tried }).toEqual({ result: 'done', tried: 'abbb' });
  });

  it('end after as many failures in a row as are allowed', async () => {
    const { result, tried } = await run(() => ({ fault: passing }), 2);
    expect(tried).toBe('ababab');
    expect(result).toMatchObject({ message: 'Broken. Broken. Given up after 6 attempts.' });
  });

  it('go on as long as more comes than ever was here', async () => {
    const { result, tried } = await run((count) => ({
      bytes: count * 40_000,
      ...(count < 41 ? { fault: passing } : {}),
    }));
    expect({ result, tries: tried.length }).toEqual({ result: 'done', tries: 41 });
  });

  it('do not take for progress what comes again and again', async () => {
    const { tried } = await run((count) => ({ bytes: count % 2 === 0 ? 0 : 1e6, fault: passing }), 2);
    expect(tried.length).toBeLessThanOrEqual(8);
  });

  it('end at once with an error that is none of a download', async () => {
    const fault = new Error('the disk is full');
    expect(await run(() => ({ fault }))).toEqual({ result: fault, tried: 'a' });
  });
});
