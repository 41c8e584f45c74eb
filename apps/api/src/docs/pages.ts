import { problemRows, type ProblemRow } from '../http/problems-doc.js';

/**
 * Pages may load what the service itself serves and nothing else; no page runs a script that stands within it. No other
 * site may frame or embed one.
 */
export const PAGE_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

/** The page at /docs: Swagger UI over /openapi.json. Addresses are relative, so it also works below a path prefix. */
export function docsPage(): string {
  return page(
    'spotify-charts: the API',
    '<div id="swagger-ui"><p>This page needs JavaScript. The same description for machines: <a href="openapi.json">openapi.json</a>.</p></div>',
    '<link rel="stylesheet" href="docs/swagger-ui.css"><script defer src="docs/swagger-ui-bundle.js"></script><script defer src="docs/start.js"></script>',
  );
}

/** The script that starts Swagger UI; a file of its own because the pages allow no script within them. */
export const DOCS_START_SCRIPT = `'use strict';
SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  defaultModelsExpandDepth: -1,
  supportedSubmitMethods: ['get'],
  tryItOutEnabled: true,
  validatorUrl: null,
});
`;

/** The page at /problems: all kinds of problems. */
export function problemsPage(): string {
  const rows = problemRows().map(
    ({ code, status, title }) => `<li><a href="problems/${code}">${code}</a>: ${status} ${title}</li>`,
  );
  return page('Problems', `<h1>Problems</h1><ul>${rows.join('')}</ul><p><a href="docs">The API</a></p>`);
}

/** The page at a problem's \`type\`. */
export function problemPage({ code, status, title, meaning }: ProblemRow): string {
  return page(
    title,
    `<h1>${title}</h1><p>Status ${status}, code <code>${code}</code></p><p>${marked(meaning)}</p><p><a href="../problems">All problems</a>, <a href="../docs">the API</a></p>`,
  );
}

function marked(text: string): string {
  return text.replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

function page(title: string, body: string, head = ''): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>${head}</head><body>${body}</body></html>\n`;
}
