/** Builds the console, served at `/`; its assets stand under a name of their own beside the controller's. */
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { precompress } from '../../controller/ui/precompress.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  plugins: [react(), tailwindcss(), precompress()],
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    assetsDir: 'console-assets',
    target: ['chrome111', 'safari16.4', 'firefox114'],
  },
});
