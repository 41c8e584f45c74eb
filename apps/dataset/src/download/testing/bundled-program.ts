import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const SOURCES = join(import.meta.dirname, '../..');
const LIBS = join(SOURCES, '../../../libs');

/** Packages stay where they are, and may lie far from the bundle: they are named by their files. */
const packagesByFile: Plugin = {
  name: 'packages by file',
  setup(setup) {
    setup.onResolve({ filter: /^#libs\// }, ({ path }) => ({
      path: join(LIBS, path.slice('#libs/'.length), 'src/index.ts'),
    }));
    setup.onResolve({ filter: /^[^./#]/ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (path.startsWith('node:') || kind === 'entry-point' || pluginData === 'seen') return undefined;
      const found = await setup.resolve(path, { kind, resolveDir, pluginData: 'seen' });
      return { path: pathToFileURL(found.path).href, external: true };
    });
  },
};

/** Writes the command line as one script that Node runs, made from the sources as they are now; returns its path. */
export async function bundleProgram(folder: string): Promise<string> {
  const outfile = join(folder, 'dataset.mjs');
  await build({
    entryPoints: [join(SOURCES, 'main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'error',
    plugins: [packagesByFile],
  });
  return outfile;
}
