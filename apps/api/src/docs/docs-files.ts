import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import type { Answer } from '../http/answer.js';
import { openApiDocument } from '../openapi.js';
import { DOCS_START_SCRIPT } from './pages.js';

const JAVASCRIPT = 'text/javascript; charset=utf-8';
/** The files of Swagger UI that its page needs. */
const SWAGGER_FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': JAVASCRIPT,
};

/** What the page at /docs loads. Nothing is read before somebody looks at it, then it is kept. */
@Injectable()
export class DocsFiles {
  private readonly kept = new Map<string, Answer>();
  private openApi: Answer | undefined;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** The OpenAPI document. */
  get document(): Answer {
    const withKeys = this.config.access.keysFile !== undefined;
    this.openApi ??= { body: Buffer.from(JSON.stringify(openApiDocument({ withKeys }))) };
    return this.openApi;
  }

  /** A file of the page by its name; undefined when there is none. */
  find(name: string): Answer | undefined {
    if (name === 'start.js') return { body: Buffer.from(DOCS_START_SCRIPT), contentType: JAVASCRIPT };
    if (!Object.hasOwn(SWAGGER_FILES, name)) return undefined;
    const answer = this.kept.get(name) ?? this.read(name);
    this.kept.set(name, answer);
    return answer;
  }

  private read(name: string): Answer {
    const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
    return { body: readFileSync(join(folder, name)), contentType: SWAGGER_FILES[name] ?? JAVASCRIPT };
  }
}
