/** `main.ts DATA_DIR DOCUMENT`: hands one document to the converter of that folder, as the fleet server does, and prints how it ended. */
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConverterLink } from '../../../fleet/documents/converter/client.ts';

const GIVES_UP_AFTER_MS = 90_000;
const [dataDir, document] = process.argv.slice(2) as [string, string];
const [sourcePath, outputFolder] = [join(dataDir, 'document'), join(dataDir, 'pages')];
copyFileSync(document, sourcePath);
mkdirSync(outputFolder);

const print = (end: object): void => {
  console.log(JSON.stringify({ ...end, pictures: readdirSync(outputFolder).sort() }));
  process.exit();
};
const link = new ConverterLink({
  dataDir,
  onEvent: (event) => {
    if (event.name === 'converted' || event.name === 'failed') print(event);
  },
  onStatus: (status) => {
    if (status.is === 'unavailable') print(status);
  },
  log: (what) => console.error(what),
});
link.start();
link.convert({ documentId: '0193712e-0000-7000-8000-000000000001', sourcePath, outputFolder });
setTimeout(() => print({ name: 'nothing came' }), GIVES_UP_AFTER_MS);
