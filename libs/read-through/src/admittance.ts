import { Doorkeeper } from './doorkeeper.js';

/** Share of the room that is filled without a look at whether something was offered before. */
const FREE_SHARE = 1 / 8;

/** What has room for values, all of it and what is taken: a `ByteRing`. */
interface Room {
  readonly maxBytes: number;
  readonly bytes: number;
}

/**
 * Decides whose values are worth a place in memory: while there is plenty of room those of every key; beyond, of those that
 * were offered before, lately, so that a flood of what nobody asks for again pushes nothing out. None where there is no room.
 */
export class Admittance {
  private readonly offered: Doorkeeper;

  /** `bytesOfOne` is what a value takes, roughly: as many keys are known as there is room for values, or up to twice as many. */
  constructor(
    private readonly room: Room,
    bytesOfOne: number,
  ) {
    this.offered = new Doorkeeper(room.maxBytes / bytesOfOne);
  }

  /** Whether the value of a key, which is offered now, is to be kept. */
  admits(key: string): boolean {
    const { maxBytes, bytes } = this.room;
    return maxBytes > 0 && (bytes < maxBytes * FREE_SHARE || this.offered.seen(key));
  }
}
