/** `node kiosk/shell/electron/pack.ts [--dist DIR] [--out DIR]`: the packed shell, where npm's Electron has its binary. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BUNDLE } from './binary.ts';
import { packElectron } from './packing.ts';

const { values } = parseArgs({
  options: {
    dist: {
      type: 'string',
      default:
        process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(import.meta.dirname, '../../../node_modules/electron/dist'),
    },
    out: { type: 'string', default: join(import.meta.dirname, 'packed') },
  },
});
if (!existsSync(join(values.dist, 'electron'))) {
  process.stderr.write(
    `no binary of Electron in ${values.dist}: \`npx install-electron\` where the network allows it\n`,
  );
  process.exit(1);
}
process.stdout.write(`${await packElectron({ dist: values.dist, bundle: BUNDLE, out: values.out })}\n`);
