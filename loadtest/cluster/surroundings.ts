import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FILES_URL, imageOf, NAMESPACE, SETUP_NAMESPACE } from './release.js';
import type { Shell } from './shell.js';

/** On the node; a volume that several pods can mount. */
const HOST_PATH = '/var/tmp/spotify-charts-e2e';
const LABELS = { 'app.kubernetes.io/part-of': 'charts-e2e' };

/** Makes what the release finds in its cluster: namespaces, passwords, a volume with a dataset, and a server of charts. */
export async function makeSurroundings(shell: Shell, image: string, newDay: string): Promise<void> {
  const { key, cert } = certificateOf(new URL(FILES_URL).hostname);
  await shell.apply([
    namespace(NAMESPACE, 'restricted'),
    namespace(SETUP_NAMESPACE, 'privileged'),
    secret(NAMESPACE, 'charts-redis', { password: 'not-a-secret-in-a-test' }),
    secret(NAMESPACE, 'files-ca', { 'ca.crt': cert }),
    secret(SETUP_NAMESPACE, 'files', { 'tls.key': key, 'tls.crt': cert, 'new-day.csv': newDay }),
    volume(),
    claim(),
  ]);
  await shell.apply([volumeJob(image), filesPod(image), filesService()]);
  const there = ['--namespace', SETUP_NAMESPACE, 'wait', '--timeout=120s'];
  await shell.kubectl([...there, '--for=condition=Complete', 'job/make-dataset']);
  await shell.kubectl([...there, '--for=condition=Ready', 'pod/files']);
}

/** Removes all of it, and the release with it. */
export async function removeSurroundings(shell: Shell): Promise<void> {
  await shell.kubectl(['delete', 'namespace', NAMESPACE, SETUP_NAMESPACE, '--ignore-not-found']);
  await shell.kubectl(['delete', 'persistentvolume', 'charts-e2e', '--ignore-not-found']);
}

function namespace(name: string, level: string): object {
  return {
    ...{ apiVersion: 'v1', kind: 'Namespace' },
    metadata: { name, labels: { ...LABELS, 'pod-security.kubernetes.io/enforce': level } },
  };
}

function secret(where: string, name: string, stringData: Readonly<Record<string, string>>): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: where, labels: LABELS }, stringData };
}

function volume(): object {
  return {
    ...{ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'charts-e2e', labels: LABELS } },
    spec: {
      accessModes: ['ReadWriteMany'],
      capacity: { storage: '1Gi' },
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: '',
      claimRef: { namespace: NAMESPACE, name: 'charts-data' },
      hostPath: { path: HOST_PATH, type: 'DirectoryOrCreate' },
    },
  };
}

function claim(): object {
  return {
    ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
    metadata: { name: 'charts-data', namespace: NAMESPACE, labels: LABELS },
    spec: {
      ...{ accessModes: ['ReadWriteMany'], storageClassName: '', volumeName: 'charts-e2e' },
      resources: { requests: { storage: '1Gi' } },
    },
  };
}

/** Root, as only root may give the folder on the node to the service's user. */
function volumeJob(image: string): object {
  const script = `
    const { execFileSync } = require('node:child_process');
    const { rmSync } = require('node:fs');
    rmSync('/volume/charts', { recursive: true, force: true });
    execFileSync('node', ['dist/apps/dataset/src/main.js', 'sample', '--out', '/volume/charts', '--seed', '1'], { stdio: 'inherit' });
    execFileSync('chown', ['-R', '65532:65532', '/volume']);`;
  return {
    ...{ apiVersion: 'batch/v1', kind: 'Job' },
    metadata: { name: 'make-dataset', namespace: SETUP_NAMESPACE, labels: LABELS },
    spec: {
      backoffLimit: 0,
      template: {
        spec: {
          restartPolicy: 'Never',
          containers: [
            {
              ...{ name: 'dataset', ...container(image) },
              command: ['node', '-e', script],
              volumeMounts: [{ name: 'volume', mountPath: '/volume' }],
            },
          ],
          volumes: [{ name: 'volume', hostPath: { path: HOST_PATH, type: 'DirectoryOrCreate' } }],
        },
      },
    },
  };
}

function filesPod(image: string): object {
  const script = `
    const { readFileSync } = require('node:fs');
    const file = (name) => readFileSync('/files/' + name);
    require('node:https')
      .createServer({ key: file('tls.key'), cert: file('tls.crt') }, (request, response) => {
        console.log(request.url);
        const known = request.url === '/new-day.csv';
        const body = known ? file('new-day.csv') : 'not found';
        response.writeHead(known ? 200 : 404, { 'Content-Length': body.length }).end(body);
      })
      .listen(443);`;
  return {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: { name: 'files', namespace: SETUP_NAMESPACE, labels: { ...LABELS, app: 'files' } },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          ...{ name: 'files', ...container(image), command: ['node', '-e', script] },
          readinessProbe: { tcpSocket: { port: 443 } },
          volumeMounts: [{ name: 'files', mountPath: '/files' }],
        },
      ],
      volumes: [{ name: 'files', secret: { secretName: 'files' } }],
    },
  };
}

function filesService(): object {
  return {
    ...{ apiVersion: 'v1', kind: 'Service' },
    metadata: { name: 'files', namespace: SETUP_NAMESPACE, labels: LABELS },
    spec: { selector: { app: 'files' }, ports: [{ port: 443, targetPort: 443 }] },
  };
}

function container(image: string) {
  const { repository, tag, pullPolicy } = imageOf(image);
  return {
    image: `${repository}:${tag}`,
    imagePullPolicy: pullPolicy,
    securityContext: { runAsUser: 0 },
    resources: { requests: { cpu: '10m', memory: '64Mi' } },
  };
}

/** A certificate that signs itself, made by openssl. */
function certificateOf(host: string): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  try {
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
        ...['-subj', '/CN=files', '-addext', `subjectAltName=DNS:${host}`, '-keyout', key, '-out', cert],
      ],
      { stdio: 'pipe' },
    );
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
