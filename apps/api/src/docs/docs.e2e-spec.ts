import type { AddressInfo } from 'node:net';
import { PROBLEMS } from '../http/problem.js';
import { startHttpApp, type HttpApp } from '../http/testing/http-app.js';
import { DocsModule } from './docs.module.js';

let http: HttpApp;
let base: string;

beforeAll(async () => {
  http = await startHttpApp({}, DocsModule);
  base = `http://127.0.0.1:${(http.app.getHttpServer().address() as AddressInfo).port}`;
});
afterAll(() => http.app.close());

/** What a page loads, as addresses on this service. */
function loadedBy(html: string, page: string): string[] {
  return [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => new URL(address, base + page).href);
}

describe('the documentation', () => {
  it('is where / leads', async () => {
    const response = await fetch(`${base}/`);
    expect([response.status, response.redirected, response.url]).toEqual([200, true, `${base}/docs`]);
  });

  it('loads nothing from elsewhere, and everything it loads is there', async () => {
    const html = await (await fetch(`${base}/docs`)).text();
    const addresses = loadedBy(html, '/docs');
    expect(addresses).toEqual(
      expect.arrayContaining([`${base}/docs/swagger-ui-bundle.js`, `${base}/docs/swagger-ui.css`]),
    );
    for (const address of addresses) {
      expect(address.startsWith(`${base}/`)).toBe(true);
      expect((await fetch(address)).status).toBe(200);
    }
  });

  it.each(['/docs', '/problems', '/problems/not-found'])(
    'allows %s no script or style within the page',
    async (path) => {
      const response = await fetch(base + path);
      const policy = response.headers.get('content-security-policy');
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain('unsafe');
      expect(await response.text()).not.toMatch(/<script(?![^>]*\bsrc=)|<style|style=|onload=/);
    },
  );

  it.each([
    ['/docs/swagger-ui.css', 'text/css; charset=utf-8'],
    ['/docs/swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
    ['/docs/start.js', 'text/javascript; charset=utf-8'],
    ['/openapi.json', 'application/json; charset=utf-8'],
  ])('serves %s as %s', async (path, contentType) => {
    expect((await fetch(base + path)).headers.get('content-type')).toBe(contentType);
  });

  it.each([
    '/docs/package.json',
    '/docs/..%2Fpackage.json',
    '/docs/__proto__',
    '/docs/',
    '/problems/nothing',
    '/problems/__proto__',
  ])('has no %s', async (path) => {
    expect((await fetch(base + path)).status).toBe(404);
  });

  it.each(Object.entries(PROBLEMS))('has a page at the type of %s', async (code, { title }) => {
    const response = await fetch(`${base}/problems/${code}`);
    const html = await response.text();
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(html).toContain(`<h1>${title}</h1>`);
    for (const address of loadedBy(html, `/problems/${code}`)) expect((await fetch(address)).status).toBe(200);
  });
});
