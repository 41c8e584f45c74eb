const STEPS = ['', 'k', 'M', 'G', 'T'] as const;

/** A count in three digits or so: 950, 12.3k, 1.2M. */
export function shortCount(count: number): string {
  let value = count;
  let step = 0;
  while (value >= 999.5 && step < STEPS.length - 1) {
    value /= 1000;
    step++;
  }
  const digits = step === 0 ? String(Math.round(value)) : value < 99.95 ? value.toFixed(1) : value.toFixed(0);
  return digits + (STEPS[step] ?? '');
}

/** A size in bytes in three digits or so, in powers of 1000: 512 B, 1.2 GB. */
export function shortBytes(bytes: number): string {
  const [, number, step] = /^([\d.]+)(.*)$/.exec(shortCount(bytes)) ?? [];
  return `${number} ${step === 'k' ? 'k' : step}B`;
}

/** An amount with its unit: 12.3M rows, 1.2 GB. */
export function shortAmount(amount: number, unit: string | undefined): string {
  if (unit === 'bytes') return shortBytes(amount);
  return unit === undefined ? shortCount(amount) : `${shortCount(amount)} ${unit}`;
}

/** A time in seconds: 0.4s, 12s, 3m 05s, 2h 10m. */
export function shortTime(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${String(whole % 60).padStart(2, '0')}s`;
  return `${Math.floor(whole / 3600)}h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')}m`;
}

/** A count with all its digits: 26,214,400. */
export function fullCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** One or many of a thing with the count: 1 region, 70 regions. */
export function counted(count: number, thing: string): string {
  return `${fullCount(count)} ${thing}${count === 1 ? '' : 's'}`;
}
