/**
 * Bundles what runs in Node into `dist/`: a fleet server that was killed in a call has seconds to be back, and half of
 * them went into finding and reading some hundred files.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { programsPlugin } from './programs-plugin.ts';
import { unbundled } from './unbundled.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

export default defineConfig({
  root: checkout,
  publicDir: false,
  plugins: [programsPlugin(checkout)],
  ssr: { noExternal: true, external: unbundled },
  build: {
    ssr: true,
    outDir: 'dist',
    emptyOutDir: true,
    target: 'node24',
    minify: false,
    rolldownOptions: {
      // the others are started by these, which is how they are found
      input: {
        'fleet-main': 'fleet/main.ts',
        'fleet-backup-main': 'fleet/backup/main.ts',
        'fleet-backup-former-data-main': 'fleet/backup/former-data/main.ts',
        'fleet-backup-return-main': 'fleet/backup/return/main.ts',
        'fleet-people-reset-password-main': 'fleet/people/reset-password/main.ts',
        'kiosk-main': 'kiosk/main.ts',
        'kiosk-updater-main': 'kiosk/updater/main.ts',
      },
      // no JSDoc of packages. The order of imports is kept: x509 needs reflect-metadata loaded first
      output: { comments: { jsdoc: false }, strictExecutionOrder: true },
    },
  },
});
