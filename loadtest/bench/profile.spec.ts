import { profileTable, selfTimes } from './profile.js';

const frame = (functionName: string, url: string, lineNumber: number) => ({ functionName, url, lineNumber });

describe('a profile', () => {
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(idle)', '', -1) },
      { id: 2, callFrame: frame('answer', 'file:///x/dist/apps/api/src/hot.js', 9) },
      { id: 3, callFrame: frame('answer', 'file:///x/dist/apps/api/src/hot.js', 9) },
      { id: 4, callFrame: frame('', 'file:///x/node_modules/a/b.js', 0) },
      { id: 5, callFrame: frame('writev', '', -1) },
    ],
    samples: [1, 2, 3, 4, 5, 1],
    timeDeltas: [1000, 30, 30, 30, 10, 1000],
  };

  it('gives each function its own time, from wherever it is called, without the idle time', () => {
    expect(selfTimes(profile, 2)).toEqual([
      { name: 'answer', place: 'dist/apps/api/src/hot.js:10', share: 0.6 },
      { name: '(anonymous)', place: 'node_modules/a/b.js:1', share: 0.3 },
    ]);
  });

  it('can leave out what came first', () => {
    expect(selfTimes(profile, 3, 1.07)).toEqual([
      { name: '(anonymous)', place: 'node_modules/a/b.js:1', share: 0.75 },
      { name: 'writev', place: '', share: 0.25 },
    ]);
  });

  it('is shown as a table', () => {
    expect(profileTable(selfTimes(profile, 3)).split('\n').at(-1)).toBe('| `writev` |  | 10.0 % |');
  });
});
