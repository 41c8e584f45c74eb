/**
 * Loaded into a server with `--import` by measured-server.ts: answers its messages with how many bytes are in use on the
 * heap, or with how many asynchronous resources of each type were made since it began to count them.
 */
import { createHook } from 'node:async_hooks';
import { getHeapStatistics } from 'node:v8';

const made = {};
const hook = createHook({
  init(_id, type) {
    made[type] = (made[type] ?? 0) + 1;
  },
});

const answers = {
  collect() {
    globalThis.gc();
    return getHeapStatistics().used_heap_size;
  },
  read: () => getHeapStatistics().used_heap_size,
  count: () => void hook.enable(),
  counted() {
    hook.disable();
    return made;
  },
};

process.on('message', (question) => process.send({ answer: answers[question]() }));
// The server ends as it would without.
process.channel.unref();

// Time goes on by a millisecond whenever it is asked for: what is made once a millisecond is made as often on any machine.
let now = Date.now();
Date.now = () => ++now;
