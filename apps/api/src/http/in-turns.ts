/**
 * Makes a way to do things a few in each turn of the event loop, in the order in which they were given: what falls due for
 * thousands of connections at once, such as a limit of time, would hold up all others for as long as it takes.
 */
export function inTurns(mostInATurn: number): (task: () => void) => void {
  let waiting: (() => void)[] = [];
  const work = () => {
    const now = waiting.slice(0, mostInATurn);
    waiting = waiting.slice(mostInATurn);
    if (waiting.length > 0) setImmediate(work);
    for (const task of now) task();
  };
  return (task) => {
    if (waiting.push(task) === 1) setImmediate(work);
  };
}
