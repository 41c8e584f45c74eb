/** A writing system of artists' names and titles. */
export type Script =
  'latin' | 'greek' | 'cyrillic' | 'japanese' | 'korean' | 'chinese' | 'arabic' | 'hebrew' | 'hindi' | 'thai';

/** A region of the sample. */
export interface SampleRegion {
  /** Name as the export writes it. */
  readonly name: string;
  /** Thousands of streams a day of a song that just enters the chart. */
  readonly thousands: number;
  /** Script that a part of the local artists use. */
  readonly script: Script;
}

const region = (name: string, thousands: number, script: Script = 'latin'): SampleRegion => ({
  name,
  thousands,
  script,
});

/** All regions of the sample, in the order in which a smaller sample takes them; the first has every country's hits. */
export const SAMPLE_REGIONS: readonly SampleRegion[] = [
  region('Global', 700),
  region('United States', 210),
  region('United Kingdom', 48),
  region('Japan', 9, 'japanese'),
  region('Greece', 3, 'greek'),
  region('India', 14, 'hindi'),
  region('South Korea', 4, 'korean'),
  region('Saudi Arabia', 2.4, 'arabic'),
  region('Russia', 6, 'cyrillic'),
  region('Thailand', 5, 'thai'),
  region('Brazil', 85),
  region('Luxembourg', 0.4),
  region('Germany', 62),
  region('Mexico', 75),
  region('France', 38),
  region('Spain', 36),
  region('Italy', 40),
  region('Argentina', 33),
  region('Australia', 27),
  region('Canada', 26),
  region('Netherlands', 24),
  region('Sweden', 20),
  region('Philippines', 25),
  region('Indonesia', 30),
  region('Chile', 22),
  region('Colombia', 17),
  region('Turkey', 21),
  region('Poland', 18),
  region('Norway', 11),
  region('Denmark', 10),
  region('Peru', 12),
  region('Taiwan', 6, 'chinese'),
  region('Belgium', 7),
  region('Finland', 7),
  region('Switzerland', 5),
  region('Austria', 5),
  region('Ireland', 5),
  region('New Zealand', 5),
  region('Portugal', 5),
  region('Malaysia', 7),
  region('Singapore', 5),
  region('Hong Kong', 3, 'chinese'),
  region('Vietnam', 4),
  region('Israel', 3, 'hebrew'),
  region('Ukraine', 1.6, 'cyrillic'),
  region('Czech Republic', 3),
  region('Hungary', 3),
  region('Romania', 2.4),
  region('Ecuador', 4),
  region('Costa Rica', 2.6),
  region('Guatemala', 2.4),
  region('Dominican Republic', 2.2),
  region('Paraguay', 1.9),
  region('Uruguay', 1.8),
  region('Bolivia', 1.7),
  region('Panama', 1.4),
  region('El Salvador', 1.1),
  region('Honduras', 1.1),
  region('Nicaragua', 0.7),
  region('South Africa', 3),
  region('Egypt', 1.6, 'arabic'),
  region('Morocco', 0.8, 'arabic'),
  region('United Arab Emirates', 1.5, 'arabic'),
  region('Slovakia', 1.3),
  region('Bulgaria', 1, 'cyrillic'),
  region('Lithuania', 1.1),
  region('Latvia', 0.8),
  region('Estonia', 0.8),
  region('Iceland', 0.9),
  region('Cyprus', 0.3, 'greek'),
  region('Malta', 0.25),
  region('Andorra', 0.2),
  region('Kazakhstan', 0.5, 'cyrillic'),
  region('Belarus', 0.4, 'cyrillic'),
  region('Nigeria', 0.9),
  region('Pakistan', 1.2),
  region('Venezuela', 0.9),
];
