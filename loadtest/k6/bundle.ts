import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

/** Where the bundle is written unless a file is named. */
const DEFAULT_FILE = 'loadtest/dist-k6/load.js';
const BANNER = '// Made from loadtest/k6/main.ts by esbuild; do not edit.';

/**
 * The k6 entry and all it imports as the text of one ES module, for a ConfigMap to carry. Only k6's own modules are
 * imported by it. `root` is the folder of the project's sources.
 */
export async function bundleK6(root: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [join(root, 'loadtest/k6/main.ts')],
    ...{ bundle: true, write: false, format: 'esm', platform: 'neutral', charset: 'utf8' },
    // What k6's own engine knows, with room for older ones.
    target: 'es2020',
    external: ['k6', 'k6/*'],
    banner: { js: BANNER },
    tsconfigRaw: {},
  });
  const [output] = outputFiles;
  if (!output) throw new Error('esbuild gave no output for loadtest/k6/main.ts');
  return output.text;
}

/** Writes the bundle to the file named, or to loadtest/dist-k6/load.js. */
async function main(file = DEFAULT_FILE): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const text = await bundleK6(process.cwd());
  writeFileSync(file, text);
  console.log(`${file}: ${Buffer.byteLength(text)} bytes`);
}

if (import.meta.main) await main(process.argv[2]);
