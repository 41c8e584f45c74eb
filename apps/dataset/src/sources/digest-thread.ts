// Runs as a thread of its own, see ThreadDigest: digests the pieces it is sent and sends their memory back.
import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';

const hash = createHash('sha256');

parentPort!.on('message', (piece: Uint8Array<ArrayBuffer> | undefined) => {
  if (piece === undefined) {
    parentPort!.postMessage(hash.digest('hex'));
    parentPort!.close();
    return;
  }
  hash.update(piece);
  parentPort!.postMessage(piece.buffer, [piece.buffer]);
});
