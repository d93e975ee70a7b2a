/** `node build.ts CONFIG LIST`: what Vite builds by a config, and beside it a list of the packages that went into each file. */
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { bundledPackages } from './bundled-packages.ts';

const [config, list] = process.argv.slice(2);
if (config === undefined || list === undefined) throw new Error('build.ts CONFIG LIST');
const checkout = join(import.meta.dirname, '../..');
const plugins = [bundledPackages(checkout, resolve(list))];
await build({ configFile: resolve(config), plugins });
