import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { only, type KubernetesObject } from '../kubernetes/objects.js';
import { podOf } from '../kubernetes/pods.js';
import { baseWith } from '../kustomize/kustomization.js';
import { ROOT } from '../setup/tree.js';
import { render } from './chart.js';

const REDIS = ['redis.mode=embedded', 'redis.auth.password=a', 'networkPolicy.enabled=false'];
const K6 = ['loadTest.enabled=true', 'loadTest.engine=k6'];
const OTHER = `sha256:${'0123456789abcdef'.repeat(4)}`;
/** An official image by a full version and the digest of what it has to be. */
const PINNED = /^[\w./-]+:\d+\.\d+\.\d+[\w.-]*@sha256:[0-9a-f]{64}$/;

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

function imageOf(objects: readonly KubernetesObject[], kind: string, nameEnd: string): string {
  return podOf(only(objects, kind, nameEnd))!.spec.containers[0]!.image;
}

const redisImage = async (...set: readonly string[]) =>
  imageOf(await render({ set: [...REDIS, ...set] }), 'Deployment', '-redis');
const k6Image = async (...set: readonly string[]) => imageOf(await render({ set: [...K6, ...set] }), 'Job', '');

describe('the images that are not our own', () => {
  it('are pinned by version and digest, the base of the image of the service too', async () => {
    const base = /^ARG NODE_IMAGE=(.*)$/m.exec(read('Dockerfile'))![1];
    for (const image of [await redisImage(), await k6Image(), base]) expect(image).toMatch(PINNED);
  });

  it('are the same for Helm, kustomize and compose', async () => {
    const compose = parse(read('compose.yaml')) as { services: { redis: { image: string } } };
    expect(compose.services.redis.image).toBe(await redisImage());
    expect(imageOf(await baseWith('redis'), 'Deployment', '-redis')).toBe(await redisImage());
    expect(imageOf(await baseWith('loadtest-k6'), 'Job', '')).toBe(await k6Image());
  });

  it('are another tag when only a tag is given: the digest of the default does not go with it', async () => {
    expect(await redisImage('redis.embedded.image.tag=7-bookworm')).toBe('redis:7-bookworm');
    expect(await k6Image('loadTest.k6.image.tag=1.3.0')).toBe('grafana/k6:1.3.0');
  });

  it('are another digest when one is given, whatever the tag, and keep both at a mirror', async () => {
    expect(await redisImage(`redis.embedded.image.digest=${OTHER}`)).toBe(`redis@${OTHER}`);
    expect(await k6Image(`loadTest.k6.image.digest=${OTHER}`)).toBe(`grafana/k6@${OTHER}`);
    const mirrored = await redisImage('redis.embedded.image.repository=mirror.example/redis');
    expect(mirrored).toBe(`mirror.example/${await redisImage()}`);
  });
});

describe('the image of the service', () => {
  const image = async (...set: readonly string[]) => imageOf(await render({ set }), 'Deployment', 'spotify-charts');

  it('has the version of the chart, unless a tag or a digest is given; the digest wins', async () => {
    expect(await image()).toBe('spotify-charts:0.1.0');
    expect(await image('image.tag=next')).toBe('spotify-charts:next');
    expect(await image('image.tag=next', `image.digest=${OTHER}`)).toBe(`spotify-charts@${OTHER}`);
  });
});
