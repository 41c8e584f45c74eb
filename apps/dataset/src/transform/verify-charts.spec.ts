import { SoundVersion, type DamageCase } from './testing/sound-version.js';
import { swap } from './testing/damaged-version.js';

let sound: SoundVersion;
beforeAll(async () => {
  sound = await SoundVersion.create();
});
afterAll(() => sound.remove());

describe('verification finds', () => {
  it.each<DamageCase>([
    [
      'two entries of a chart that changed places',
      (serving) => serving.entries('chart', 4, (entries) => swap(entries, 1, 2)),
      /^chart 4: entry 2 is not in order or repeated$/,
    ],
    [
      'an entry that a chart holds twice',
      (serving) => serving.entries('chart', 4, (entries) => entries.put(2, entries, 1)),
      /^chart 4: entry 2 is not in order or repeated$/,
    ],
    [
      'streams of a chart that are others',
      (serving) => serving.entries('chart', 0, (entries) => (entries.streams[0]! += 1)),
      /^content digest: found /,
    ],
    [
      'a rank by region that is another',
      (serving) => serving.entries('chart', 0, (entries) => (entries.ranksByRegion[39]! += 1)),
      /^chart 0: entry 39 has rank by region \d+, not \d+$/,
    ],
    [
      'a rank that no chart has',
      (serving) => serving.entries('chart', 1, (entries) => (entries.ranks[39] = 1001)),
      /^chart 1: entry 39 has rank 1001$/,
    ],
    [
      'a track that does not exist',
      (serving) => serving.entries('chart', 1, (entries) => (entries.trackIds[5] = 999_999)),
      /^chart 1: entry 5 has an unknown track or trend$/,
    ],
    [
      'a trend that does not exist',
      (serving) => serving.entries('chart', 1, (entries) => (entries.trendIds[5] = 77)),
      /^chart 1: entry 5 has an unknown track or trend$/,
    ],
    [
      'entries of another day in a chart',
      (serving) => serving.entries('chart', 1, (entries) => entries.days.fill(2, 0, entries.length)),
      /^chart 1: entry 0 is of another chart$/,
    ],
    [
      'a chart without entries',
      (serving) => serving.entries('chart', 8, (e) => (e.length = 0)),
      /^chart 8: no entries$/,
    ],
    [
      'a chart that is cut short',
      (serving) => serving.blob('chart', 8, Buffer.alloc(60, 3)),
      /: a row of \d+ entries has 60 bytes/,
    ],
    [
      'a chart that is missing',
      (serving) => serving.run('DELETE FROM chart WHERE chart_key = 7'),
      /^charts: found 71, expected 72$/,
    ],
    [
      'a chart of another day',
      (serving) => serving.run('UPDATE chart SET chart_key = 500 WHERE chart_key = 71'),
      /^chart 500: no such day$/,
    ],
  ])('%s', async (_, damage, fault) => {
    const faults = await sound.faultsAfter(damage);
    expect(faults.join('\n')).toMatch(new RegExp(fault.source, 'm'));
  });
});
