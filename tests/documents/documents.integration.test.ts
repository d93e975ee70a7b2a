/** A few documents of the corpus, one of each kind; `main.ts` compares all of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConverterUnderTest } from '../../fleet/documents/converter/testing/converter-under-test.ts';
import { differences } from './compare.ts';
import { corpus } from './corpus.ts';
import { contentOf, PackageUnreachable, titleOf } from './documents.ts';
import { makeReferences, type Reference } from './reference.ts';

/** Fetching, LibreOffice's start and its first documents, on a busy machine. */
const PREPARED_WITHIN_MS = 300_000;
const COMPARED_WITHIN_MS = 120_000;

const few = [
  'comments.docx',
  'clam.ole.doc',
  'loader.pptx',
  'clam.ppt',
  'type-me.xls',
  'Resume1page.ott',
  'default-testpage.pdf',
  '일반기안문_서식.hwpx',
];
const documents = corpus.filter((document) => few.some((name) => titleOf(document).endsWith(` ${name}`)));

const folder = mkdtempSync(join(tmpdir(), 'maru-documents-'));
const converter = new ConverterUnderTest();
const contents = new Map<string, Buffer>();
const whyNot = new Map<string, string>();
let references = new Map<string, Reference>();

beforeAll(async () => {
  for (const document of documents) {
    try {
      contents.set(document.sha256, await contentOf(document));
    } catch (error) {
      if (!(error instanceof PackageUnreachable)) throw error;
      whyNot.set(document.sha256, error.message);
    }
  }
  const sources = documents.flatMap(({ sha256, type }) => {
    const content = contents.get(sha256);
    return content ? [{ name: sha256, type, content }] : [];
  });
  references = await makeReferences(folder, sources);
  converter.start();
}, PREPARED_WITHIN_MS);

afterAll(async () => {
  await converter.stop();
  rmSync(folder, { recursive: true });
});

test('the few are in the corpus', () => expect(documents).toHaveLength(few.length));

test.for(documents)('$type: $path', { timeout: COMPARED_WITHIN_MS }, async (document, context) => {
  const reason = whyNot.get(document.sha256);
  context.skip(reason !== undefined, reason);
  const [content, reference] = [contents.get(document.sha256), references.get(document.sha256)];
  if (!content || !reference) throw new Error('it has no reference');
  expect(await differences(converter, document, content, reference)).toEqual([]);
});
