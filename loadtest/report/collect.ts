import { SUMMARY_MARK, type LoadSummary } from '../summary.js';

/**
 * The summaries in a text: a summary file, or the output of runners, with whatever their log puts before each line. One
 * that is there twice counts once. Throws a SyntaxError for a line that begins as a summary and is none.
 */
export function summariesIn(texts: readonly string[]): readonly LoadSummary[] {
  const all = new Map<string, LoadSummary>();
  for (const json of texts.flatMap(jsonIn)) {
    const summary = parse(json);
    const { tool, scenario, target, runner, startedAtMs } = summary;
    all.set(JSON.stringify([tool, scenario, target, runner, startedAtMs]), summary);
  }
  return [...all.values()].toSorted((a, b) => a.runner - b.runner || a.startedAtMs - b.startedAtMs);
}

function jsonIn(text: string): readonly string[] {
  if (/^\s*\{"format":/.test(text)) return [text];
  return text.split('\n').flatMap((line) => {
    const at = line.indexOf(`${SUMMARY_MARK}{"format":`);
    return at < 0 ? [] : [line.slice(at + SUMMARY_MARK.length)];
  });
}

function parse(json: string): LoadSummary {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new SyntaxError(`a summary is cut off or damaged: ${json.slice(0, 60)}…`, { cause });
  }
  const { format, requests, thresholds } = value as Partial<LoadSummary>;
  if (format !== 1 || requests === undefined || !Array.isArray(thresholds))
    throw new SyntaxError(`a summary has the format ${JSON.stringify(format)}, this program reads format 1`);
  return value as LoadSummary;
}
