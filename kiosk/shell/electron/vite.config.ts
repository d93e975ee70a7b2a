/** Bundles Electron's main process into one file, with the package.json that makes the folder an app. There is no preload. */
import { writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  publicDir: false,
  resolve: { conditions: ['node'] },
  plugins: [
    {
      name: 'electron-app',
      closeBundle() {
        const app = { name: 'maru-shell', version: '0.0.0', private: true, type: 'module', main: 'main.js' };
        writeFileSync(here('dist/package.json'), `${JSON.stringify(app)}\n`);
      },
    },
  ],
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    target: 'node24',
    minify: false,
    lib: { entry: here('app/main.ts'), formats: ['es'], fileName: () => 'main.js' },
    rolldownOptions: {
      external: ['electron', ...builtinModules, ...builtinModules.map((name) => `node:${name}`)],
      output: { codeSplitting: false },
    },
  },
});
