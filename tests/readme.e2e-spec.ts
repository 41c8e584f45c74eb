import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../apps/api/src/app.js';
import { readConfig } from '../apps/api/src/config.js';
import { stop } from '../apps/api/src/lifecycle/stop.js';
import { ROOT } from './setup/tree.js';

const README = readFileSync(`${ROOT}README.md`, 'utf8');
const EXAMPLE = /^curl 'http:\/\/127\.0\.0\.1:5000(\/[^']+)'\n```\n+```json\n([^`]+)```/m.exec(README);

describe('the README', () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('shows a request and the answer that the sample dataset of `make run` gives', async () => {
    const cli = `${ROOT}dist/apps/dataset/src/main.js`;
    if (!existsSync(cli)) throw new Error('This test runs the built program: npm run build');
    const sample = /dataset -- (sample .*)/.exec(readFileSync(`${ROOT}Makefile`, 'utf8'))?.[1] ?? '';
    const args = sample.replace('data/sample', folder).split(' ');
    expect(spawnSync('node', [cli, ...args], { encoding: 'utf8' })).toMatchObject({ status: 0 });

    const app = await createApp(
      readConfig({ DATASET_DIR: folder, LOG_LEVEL: 'silent', PORT: '0', MANAGEMENT_PORT: '0' }),
    );
    try {
      await app.listen(0, '127.0.0.1');
      const answer = await fetch((await app.getUrl()) + EXAMPLE?.[1]);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual(JSON.parse(EXAMPLE?.[2] ?? ''));
    } finally {
      await stop(app, 0);
    }
  });
});
