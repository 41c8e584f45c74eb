import { recordFault, type Fault } from '../faults/fault-record.js';
import type { Conversation } from './exchange.js';
import { faultsOf } from './judge.js';

/** Counts what the tests of a file send and what came of it, for the file's row in docs/reliability.md. */
export class Tally {
  private sent = 0;
  private failed = 0;
  private worstMs: number | undefined;

  /** Counts one thing that was tried, and whether it was answered as it has to be. */
  count(right: boolean, tookMs?: number): void {
    this.sent++;
    if (!right) this.failed++;
    if (tookMs !== undefined) this.worstMs = Math.max(this.worstMs ?? 0, tookMs);
  }

  /** Counts a conversation when it is over, and hands it on. */
  async of(conversation: Promise<Conversation>): Promise<Conversation> {
    const over = await conversation;
    this.count(faultsOf(over).length === 0, over.answeredMs);
    return over;
  }

  /** Makes the row; to be the last test of the file. Throws when nothing was tried, or something was not answered rightly. */
  record(row: Pick<Fault, 'fault' | 'seen'> & Partial<Fault>): void {
    const { sent, failed, worstMs } = this;
    recordFault({
      ...{ door: 'input', sent, failed, lost: 'nothing', whole: true },
      ...(worstMs !== undefined && { worstMs }),
      ...row,
    });
    if (sent === 0 || failed > 0) throw new Error(`${failed} of ${sent} were not answered as they have to be`);
  }
}
