import type { Random } from './random.js';
import type { Script } from './regions.js';
import { ADJECTIVES, EMOJI, EPITHETS, NOUNS, SYLLABLES, VERBS, VERSIONS } from './words.js';

const ACCENTS = ['\u0301', '\u0308', '\u0303', '\u030c'] as const;

/** An invented artist's name in the script; names in Latin letters carry commas, quotes, apostrophes, emoji and combining accents. */
export function artistName(random: Random, script: Script): string {
  if (script !== 'latin') {
    return random.chance(0.5) ? word(random, script, 3) : `${word(random, script, 2)} ${word(random, script, 2)}`;
  }
  const style = random.below(100);
  if (style < 34) return word(random, script, 3);
  if (style < 68) return `${word(random, script, 2)} ${word(random, script, 2)}`;
  if (style < 74) return `The ${word(random, script, 3)}s`;
  if (style < 79) return `${word(random, script, 2)} & the ${word(random, script, 2)}s`;
  if (style < 83) return `${word(random, script, 3)}, The ${random.pick(EPITHETS)}`;
  if (style < 86) return `${word(random, script, 2)} "${word(random, script, 2)}" ${word(random, script, 2)}`;
  if (style < 90) return `${random.pick(['O', 'D'])}'${word(random, script, 3)}`;
  if (style < 92) return `${word(random, script, 3)} ${random.pick(EMOJI)}`;
  if (style < 95) return accented(random, word(random, script, 3));
  if (style < 99) return word(random, script, 3).toUpperCase();
  return `${1 + random.below(99)},000 ${word(random, script, 3)}s`;
}

/** An invented title; few words make many, so that different artists come to have songs of the same title. */
export function trackTitle(random: Random, script: Script, guest: string | undefined): string {
  const featured = guest === undefined ? '' : ` (feat. ${guest})`;
  if (script !== 'latin') {
    const words = Array.from({ length: 1 + random.below(3) }, () => word(random, script, 2));
    return words.join(' ') + featured;
  }
  const noun = random.pick(NOUNS);
  const style = random.below(100);
  if (style < 40) return `${random.pick(ADJECTIVES)} ${noun}${featured}`;
  if (style < 60) return `${noun}${featured}`;
  if (style < 70) return `Don't ${random.pick(VERBS)} the ${noun}${featured}`;
  if (style < 78) return `${random.pick(ADJECTIVES)} ${noun}, Pt. ${1 + random.below(3)}${featured}`;
  if (style < 84) return `"${noun}" and Other ${random.pick(NOUNS)}s${featured}`;
  if (style < 94) return `${random.pick(ADJECTIVES)} ${noun}${featured} - ${random.pick(VERSIONS)}`;
  if (style < 97) return `${random.pick(VERBS)}, ${random.pick(VERBS)}, ${random.pick(VERBS)}!${featured}`;
  return `${noun} ${random.pick(EMOJI)}${featured}`;
}

function word(random: Random, script: Script, maxSyllables: number): string {
  let text = '';
  for (let left = maxSyllables === 2 ? 2 : 2 + random.below(maxSyllables - 1); left > 0; left--) {
    text += random.pick(SYLLABLES[script]);
  }
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function accented(random: Random, name: string): string {
  const at = 2 + random.below(name.length - 2);
  return name.slice(0, at) + random.pick(ACCENTS) + name.slice(at);
}
