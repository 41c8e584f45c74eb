import { SoundVersion, type DamageCase } from './testing/sound-version.js';

let sound: SoundVersion;
beforeAll(async () => {
  sound = await SoundVersion.create();
});
afterAll(() => sound.remove());

describe('verification finds', () => {
  it.each<DamageCase>([
    [
      'names of artists that changed places',
      (serving) =>
        serving.run(`UPDATE artist SET name = (SELECT name FROM artist AS other WHERE other.artist_id = 1 - artist.artist_id)
          WHERE artist_id < 2`),
      /^artist 1 is not in order or repeated$/,
    ],
    [
      'a track that is there twice',
      async (serving) => {
        const third = (column: string) => `${column} = (SELECT ${column} FROM track WHERE track_id = 3)`;
        await serving.run(`UPDATE track SET ${['title', 'artist_id', 'url'].map(third).join()} WHERE track_id = 4`);
      },
      /^track 4 is not in order or repeated$/,
    ],
    [
      'another title',
      (serving) => serving.run("UPDATE track SET title = title || ' ' WHERE track_id = 0"),
      /^content digest: found /,
    ],
    [
      'a track of an artist who does not exist',
      (serving) => serving.run('UPDATE track SET artist_id = 4000 WHERE track_id = 0'),
      /^track 0 has no artist 4000$/,
    ],
    [
      'a day that is there twice',
      (serving) => serving.run("UPDATE day SET date = DATE '2021-03-04' WHERE day_id = 4"),
      /^day 4 is not in order or repeated$/,
    ],
    [
      'ids that are not counted from 0',
      (serving) => serving.run('UPDATE artist SET artist_id = artist_id + 1'),
      /: table artist is not in the order of its ids/,
    ],
    [
      'a region of another name',
      (serving) => serving.run("UPDATE region SET name = 'Globe' WHERE region_id = 1"),
      /^names of regions: found/,
    ],
    [
      'a wrong average',
      (serving) => serving.run('UPDATE region SET average_streams = average_streams + 0.5 WHERE region_id = 1'),
      /^average streams of region 1: found [\d.]+, expected [\d.]+$/,
    ],
    [
      'an index that is missing',
      (serving) => serving.run('DROP INDEX page_key'),
      /^indexes: found chart_key,list_key, expected chart_key,list_key,page_key$/,
    ],
    [
      'a table that is missing',
      (serving) => serving.run('DROP TABLE top_list'),
      /: Catalog Error: .*top_list|^indexes/,
    ],
  ])('%s', async (_, damage, fault) => {
    const faults = await sound.faultsAfter(damage);
    expect(faults.join('\n')).toMatch(new RegExp(fault.source, 'm'));
  });
});
