import { settingRows } from './usage.js';

/** The text of docs/configuration.md. */
export function configurationDoc(): string {
  const rows = settingRows().map(
    ({ name, values, defaultText, meaning }) =>
      `| \`${name}\` | ${defaultText && `\`${defaultText}\``} | ${cell(values)} | ${cell(meaning)} |`,
  );
  return `# Configuration of the service

<!-- Made from the schema in apps/api/src/config.ts by \`npm run generate\`; do not edit. -->

Every setting is an environment variable; an empty one counts as absent. A wrong value stops the start: all faults are printed, each
with the variable, its value and what would be right, and the process ends with code 78. \`npm start -- --help\` prints this table.

| variable | default | values | meaning |
| --- | --- | --- | --- |
${rows.join('\n')}

Node itself reads two more: \`UV_THREADPOOL_SIZE\` (4 unless set; keep \`DUCKDB_CONNECTIONS\` below it, for a running query occupies one
of these threads) and \`NODE_OPTIONS\` (for example \`--max-old-space-size=256\`). No other variable has any effect.
`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
