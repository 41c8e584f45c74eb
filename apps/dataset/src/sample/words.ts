import type { Script } from './regions.js';

const list = (text: string): readonly string[] => text.split(' ');

/** Syllables from which invented names are put together, by script. */
export const SYLLABLES: Readonly<Record<Script, readonly string[]>> = {
  latin: list(
    'bra bru dvo dri fel fro gli gru hul ibo jor kel kri lom lur mev mir nol nuv ost pev plo quen rav rin sel skov sul tav tez thal tor ulm vak vel vro wex wim yol zan zeb zor',
  ),
  greek: list('βα γο δρα ελ ζη θου ιλ κρα λου μυ νε ξα ορ πλε ρα σιλ τρο φου χα ψι ωρ'),
  cyrillic: list('бра вел гру дол ежо жур зим кло лук мор нив орл пру рож сев тал уль фро хлы цве чер шум'),
  japanese: list(
    'ア イズ ウミ エラ オト カゼ キリ クモ ケン コロ サワ シラ スナ セト ソラ タカ チヨ ツキ テル トワ ナギ ニジ ノゾ',
  ),
  korean: list('가 나 다래 루 모 보라 새 솔 온 울 자 초 하늘 별 달 샘 미르 누리 빛 결'),
  chinese: list('雲 海 星 林 雨 風 月 石 河 夜 青 白 南 北 山 花 影 光 雪 橋'),
  arabic: list('با تو جي دا را زو سا شو طا عو غا فو قا لو ما نو ها وي يا'),
  hebrew: list('אב בר גל דו הר זי טל יע כו לי מו נר סה עו פל צו קש רו שי תם'),
  hindi: list('का खि गो चा जी ता दे ना पो बा मी या रू ला वि शा सो हा'),
  thai: list('กา ขุน คำ จัน ชล ดา ตะ ทิ นา บัว ปี ฝน มา ยา รุ่ง ลม วัน สา หิน อิง'),
};

export const ADJECTIVES = list(
  'Amber Borrowed Broken Copper Crooked Distant Drowsy Electric Empty Faded Feral Folded Frozen Gentle Gilded Hollow Idle Indigo Invisible Late Lonely Lucid Magnetic Mellow Midnight Narrow Northern Paper Patient Quiet Restless Rusted Salted Scarlet Secret Silver Sleepless Slow Tangled Tender Upside Velvet Violet Wandering Wild Winter Wooden Yellow',
);
export const NOUNS = list(
  'Alley Anchor Ballroom Balcony Bicycle Bridge Candle Carousel Ceiling Cinema Coastline Comet Compass Corridor Curtain Engine Feather Ferry Fountain Garden Harbour Hourglass Island Kettle Kitchen Ladder Lantern Lighthouse Machine Marble Meadow Mirror Motorway Orchard Parade Pavement Pendulum Postcard Radio Railway Ribbon River Satellite Shadow Staircase Station Suitcase Telephone Thunder Tide Tunnel Umbrella Valley Window',
);
export const VERBS = list(
  'Answer Borrow Carry Chase Count Fold Follow Forget Hide Hold Leave Paint Repeat Sell Wait Wake',
);
export const EPITHETS = list(
  'Cartographer Locksmith Beekeeper Astronomer Clockmaker Gardener Lamplighter Stargazer Ferryman Weaver',
);
export const EMOJI = ['🌙', '🔥', '✨', '🦊', '👩‍🚀', '🌊', '❤️', '🪐'] as const;
export const VERSIONS = list('Remix Live Acoustic Remastered Interlude Edit Demo');
