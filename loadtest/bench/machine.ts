import { mkdirSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';

/** Folder for what the benchmarks make and keep between runs: `BENCH_DIR`, or one in the system's temporary folder. */
export function benchFolder(): string {
  const folder = process.env['BENCH_DIR'] ?? join(tmpdir(), 'spotify-charts-bench');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** What a result was measured on, in one sentence. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${model}, ${availableParallelism()} cores, ${memory} GiB, Node ${process.versions.node}, ${process.platform}-${process.arch}`;
}
