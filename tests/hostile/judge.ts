import type { Conversation, Reply } from './exchange.js';

/** What hostile input holds where it can; no answer may give it back as something that a browser runs. */
export const MARKUP = '<script>alert(1)</script>';
/** A header that input tries to add to the answer. */
export const INJECTED_HEADER = 'x-injected';

const PROBLEM_MEMBERS = ['type', 'title', 'status', 'detail', 'instance', 'requestId', 'error'];

/** What is wrong with what a connection brought, in words; nothing when all is as promised. */
export function faultsOf({ replies, rest, closed, hung }: Conversation): string[] {
  const faults = replies.flatMap(faultsOfReply);
  if (hung) faults.push('neither answered nor closed in time');
  if (rest.length > 0) faults.push(`not HTTP: ${rest.toString('latin1').slice(0, 100)}`);
  if (replies.length === 0 && !closed && !hung) faults.push('no answer');
  return faults;
}

function faultsOfReply(reply: Reply): string[] {
  const { status, head, headers, body } = reply;
  const faults: string[] = [];
  if (status >= 500) faults.push(`status ${status}`);
  if (status >= 400) faults.push(...faultsOfProblem(reply));
  if (headers.has(INJECTED_HEADER)) faults.push('a header of the input');
  if (head.includes('<script')) faults.push('markup in a header');
  if (body.includes('<script>alert') && !isHarmless(headers))
    faults.push('markup in a body that may be taken for a page');
  if (headers.has('server') || headers.has('x-powered-by')) faults.push('tells what it runs on');
  if (/\n {4}at |node_modules|\.js:\d/.test(body.toString('latin1'))) faults.push('a stack');
  return faults;
}

/** JSON that may not be taken for anything else. */
function isHarmless(headers: ReadonlyMap<string, string>): boolean {
  const type = headers.get('content-type') ?? '';
  return /^application\/(problem\+)?json\b/.test(type) && headers.get('x-content-type-options') === 'nosniff';
}

function faultsOfProblem({ status, headers, body }: Reply): string[] {
  const type = headers.get('content-type');
  if (type !== 'application/problem+json; charset=utf-8') return [`${status} of type ${type}`];
  // To HEAD there is no body.
  if (body.length === 0) return Number(headers.get('content-length')) > 0 ? [] : [`${status} without a body`];
  let problem: Record<string, unknown>;
  try {
    problem = JSON.parse(body.toString()) as Record<string, unknown>;
  } catch {
    return [`${status} whose body is no JSON`];
  }
  const missing = PROBLEM_MEMBERS.filter((member) => problem[member] === undefined);
  if (missing.length > 0) return [`${status} lacks ${missing.join(', ')}`];
  return problem['status'] === status ? [] : [`${status} whose body says ${String(problem['status'])}`];
}
