/** Builds the pages that people hold: the remote (control.html), the guest's page (join.html), a laptop's (share.html). */
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { inlineEarly } from './join/early-plugin.ts';
import { installableApp } from './remote/app-plugin.ts';
import { precompress } from './ui/precompress.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  plugins: [react(), tailwindcss(), inlineEarly(), installableApp(), precompress()],
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    assetsDir: 'assets',
    target: ['chrome111', 'safari16.4', 'firefox114'],
    rolldownOptions: { input: { control: here('control.html'), join: here('join.html'), share: here('share.html') } },
  },
});
