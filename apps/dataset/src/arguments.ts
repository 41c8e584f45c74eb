import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
};
/** DuckDB and the dictionaries need so much at least. */
const LEAST_MEMORY_BYTES = 256e6;

/** Bytes of a size written 512MB, 2GB (powers of 1000) or 2GiB (powers of 1024). Throws InvalidArgumentError. */
export function parseMemory(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([kmgt]?i?)b?$/i.exec(text.trim()) ?? [];
  const factor = UNITS[(unit ?? '').toLowerCase()];
  if (number === undefined || factor === undefined) {
    throw new InvalidArgumentError('Expected a size such as 512MB, 2GB or 2GiB.');
  }
  const bytes = Math.floor(Number(number) * factor);
  if (bytes < LEAST_MEMORY_BYTES) throw new InvalidArgumentError('Expected at least 256MB.');
  return bytes;
}

/** A share from 0 to 1, written 1% or 0.01. Throws InvalidArgumentError, also on a bare 1, which could mean either. */
export function parseShare(text: string): number {
  const [, number, percent] = /^(\d+(?:\.\d+)?|\.\d+)\s*(%?)$/.exec(text.trim()) ?? [];
  if (number === undefined) throw new InvalidArgumentError('Expected a share such as 1% or 0.01.');
  const value = Number(number);
  if (percent === '' && value >= 1) {
    throw new InvalidArgumentError(`Expected a share such as 1% or 0.01; for ${number} percent write ${number}%.`);
  }
  const share = percent === '' ? value : value / 100;
  if (share > 1) throw new InvalidArgumentError('Expected at most 100%.');
  return share;
}

/** A parser of whole numbers from least to most. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text.trim()) ? Number(text) : NaN;
    if (!(value >= least && value <= most)) {
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}
