const FENCE = /^ *```[^]*?^ *```/gm;
const INLINE_CODE = /`[^`\n]+`/g;

/** Targets of the relative links and pictures of a Markdown page for which `exists` says no; what is in code is no link. */
export function brokenLinks(page: string, exists: (target: string) => boolean): readonly string[] {
  const prose = page.replace(FENCE, '').replace(INLINE_CODE, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((found) => found[1] ?? '')
    .filter((target) => !/^(?:[a-z]+:|#)/.test(target))
    .map((target) => target.replace(/#.*/, ''))
    .filter((target) => !exists(target));
}

/** A command that a page tells its reader to give: a target of make or a script of npm. */
export interface Command {
  readonly tool: 'make' | 'npm run';
  readonly name: string;
}

/** Commands in the code of a Markdown page, in order; `npm test` and `npm start` are the scripts of these names. */
export function commandsIn(page: string): readonly Command[] {
  const code = [...page.matchAll(/^ *```[^]*?^ *```|`[^`\n]+`/gm)]
    .map((found) => found[0].replace(/ #.*$/gm, ''))
    .join('\n');
  return [...code.matchAll(/\b(make|npm run(?: -s)?|npm(?= (?:test|start)\b)) ([a-z][a-z0-9:-]*)/g)].map((found) => ({
    tool: found[1] === 'make' ? 'make' : 'npm run',
    name: found[2] ?? '',
  }));
}

/** Names of the targets that a Makefile spells out. */
export function makeTargets(makefile: string): readonly string[] {
  return [...makefile.matchAll(/^([a-z][a-z0-9-]*):(?!=)/gm)].map((found) => found[1] ?? '');
}
