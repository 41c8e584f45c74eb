import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FILES_HOST, OTHER_PORT, SETUP_NAMESPACE } from './names.js';
import { imageOf } from './release-values.js';

/** On the node; a volume that several pods can mount. */
export const HOST_PATH = '/var/tmp/spotify-charts-e2e';
/** Labels of everything that the proof makes besides the releases. */
export const LABELS = { 'app.kubernetes.io/part-of': 'charts-e2e' };

const SCRIPT = `
  const { readFileSync } = require('node:fs');
  const { basename } = require('node:path');
  const own = (name) => readFileSync('/files/' + name);
  const published = (name) =>
    readFileSync('/volume/charts/' + readFileSync('/volume/charts/current', 'utf8').trim() + '/' + name);
  const fileAt = (url) => {
    if (url === '/new-day.csv') return own('new-day.csv');
    if (url.startsWith('/dataset/')) return published(basename(url));
    throw new Error('nothing there');
  };
  require('node:https')
    .createServer({ key: own('tls.key'), cert: own('tls.crt') }, (request, response) => {
      let [status, body] = [404, Buffer.from('not found')];
      try {
        [status, body] = [200, fileAt(request.url)];
      } catch {}
      console.log(request.url, status);
      response.writeHead(status, { 'Content-Length': body.length }).end(body);
    })
    .listen(443);
  for (const port of [6379, ${OTHER_PORT}]) require('node:net').createServer((socket) => socket.end()).listen(port);`;

/** Key and certificate of the server, made by openssl; the certificate signs itself. */
export function filesCertificate(): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  try {
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
        ...['-subj', '/CN=files', '-addext', `subjectAltName=DNS:${FILES_HOST}`, '-keyout', key, '-out', cert],
      ],
      { stdio: 'pipe' },
    );
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * A server by TLS of new charts and of the dataset that is current on the volume, from the Secret `files`. At the port of
 * Redis, and at one that nobody uses, connections are taken and closed.
 */
export function filesServer(image: string): readonly object[] {
  return [filesPod(image), filesService()];
}

function filesPod(image: string): object {
  return {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: { name: 'files', namespace: SETUP_NAMESPACE, labels: { ...LABELS, app: 'files' } },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          ...{ name: 'files', ...rootContainer(image), command: ['node', '-e', SCRIPT] },
          readinessProbe: { tcpSocket: { port: 443 } },
          volumeMounts: [
            { name: 'files', mountPath: '/files' },
            { name: 'volume', mountPath: '/volume', readOnly: true },
          ],
        },
      ],
      volumes: [
        { name: 'files', secret: { secretName: 'files' } },
        { name: 'volume', hostPath: { path: HOST_PATH } },
      ],
    },
  };
}

function filesService(): object {
  const ports = [443, 6379, OTHER_PORT].map((port) => ({ name: `port-${port}`, port, targetPort: port }));
  return {
    ...{ apiVersion: 'v1', kind: 'Service' },
    metadata: { name: 'files', namespace: SETUP_NAMESPACE, labels: LABELS },
    spec: { selector: { app: 'files' }, ports },
  };
}

/** A container of the service's image that runs as root. */
export function rootContainer(image: string) {
  const { repository, tag, pullPolicy } = imageOf(image);
  return {
    image: `${repository}:${tag}`,
    imagePullPolicy: pullPolicy,
    securityContext: { runAsUser: 0 },
    resources: { requests: { cpu: '10m', memory: '64Mi' } },
  };
}
