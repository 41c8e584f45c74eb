import { PROBLEMS, problemPath, type ProblemCode, type ProblemKind } from './problem.js';

/** A kind of problem with its code and the path of its page. */
export interface ProblemRow extends ProblemKind {
  readonly code: ProblemCode;
  readonly path: string;
}

/** Every kind of problem, by status and code. */
export function problemRows(): ProblemRow[] {
  return (Object.keys(PROBLEMS) as ProblemCode[])
    .map((code) => ({ code, path: problemPath(code), ...PROBLEMS[code] }))
    .toSorted((a, b) => a.status - b.status || (a.code < b.code ? -1 : 1));
}

/** The text of docs/problems.md. */
export function problemsDoc(): string {
  const sections = problemRows().map(
    ({ code, path, status, title, meaning }) =>
      `## ${code}\n\n${status} ${title}, \`type\` is \`${path}\`\n\n${meaning}\n`,
  );
  return `# Problems

<!-- Made from the table in apps/api/src/http/problem.ts by \`npm run generate\`; do not edit. -->

An error is answered as \`application/problem+json\` (RFC 9457) with the members \`type\` (path of a page of the service that says what
stands below), \`title\`, \`status\`, \`detail\` (this occurrence), \`instance\` (the URL asked for), \`requestId\` (also in the header
\`X-Request-Id\` and in the log) and \`error\` (the title again, where clients of the original service look for it).

${sections.join('\n')}`;
}
