import { podResources } from './pod-resources.js';

const deployment = (resources: object) => ({
  kind: 'Deployment',
  spec: {
    template: {
      spec: {
        containers: [
          { name: 'other', resources: {} },
          { name: 'api', resources },
        ],
      },
    },
  },
});

describe('podResources', () => {
  it('reads request and limit of the container', () => {
    const limits = { memory: '512Mi' };
    expect(podResources(deployment({ requests: { cpu: '1' }, limits }), 'api')).toEqual({ requestMilli: 1000 });
    expect(podResources(deployment({ requests: { cpu: '250m' }, limits: { cpu: 0.6 } }), 'api')).toEqual({
      ...{ requestMilli: 250, limitMilli: 600 },
    });
  });

  it('says what is missing', () => {
    expect(() => podResources(deployment({}), 'api')).toThrow('a container api with resources.requests.cpu');
    expect(() => podResources(deployment({ requests: { cpu: '1' } }), 'web')).toThrow('a container web');
    expect(() => podResources({ kind: 'Pod' }, 'api')).toThrow('kind');
  });
});
