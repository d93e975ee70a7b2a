/**
 * Builds the pages that people hold: the remote (control.html), a call (join.html), a laptop's screen (share.html), staff (staff.html),
 * broadcasts (watch.html);
 * and the program of a broadcast (program.html), which no person opens.
 */
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { pagePaths } from '../fleet/contract/http/page-paths.ts';
import { inlineEarly } from './join/early-plugin.ts';
import { type AppPage, installableApp } from './app-plugin.ts';
import { precompress } from './ui/precompress.ts';

const remote: AppPage = {
  file: 'control.html',
  appName: 'Maru',
  shortName: 'Maru',
  startPath: pagePaths.controller,
  scope: pagePaths.controller,
};
/** The call opens in it too. */
const staff: AppPage = {
  file: 'staff.html',
  appName: 'Maru meetings',
  shortName: 'Meetings',
  startPath: pagePaths.staff,
  scope: '/',
};

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  plugins: [react(), tailwindcss(), inlineEarly(), installableApp(remote), installableApp(staff), precompress()],
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    assetsDir: 'assets',
    target: ['chrome111', 'safari16.4', 'firefox114'],
    rolldownOptions: {
      input: {
        control: here('control.html'),
        join: here('join.html'),
        program: here('program.html'),
        share: here('share.html'),
        staff: here('staff.html'),
        watch: here('watch.html'),
      },
    },
  },
});
