/** Converts every document of corpus.ts and compares it with its reference: minutes, and so not part of the suite. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { ConverterUnderTest } from '../../fleet/documents/converter/testing/converter-under-test.ts';
import { differences } from './compare.ts';
import { corpus } from './corpus.ts';
import { contentOf, titleOf } from './documents.ts';
import { makeReferences } from './reference.ts';

const help = `npm run documents -- [--only WORD]

  --only WORD   documents whose name holds it`;
const { only } = readCommandLine(help, (args) =>
  parseArgs({ args, options: { only: { type: 'string', default: '' } } }),
).values;

const documents = corpus.filter((document) => titleOf(document).includes(only));
const contents = await Promise.all(documents.map((document) => contentOf(document)));
const folder = mkdtempSync(join(tmpdir(), 'maru-documents-'));
const sources = documents.map(({ type }, at) => ({ name: String(at), type, content: contents[at] ?? Buffer.alloc(0) }));
const converter = new ConverterUnderTest();
let failed = 0;
try {
  const references = await makeReferences(folder, sources);
  converter.start();
  for (const [at, document] of documents.entries()) {
    const [content, reference] = [contents[at], references.get(String(at))];
    if (!content || !reference) throw new Error(`${titleOf(document)} has no reference`);
    const found = await differences(converter, document, content, reference);
    if (found.length > 0) failed += 1;
    console.log(`${found.length > 0 ? '✗' : '✓'} ${document.type} ${titleOf(document)} ${found.join('; ')}`);
  }
} finally {
  await converter.stop();
  rmSync(folder, { recursive: true });
}
console.log(`${documents.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
