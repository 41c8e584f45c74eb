import { z } from 'zod';
import { milliOf } from './autoscaler-spec.js';

/** CPU of one container, in thousandths of a core. */
export interface PodResources {
  readonly requestMilli: number;
  /** Undefined where there is no limit. */
  readonly limitMilli: number | undefined;
}

const amounts = z.looseObject({ cpu: z.union([z.string(), z.number()]).optional() }).default({});
const deployment = z.looseObject({
  kind: z.literal('Deployment'),
  spec: z.looseObject({
    template: z.looseObject({
      spec: z.looseObject({
        containers: z.array(
          z.looseObject({ name: z.string(), resources: z.looseObject({ requests: amounts, limits: amounts }) }),
        ),
      }),
    }),
  }),
});

/** CPU of a container of a Deployment (as plain data). Throws when there is no such container, or when it has no CPU request. */
export function podResources(object: unknown, container: string): PodResources {
  const found = deployment.parse(object).spec.template.spec.containers.find(({ name }) => name === container);
  const { requests, limits } = found?.resources ?? {};
  if (requests?.cpu === undefined)
    throw new RangeError(`the Deployment needs a container ${container} with resources.requests.cpu`);
  return {
    requestMilli: milliOf(requests.cpu),
    limitMilli: limits?.cpu === undefined ? undefined : milliOf(limits.cpu),
  };
}
