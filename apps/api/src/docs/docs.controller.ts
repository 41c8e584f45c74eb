import { Controller, Get, Param } from '@nestjs/common';
import { pageAnswer, textAnswer, type Answer } from '../http/answer.js';
import { ProblemError } from '../http/problem.js';
import { problemRows } from '../http/problems-doc.js';
import { DocsFiles } from './docs-files.js';
import { PAGE_HEADERS, docsPage, problemPage, problemsPage } from './pages.js';

/** The pages for people, and the description for machines: /, /docs, /openapi.json and /problems. */
@Controller()
export class DocsController {
  constructor(private readonly files: DocsFiles) {}

  @Get()
  root(): Answer {
    const text = 'spotify-charts: chart rankings and histories over HTTP. The routes are described at docs.';
    return { ...textAnswer(text), status: 302, headers: { Location: 'docs' } };
  }

  @Get('openapi.json')
  openApi(): Answer {
    return this.files.document;
  }

  @Get('docs')
  docs(): Answer {
    return pageAnswer(docsPage(), PAGE_HEADERS);
  }

  @Get('docs/:file')
  file(@Param('file') name: string): Answer {
    const answer = this.files.find(name);
    if (!answer) throw new ProblemError('not-found');
    return answer;
  }

  @Get('problems')
  problems(): Answer {
    return pageAnswer(problemsPage(), PAGE_HEADERS);
  }

  @Get('problems/:code')
  problem(@Param('code') code: string): Answer {
    const row = problemRows().find((candidate) => candidate.code === code);
    if (!row) throw new ProblemError('not-found');
    return pageAnswer(problemPage(row), PAGE_HEADERS);
  }
}
