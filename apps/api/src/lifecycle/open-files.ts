import { readFileSync } from 'node:fs';

/** Kept free of clients: a new version of the dataset, probes, Redis and the log need files and sockets of their own. */
const RESERVED = 128;

/** Files and sockets that this process may have open; Infinity where the system does not tell. */
export function openFilesLimit(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Infinity);
  } catch {
    return Infinity;
  }
}

/** Connections of clients that may be open at the same time where so many files may be: all but 128, or but half of few. */
export function mostConnections(filesLimit: number): number {
  return Math.max(1, filesLimit - Math.min(RESERVED, Math.ceil(filesLimit / 2)));
}
