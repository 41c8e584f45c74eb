import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHART, render, type RenderOptions } from './chart.js';

/** Values that contradict each other, and the sentence that says so: [--set values, sentence]. */
const CONTRADICTIONS: readonly (readonly [string, string])[] = [
  ['resources.requests.memory=256Mi', 'the memory of requests (256Mi) and limits (512Mi) must be the same'],
  [
    'duckdb.memoryLimit=300MB',
    '512Mi is too little for the heap (40 %), duckdb.memoryLimit (300MB) and cache.l1.maxBytes (25165824)',
  ],
  ['cache.l1.maxBytes=268435456', 'together they must stay below 90 % of it.'],
  ['node.heapPercent=80', '512Mi is too little for the heap (80 %)'],
  ['duckdb.connections=8', 'node.uvThreadpoolSize: 8 must be above duckdb.connections (8)'],
  ['shutdown.gracePeriodSeconds=35', '35 must be above preStopSeconds (5) and deadlineMs (30000) together'],
  ['shutdown.drainMs=30000', 'shutdown.deadlineMs: 30000 must be above drainMs (30000).'],
  ['server.headersTimeoutMs=72000', 'server.headersTimeoutMs: 72000 must be above keepAliveTimeoutMs (72000).'],
  ['server.requestTimeoutMs=70000', 'server.requestTimeoutMs: 70000 must not be below headersTimeoutMs (75000).'],
  ['server.managementPort=5000', 'server.managementPort: 5000 must be another port than server.port.'],
  ['rollingUpdate.maxSurge=0%', 'maxSurge and maxUnavailable must not both be 0'],
  ['keda.enabled=true,keda.prometheusUrl=http://p:9090', 'keda.enabled: set autoscaling.enabled to false as well'],
  ['keda.enabled=true,autoscaling.enabled=false', 'keda.prometheusUrl: must be the address of Prometheus'],
  ['autoscaling.minReplicas=31', 'autoscaling.minReplicas: 31 must not be above maxReplicas (30).'],
  ['autoscaling.cpu.enabled=false', 'switch on one of cpu, requestsPerSecond and eventLoopUtilization'],
  ['resources.requests.cpu=null', 'autoscaling.cpu: resources.requests.cpu must be given'],
  ['redis.mode=embedded', 'redis.auth: give a password or an existingSecret for the embedded Redis'],
  [
    'redis.mode=embedded,redis.auth.password=a,redis.auth.existingSecret=b',
    'give password or existingSecret, not both.',
  ],
  ['redis.mode=embedded,redis.auth.password=a,redis.auth.username=b', 'the embedded Redis has the default user only.'],
  [
    'redis.mode=embedded,redis.auth.existingSecret=a,redis.auth.urlKey=url',
    'redis.auth.urlKey: needs existingSecret, and a redis.mode of external',
  ],
  [
    'redis.mode=embedded,redis.auth.password=a,redis.tls.enabled=true',
    'redis.tls: is for external, sentinel and cluster',
  ],
  ['redis.mode=external', 'redis.addresses: name the servers as HOST:PORT for redis.mode external'],
  ['redis.mode=external,redis.addresses={a:1,b:2}', 'redis.mode external has one server'],
  ['redis.mode=external,redis.addresses={a:1},redis.auth.username=b', 'redis.auth.username: needs a password'],
  [
    'redis.mode=external,redis.addresses={a:1},redis.tls.caSecret=b',
    'redis.tls.caSecret: set redis.tls.enabled as well.',
  ],
  ['redis.mode=cluster,redis.addresses={a:1},redis.database=1', 'redis.database: a cluster has database 0 only.'],
  ['redis.addresses={a:1}', 'redis.addresses: have no effect with redis.mode none'],
  ['redis.mode=external,redis.addresses={a:1}', 'networkPolicy.redis: name where Redis is (peers)'],
  ['dataset.source=download', 'dataset.download.manifestUrls: name the https address of manifest.json'],
  ['dataset.source=claim', 'dataset.claim.name: name the PersistentVolumeClaim'],
  [
    'dataset.source=claim,dataset.claim.name=a,dataset.claim.accessMode=ReadWriteOnce',
    'a ReadWriteOnce volume is on one node',
  ],
  [
    'dataset.source=claim,dataset.claim.name=a,dataset.claim.accessMode=ReadWriteOnce,autoscaling.enabled=false',
    'or replicaCount 1 without autoscaling and keda.',
  ],
  ['dataset.source=imageVolume', 'dataset.imageVolume.reference: name the OCI image'],
  [
    'dataset.refresh.enabled=true,dataset.refresh.urls={https://a.example/b.csv}',
    'dataset.refresh: writes to the volume that the pods read',
  ],
  ['dataset.refresh.enabled=true', 'dataset.refresh.urls: name the https addresses of the chart files.'],
  [
    'dataset.refresh.enabled=true,dataset.refresh.keep=1',
    'dataset.refresh.keep: 1 would remove the version before the current one',
  ],
  ['tls.enabled=true', 'tls.enabled: is for the Ingress, which is off'],
  ['tls.certManager.enabled=true', 'tls.certManager.issuerRef: name the issuer'],
  ['tls.certManager.enabled=true', 'tls.certManager: a certificate needs names'],
  ['ingress.enabled=true,tls.certManager.enabled=true', 'the Ingress would not use the certificate: set tls.enabled.'],
  ['gateway.httpRoute.enabled=true', 'gateway.httpRoute.parentRefs: name the Gateway'],
  ['ingress.enabled=true', 'networkPolicy.clients: name the pods of the ingress controller or gateway'],
  ['gateway.httpRoute.enabled=true', 'networkPolicy.clients: name the pods of the ingress controller or gateway'],
  ['service.type=NodePort', 'name who may call from outside (an ipBlock) for a Service of type NodePort'],
  ['metrics.prometheusRule.enabled=true', 'metrics.prometheusRule.runbookUrl: name the address'],
  [
    'tracing.enabled=false,tracing.followSampled=true',
    'tracing.followSampled: has no effect while tracing.enabled is false',
  ],
  ['metrics.podMonitor.enabled=true', 'networkPolicy.metrics: name the pods of Prometheus'],
  [
    'metrics.podMonitor.enabled=true,metrics.serviceMonitor.enabled=true',
    'switch on serviceMonitor or podMonitor, not both',
  ],
  ['loadTest.enabled=true,loadTest.target=http://a.example', 'loadTest.egress: name where http://a.example is (peers)'],
  [
    'loadTest.enabled=true,apiKeys.enabled=true,apiKeys.existingSecret=a',
    'loadTest: the runners have no API key; set apiKeys.enabled to false while they run.',
  ],
  ['extraEnv[0].name=PORT', 'extraEnv: PORT is set by the chart; use its own value.'],
  ['extraEnv[0].name=REDIS_URL', 'extraEnv: REDIS_URL is set by the chart'],
  [
    'podLabels.app\\.kubernetes\\.io/component=x',
    'podLabels: app.kubernetes.io/component is a label of the chart itself',
  ],
  ['commonLabels.helm\\.sh/chart=x', 'commonLabels: helm.sh/chart is a label of the chart itself'],
];

/** Values that the schema refuses, and the place that each Helm names: [--set values, place]. */
const MISFITS: readonly (readonly [string, string])[] = [
  ['replicas=3', 'replicas'],
  ['image.name=x', 'image'],
  ['autoscaling.targetCPU=50', 'autoscaling'],
  ['autoscaling.behavior.scaleUp.speed=1', 'scaleUp'],
  ['networkPolicy.clients[0].pods=x', 'clients'],
  ['image.digest=latest', 'digest'],
  ['redis.embedded.image.tag=7@latest', 'tag'],
  ['image.pullPolicy=Sometimes', 'pullPolicy'],
  ['replicaCount=many', 'replicaCount'],
  ['server.port=70000', 'port'],
  ['resources.limits.memory=lots', 'memory'],
  ['resources.limits.memory=null', 'memory'],
  ['duckdb.memoryLimit=128Mi', 'memoryLimit'],
  ['redis.mode=valkey', 'mode'],
  ['redis.addresses={cache}', 'addresses'],
  ['redis.auth.password=p@ss', 'password'],
  ['apiKeys.enabled=true', 'apiKeys'],
  ['apiKeys.enabled=true,apiKeys.existingSecret=a,apiKeys.key=', 'apiKeys'],
  ['dataset.source=url', 'source'],
  ['dataset.claim.accessMode=ReadWriteOncePod', 'accessMode'],
  ['dataset.download.manifestUrls={http://a.example/manifest.json}', 'manifestUrls'],
  ['dataset.download.manifestSha256=abc', 'manifestSha256'],
  ['dataset.refresh.urls={file:///data/a.csv}', 'urls'],
  ['dataset.refresh.schedule=daily', 'schedule'],
  ['logging.requestSample=2', 'requestSample'],
  ['metrics.prometheusRule.runbookUrl=docs/operations.md', 'runbookUrl'],
  ['tracing.endpoint=http://collector:4318', 'tracing'],
  ['topologySpread.whenUnsatisfiable=Never', 'whenUnsatisfiable'],
  ['ingress.hosts={HTTP://x}', 'hosts'],
  ['loadTest.engine=wrk', 'engine'],
];

/** What Helm says when it refuses. */
async function outcomeOf(options: RenderOptions): Promise<string> {
  try {
    await render(options);
    return 'rendered';
  } catch (error) {
    return (error as Error).message;
  }
}

describe.each(['helm3', 'helm4'] as const)('%s refuses', (helm) => {
  it('contradictions with a sentence for each', async () => {
    for (const [values, sentence] of CONTRADICTIONS) {
      const outcome = await outcomeOf({ helm, set: [values] });
      expect({ values, outcome }).toEqual({ values, outcome: expect.stringContaining(sentence) });
    }
  });

  it('values that do not fit the schema, and names their place', async () => {
    for (const [values, place] of MISFITS) {
      const outcome = await outcomeOf({ helm, set: [values] });
      expect({ values, outcome }).toEqual({ values, outcome: expect.stringContaining('schema') });
      expect({ values, outcome }).toEqual({ values, outcome: expect.stringContaining(place) });
    }
  });
});

describe('values that contradict each other', () => {
  it('are all named at once', async () => {
    const message = await outcomeOf({
      set: ['server.managementPort=5000', 'redis.mode=embedded', 'autoscaling.minReplicas=99'],
    });
    expect(message.match(/^- /gm)).toHaveLength(3);
  });
});

describe('the load test by k6', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chart-'));
    await cp(CHART, folder, { recursive: true });
    await rm(join(folder, 'files/k6.js'), { force: true });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is refused by a chart without its script', async () => {
    await expect(render({ chart: folder, set: ['loadTest.enabled=true', 'loadTest.engine=k6'] })).rejects.toThrow(
      'loadTest.engine: the script files/k6.js is not in this chart; use node.',
    );
  });
});
