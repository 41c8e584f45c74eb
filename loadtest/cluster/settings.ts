import { z } from 'zod';

/** What the proof needs to know of the cluster, from the environment. */
export const clusterSettingsSchema = z.object({
  E2E_KUBECTL: z.string().default('kubectl').describe('command that runs kubectl, with its options'),
  E2E_HELM: z.string().default('helm').describe('command that runs Helm 3.17 or later'),
  E2E_ENTER: z
    .string()
    .default('')
    .describe(
      'command that runs another one where the ingress can be reached; empty where it can be reached from here',
    ),
  E2E_NODE: z
    .string()
    .default('docker exec kind-control-plane')
    .describe('command that runs another one on the node as root, for what only the node can do: to kill a process'),
  E2E_BUILD_IMAGE: z
    .string()
    .default('docker build --tag {image} {folder} && kind load docker-image {image}')
    .describe('shell command that builds {folder} as {image} and gives it to the cluster'),
  E2E_IMAGE: z
    .string()
    .default('localhost/spotify-charts:e2e')
    .describe('name of the image, with its registry and tag'),
  E2E_REDIS_IMAGE: z.string().default('docker.io/library/redis:7-bookworm').describe('image of Redis'),
  E2E_INGRESS_CLASS: z.string().default('nginx').describe('class of the ingress controller'),
  E2E_INGRESS_ANNOTATIONS: z
    .string()
    .default('{"nginx.ingress.kubernetes.io/proxy-next-upstream":"off"}')
    .describe(
      'annotations of the Ingress, in JSON; the controller is not to ask again, so that the service shows by itself',
    ),
  E2E_INGRESS_RETRY: z
    .string()
    .default('{"nginx.ingress.kubernetes.io/proxy-next-upstream":"error timeout http_502"}')
    .describe(
      'annotations that have the controller ask another pod when one is gone, in JSON; for the pod that is killed',
    ),
  E2E_INGRESS_URL: z
    .url()
    .default('http://127.0.0.1')
    .describe('address of the ingress controller, as E2E_ENTER sees it'),
  E2E_INGRESS_PEER: z
    .string()
    .default('{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"ingress-nginx"}}}')
    .describe('the ingress controller as a peer of network policies, in JSON'),
  E2E_INGRESS_INSIDE_URL: z
    .string()
    .default('')
    .describe('address of the ingress controller as pods see it; E2E_INGRESS_URL when empty'),
  E2E_SCALE_RATE: z.coerce
    .number()
    .positive()
    .default(1500)
    .describe('requests a second that make the autoscaler add pods'),
  E2E_NETWORK_POLICY: z
    .string()
    .default('')
    .describe('values of networkPolicy that have to differ from the chart, in JSON'),
  E2E_RATE: z.coerce.number().positive().default(150).describe('requests a second of the steady load'),
  E2E_KEEP: z.enum(['yes', 'no']).default('no').describe('whether what was installed stays'),
});

/** See {@link clusterSettingsSchema}. */
export type ClusterSettings = z.infer<typeof clusterSettingsSchema>;
