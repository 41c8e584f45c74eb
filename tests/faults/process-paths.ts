import { readdirSync, readlinkSync } from 'node:fs';

/** What is asked of the small sample while something happens to the process: lists from memory, and a page for people. */
export const PATHS = ['/tracks', '/filters', '/rankings?region=Global&date=latest', '/tracks?date=latest', '/health'];

/** Settings with which what is not in memory as an answer is read from the file: no memory is left for rows. */
export const READ_FROM_FILE = { CACHE_L1_MAX_BYTES: String(4 * 2 ** 20) } as const;

/** Questions that are all different, so that each is read from the file ({@link READ_FROM_FILE}); as many of them as there are, over and over. */
export function coldPaths(): () => string {
  let asked = 0;
  return () => {
    const turn = asked++;
    const chart = turn % 2 === 0 ? 'top200' : 'viral50';
    return `/rankings?region=Global&date=latest&chart=${chart}&limit=${1 + (turn % 1000)}`;
  };
}

/** What a process has open: files by their paths, sockets and the like by their kind and number. */
export function openFiles(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${name}`)];
    } catch {
      return [];
    }
  });
}
