import { Validator } from '@seriousme/openapi-schema-validator';
import { openApiDocument } from './openapi.js';

interface Described {
  readonly security?: readonly unknown[];
  readonly components: { readonly securitySchemes?: object };
  readonly paths: Record<
    string,
    {
      readonly get: {
        readonly responses: Record<string, { readonly headers?: object }>;
        readonly security?: readonly unknown[];
      };
    }
  >;
}

describe('the OpenAPI document of a service that asks for keys', () => {
  const document = openApiDocument({ withKeys: true }) as unknown as Described;

  it('is valid, and names the two ways to send one', async () => {
    expect(await new Validator().validate(structuredClone(document) as object as Record<string, unknown>)).toEqual({
      valid: true,
    });
    expect(document.security).toEqual([{ bearer: [] }, { apiKey: [] }]);
    expect(Object.keys(document.components.securitySchemes ?? {})).toEqual(['bearer', 'apiKey']);
  });

  it('has both refusals on every list, and no key for the health of the service', () => {
    for (const [path, { get }] of Object.entries(document.paths)) {
      const isOpen = path === '/health';
      expect([path, '401' in get.responses, '429' in get.responses]).toEqual([path, !isOpen, !isOpen]);
      expect(get.security).toEqual(isOpen ? [] : undefined);
      if (isOpen) continue;
      expect(get.responses['200']?.headers).toMatchObject({ RateLimit: {}, 'RateLimit-Policy': {} });
      expect(get.responses['401']?.headers).toHaveProperty('WWW-Authenticate');
      expect(get.responses['429']?.headers).toHaveProperty('Retry-After');
    }
  });

  it('says nothing of them where none is asked for', () => {
    expect(JSON.stringify(openApiDocument())).not.toMatch(/security|RateLimit|too-many-requests|api-key-required/);
  });
});
