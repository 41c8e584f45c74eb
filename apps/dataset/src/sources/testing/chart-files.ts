import { COLUMNS } from '../../rows.js';
import { csvField } from '../csv-field.js';

/** Invented rows of the export, with what is awkward in names. */
export const ROWS: readonly (readonly string[])[] = [
  [
    'Marble, Glass',
    '1',
    '2021-03-01',
    'The Ünderpass',
    'https://open.spotify.com/track/a1',
    'Global',
    'top200',
    'NEW_ENTRY',
    '5100',
  ],
  [
    'He said "no"',
    '2',
    '2021-03-01',
    'Ona Bel, Kites',
    'https://open.spotify.com/track/a2',
    'Global',
    'top200',
    'SAME_POSITION',
    '4200',
  ],
  ['바다\nSea', '3', '2021-03-01', '바람 🎵', '', 'Global', 'top200', '', '17'],
  ['', '1', '2021-03-02', '', 'https://open.spotify.com/track/a4', 'South Korea', 'viral50', 'MOVE_UP', ''],
];

/** A CSV file of the export's layout. */
export function exportCsv(rows: readonly (readonly string[])[], lineEnd = '\n'): string {
  return [COLUMNS, ...rows].map((row) => row.map(csvField).join(',') + lineEnd).join('');
}

/** Content of a Spotify download since 2021. */
export const SPOTIFY_NEW =
  'rank,uri,artist_names,track_name,source,peak_rank,previous_rank,days_on_chart,streams\n' +
  '1,spotify:track:b1,"Ona Bel, Kites","Glass ""Sea""",Tin Records,1,2,14,9100\n' +
  '2,https://open.spotify.com/track/b2,Kites,Low,Tin Records,1,1,13,8000\n';

/** Content of a Spotify download before 2021. */
export const SPOTIFY_OLD =
  ',,,"Note that these figures are generated using a formula that protects against any artificial inflation of chart positions.",\n' +
  'Position,"Track Name",Artist,Streams,URL\n' +
  '1,"Glass, Sea",Ona Bel,700,https://open.spotify.com/track/c1\n';
