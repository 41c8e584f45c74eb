import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCurrent, type Manifest } from '#libs/catalog';
import { writeVersion } from '../store/testing/fake-version.js';
import { bundleProgram } from './testing/bundled-program.js';
import { createCertificate } from './testing/certificate.js';

let root: string;
let program: string;
let server: Server;
let manifest: Manifest;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'certificates-'));
  program = await bundleProgram(root);
  manifest = await writeVersion(join(root, 'v'), 'one');
  const certificate = createCertificate();
  await writeFile(join(root, 'authority.pem'), certificate.cert);
  const answer: RequestListener = ({ url = '' }, response) => {
    if (url.startsWith('/away/')) response.writeHead(302, { location: `http://127.0.0.1:1${url}` }).end();
    else void readFile(join(root, url)).then((content) => response.end(content));
  };
  server = createServer(certificate, answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
}, 60_000);
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(root, { recursive: true, force: true });
});

async function fetch(path: string, dir: string, env: NodeJS.ProcessEnv) {
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const args = [program, 'fetch', url, '--out', join(root, dir), '--quiet'];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [exitCode] = (await once(child, 'close')) as [number];
  return { exitCode, err };
}

describe('a download over TLS', () => {
  it('works when the authority is named in NODE_EXTRA_CA_CERTS', async () => {
    const trusting = { NODE_EXTRA_CA_CERTS: join(root, 'authority.pem') };
    expect(await fetch('/v/manifest.json', 'trusting', trusting)).toEqual({ exitCode: 0, err: '' });
    expect((await openCurrent(join(root, 'trusting'))).manifest).toEqual(manifest);
  });

  it('is refused at once when the authority is not trusted, with what to do', async () => {
    const { exitCode, err } = await fetch('/v/manifest.json', 'doubting', {});
    expect(exitCode).toBe(5);
    expect(err).toContain('its certificate is not trusted');
    expect(err).toContain('NODE_EXTRA_CA_CERTS');
    expect(err).not.toContain('Given up after');
  });

  it('does not follow a redirect out of TLS', async () => {
    const trusting = { NODE_EXTRA_CA_CERTS: join(root, 'authority.pem') };
    const { exitCode, err } = await fetch('/away/manifest.json', 'away', trusting);
    expect(exitCode).toBe(5);
    expect(err).toContain('redirects to http://127.0.0.1:1/away/manifest.json, which is refused');
  });
});
