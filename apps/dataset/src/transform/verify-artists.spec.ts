import { LISTED_ARTIST_ENTRIES } from '#libs/catalog';
import { swap } from './testing/damaged-version.js';
import { LIST_KEYS, SoundVersion, type DamageCase } from './testing/sound-version.js';

let sound: SoundVersion;
beforeAll(async () => {
  sound = await SoundVersion.create();
});
afterAll(() => sound.remove());

/** Id of the artist with lists. */
const LISTED = `(SELECT artist_id FROM artist WHERE entries > ${LISTED_ARTIST_ENTRIES})`;

describe('verification finds', () => {
  it.each<DamageCase>([
    [
      'streams on a page that are others',
      (serving) => serving.entries('artist_page', 3, (entries) => (entries.streams[7]! += 1)),
      /^checksum of entries on pages: found /,
    ],
    [
      'a trend on a page that is another',
      (serving) => serving.entries('artist_page', 3, (entries) => (entries.trendIds[7]! ^= 1)),
      /^checksum of entries on pages: found /,
    ],
    [
      'a page that is missing',
      (serving) => serving.run('DELETE FROM artist_page WHERE page_key = 2'),
      /^page key: found 3, expected 2$/,
    ],
    [
      'the last page missing',
      (serving) => serving.run('DELETE FROM artist_page WHERE page_key = (SELECT max(page_key) FROM artist_page)'),
      /^artist pages: found \d+, expected \d+$/,
    ],
    [
      'a wrong first day of a page',
      (serving) => serving.run('UPDATE artist_page SET first_day = first_day + 1 WHERE page_key = 3'),
      /^page 3: first day: found \d+, expected \d+$/,
    ],
    [
      'a wrong count of earlier top200 entries',
      (serving) => serving.run('UPDATE artist_page SET top200_before = top200_before + 1 WHERE page_key = 3'),
      /^page 3: earlier top200 entries: found \d+, expected \d+$/,
    ],
    [
      'a wrong bit of a region of a page',
      (serving) => serving.run('UPDATE artist_page SET regions_high = xor(regions_high, 1) WHERE page_key = 3'),
      /^page 3: bits of its regions: found \d+,\d+, expected \d+,\d+$/,
    ],
    [
      'entries of a page that changed places',
      (serving) => serving.entries('artist_page', 3, (entries) => swap(entries, 10, 30)),
      /^page 3: entry \d+ is not in order or repeated$/,
    ],
    [
      "an artist's entry on a page of another",
      (serving) =>
        serving.entries('artist_page', 0, (entries) => entries.trackIds.fill(entries.trackIds[0]! + 1, 1, 2)),
      /^page 0: entry 1 is of another artist$|^page 0: entry 1 is not in order/,
    ],
    [
      'a top list of everything whose entries changed places',
      (serving) => serving.entries('top_list', LIST_KEYS.all, (entries) => swap(entries, 0, 199)),
      /^top list 0: entry 0 is not the expected one$/,
    ],
    [
      'a wrong entry in the top list of a day',
      (serving) => serving.entries('top_list', LIST_KEYS.day(4), (entries) => (entries.ranks[50]! += 1)),
      new RegExp(`^top list ${LIST_KEYS.day(4)}: entry 50 is not the expected one$`),
    ],
    [
      'a wrong trend in the top list of a region',
      (serving) => serving.entries('top_list', LIST_KEYS.region(1), (entries) => (entries.trendIds[50]! ^= 1)),
      new RegExp(`^top list ${LIST_KEYS.region(1)}: entry 50 is not the expected one$`),
    ],
    [
      'a top list that is too short',
      (serving) => serving.entries('top_list', LIST_KEYS.region(1), (entries) => (entries.length = 199)),
      new RegExp(`^top list ${LIST_KEYS.region(1)}: entries: found 199, expected 200$`),
    ],
    [
      "a wrong entry in an artist's top list",
      async (serving) => {
        const artist = await serving.number(`SELECT ${LISTED}`);
        await serving.entries('top_list', LIST_KEYS.artist(artist), (entries) => (entries.days[9]! += 1));
      },
      /^top list \d+: entry 9 is not the expected one$/,
    ],
    [
      "an artist's top list in a region that is missing",
      async (serving) => {
        const key = LIST_KEYS.artistRegion(await serving.number(`SELECT ${LISTED}`), 1);
        await serving.run(`DELETE FROM top_list WHERE list_key = ${key}`);
      },
      /^key of top list: found \d+, expected \d+$/,
    ],
    [
      'the top list of a day that is missing',
      (serving) => serving.run(`DELETE FROM top_list WHERE list_key = ${LIST_KEYS.day(4)}`),
      /^top lists: found/,
    ],
    [
      'a top list of nothing that exists',
      (serving) => serving.run('INSERT INTO top_list SELECT 9999999, entries FROM top_list LIMIT 1'),
      /^top lists: found/,
    ],
    [
      "a wrong first page of an artist's",
      (serving) => serving.run('UPDATE artist SET first_page = first_page + 1 WHERE artist_id = 1'),
      /^first page of artist 1: found \d+, expected \d+$/,
    ],
    [
      "a wrong number of an artist's entries",
      (serving) => serving.run('UPDATE artist SET entries = entries + 1 WHERE artist_id = 0'),
      /^page \d+: (entries: found|entry \d+ is of another artist)/,
    ],
  ])('%s', async (_, damage, fault) => {
    const faults = await sound.faultsAfter(damage);
    expect(faults.join('\n')).toMatch(new RegExp(fault.source, 'm'));
  });
});
