import { randomBytes } from 'node:crypto';

/** Beginnings of names in a dataset directory of what is not (or no more) part of the dataset. */
export const LEFT_OVERS = {
  /** A version in the making, with its temporary files beside it. */
  work: '.work-',
  /** A pointer in the making. */
  pointer: '.current-',
  /** A version that was replaced or is being removed. */
  aside: '.aside-',
} as const;

/** A new name with this beginning. */
export function newName(beginning: (typeof LEFT_OVERS)[keyof typeof LEFT_OVERS]): string {
  return `${beginning}${process.pid}-${randomBytes(6).toString('hex')}`;
}
