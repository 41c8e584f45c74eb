import { filesCertificate, filesServer, HOST_PATH, LABELS, rootContainer } from './files-server.js';
import { NAMESPACE, PLAIN_NAMESPACE, SETUP_NAMESPACE } from './names.js';
import type { Shell } from './shell.js';

/** Makes what the release finds in its cluster: namespaces, passwords, a volume with a dataset, and a server of charts. */
export async function makeSurroundings(shell: Shell, image: string, newDay: string): Promise<void> {
  const { key, cert } = filesCertificate();
  await shell.apply([
    namespace(NAMESPACE, 'restricted'),
    namespace(PLAIN_NAMESPACE, 'restricted'),
    namespace(SETUP_NAMESPACE, 'privileged'),
    secret(NAMESPACE, 'charts-redis', { password: 'not-a-secret-in-a-test' }),
    secret(NAMESPACE, 'files-ca', { 'ca.crt': cert }),
    secret(PLAIN_NAMESPACE, 'files-ca', { 'ca.crt': cert }),
    secret(SETUP_NAMESPACE, 'files', { 'tls.key': key, 'tls.crt': cert, 'new-day.csv': newDay }),
    volume(),
    claim(),
  ]);
  await shell.apply([volumeJob(image), ...filesServer(image)]);
  const there = ['--namespace', SETUP_NAMESPACE, 'wait', '--timeout=120s'];
  await shell.kubectl([...there, '--for=condition=Complete', 'job/make-dataset']);
  await shell.kubectl([...there, '--for=condition=Ready', 'pod/files']);
}

/** Removes all of it, and the release with it. */
export async function removeSurroundings(shell: Shell): Promise<void> {
  await shell.kubectl(['delete', 'namespace', NAMESPACE, PLAIN_NAMESPACE, SETUP_NAMESPACE, '--ignore-not-found']);
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
              ...{ name: 'dataset', ...rootContainer(image) },
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
