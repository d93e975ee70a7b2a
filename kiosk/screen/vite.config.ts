/** Builds what the TV shows; the agent serves it on loopback. Chromium is the only browser it meets. */
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
    assetsDir: 'assets',
    target: 'chrome120',
    chunkSizeWarningLimit: 1_000,
    // one file: it comes from this very machine, and nothing of it can be missing later
    rolldownOptions: { output: { codeSplitting: false } },
  },
});
