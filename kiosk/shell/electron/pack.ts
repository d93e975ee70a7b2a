/** The packed shell, where npm's Electron has its binary. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { BUNDLE, electronFolder } from './binary.ts';
import { packElectron } from './packing.ts';

const usage = `node_modules/.bin/node kiosk/shell/electron/pack.ts [options]: the Electron shell as a folder for a box

  --dist DIR  Electron's own folder (node_modules/electron/dist, or ELECTRON_OVERRIDE_DIST_PATH)
  --out DIR   the folder that is made (kiosk/shell/electron/packed)`;

const out = join(import.meta.dirname, 'packed');
const options = { dist: { type: 'string', default: electronFolder() }, out: { type: 'string', default: out } } as const;
const values = readCommandLine(usage, (args) => parseArgs({ args, options }).values);
if (!existsSync(join(values.dist, 'electron'))) {
  process.stderr.write(`no binary of Electron in ${values.dist} (provisioning/README.md, "Electron's binary")\n`);
  process.exit(1);
}
process.stdout.write(`${await packElectron({ dist: values.dist, bundle: BUNDLE, out: values.out })}\n`);
