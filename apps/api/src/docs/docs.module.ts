import { Module } from '@nestjs/common';
import { DocsController } from './docs.controller.js';
import { DocsFiles } from './docs-files.js';

/** The documentation, served by the service itself and without the internet. */
@Module({ controllers: [DocsController], providers: [DocsFiles] })
export class DocsModule {}
