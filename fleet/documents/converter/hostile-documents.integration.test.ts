/**
 * Sandboxes that hang, are killed or not wanted any more, and damaged documents: all ends within a bounded time, with nothing
 * behind. Nothing of this machine is in the pictures, and no word of the document. MARU_DAMAGED=300 tries so many damaged
 * files instead of a few, MARU_SEED chooses which.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageFileName } from '#contract/converter-link.ts';
import { ConverterUnderTest, insideSandboxesOf } from './testing/converter-under-test.ts';
import { zipOf } from './testing/zip-writer.ts';
import { hangulDocument } from './testing/hangul-documents.ts';
import { openCheckedArchive } from './archive-check.ts';
import { openDocument, pdfDocument, presentation, spreadsheet, wordDocument } from './testing/small-documents.ts';

const HANGING_SECONDS = 6;
/** Of each test: other tests run beside it. */
const PATIENCE_MS = 240_000;
const damagedFiles = Number(process.env.MARU_DAMAGED ?? 8);
const seed = Number(process.env.MARU_SEED ?? Math.floor(Math.random() * 2 ** 31));

const converter = new ConverterUnderTest();
beforeAll(() => converter.start());
afterAll(() => converter.stop());

/** The two spares that wait for the next documents. */
const nothingBehind = async () => {
  converter.link.prepare();
  await expect.poll(() => converter.leftovers(), { timeout: 100_000 }).toEqual({ inboxes: 2, sandboxes: 2 });
};

test(
  'a link to a file of this machine shows nothing of it',
  async () => {
    const path = join(converter.dataDir, 'red.png');
    writeFileSync(
      path,
      await sharp({ create: { width: 400, height: 400, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
    );
    const { folder, end } = await converter.convert(wordDocument({ linkedPicture: `file://${path}` }));
    expect(end).toMatchObject({ name: 'converted' });
    const { data } = await sharp(join(folder, pageFileName(1, 'tv')))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const red = data.filter((value, at) => at % 3 === 0 && value > 200 && data[at + 1]! < 60).length;
    expect(red).toBe(0);
  },
  PATIENCE_MS,
);

test(
  'no word of a document is in what viewers receive',
  async () => {
    const canary = 'CANARY-7f3e-of-the-document';
    for (const document of [
      wordDocument({ paragraphs: [canary] }),
      pdfDocument([canary], `/Info<</Title(${canary})>>`),
      hangulDocument([canary]),
    ]) {
      const { folder, end } = await converter.convert(document);
      expect(end).toMatchObject({ name: 'converted' });
      for (const name of readdirSync(folder)) {
        const bytes = readFileSync(join(folder, name));
        expect(bytes.includes(canary) || bytes.includes(Buffer.from(canary, 'utf16le')), name).toBe(false);
        expect((await sharp(bytes).metadata()).exif).toBeUndefined();
      }
    }
  },
  PATIENCE_MS,
);

test(
  'a text of 600 pages is refused once LibreOffice has laid it out',
  async () => {
    const { end } = await converter.convert(wordDocument({ paragraphs: ['page\f'.repeat(600)] }));
    expect(end).toMatchObject({ name: 'failed', code: 'document-too-long' });
    await nothingBehind();
  },
  PATIENCE_MS,
);

test.each([
  ['LibreOffice', 'soffice.bin', presentation()],
  ['the page maker', 'MainThread', pdfDocument()],
])(
  '%s that hangs ends within the deadline, with nothing behind',
  async (_, name, document) => {
    const impatient = new ConverterUnderTest('--document-seconds', String(HANGING_SECONDS));
    try {
      impatient.start();
      impatient.link.prepare();
      await expect.poll(() => insideSandboxesOf(impatient.pid, name), { timeout: 100_000 }).toHaveLength(1);
      const spares = impatient.leftovers();
      const stopped = insideSandboxesOf(impatient.pid, name);
      for (const pid of stopped) process.kill(pid, 'SIGSTOP');
      const startedAt = performance.now();
      const { end } = await impatient.convert(document);
      expect(end).toMatchObject({ name: 'failed', code: 'document-took-too-long' });
      expect(performance.now() - startedAt).toBeLessThan((HANGING_SECONDS + 10) * 1_000);
      await expect.poll(() => stopped.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
      await expect.poll(() => impatient.leftovers(), { timeout: 100_000 }).toEqual(spares);
    } finally {
      await impatient.stop();
    }
  },
  PATIENCE_MS,
);

test(
  'one that is cancelled is reported no more, and leaves nothing',
  async () => {
    const { documentId } = converter.begin(pdfDocument(Array.from({ length: 100 }, () => 'page')));
    await converter.event(documentId, ({ name }) => name === 'page');
    converter.link.cancel(documentId);
    const reported = converter.eventsOf(documentId).length;
    await nothingBehind();
    expect(converter.eventsOf(documentId)).toHaveLength(reported);
  },
  PATIENCE_MS,
);

test(
  'a converter killed in the middle is back, does its documents, and leaves nothing of the one before',
  async () => {
    const { documentId, folder } = converter.begin(pdfDocument(Array.from({ length: 5 }, (_, page) => `page ${page}`)));
    await converter.event(documentId, ({ name }) => name === 'page');
    const former = { pid: converter.pid, inside: insideSandboxesOf(converter.pid, 'MainThread') };
    expect(former.inside.length).toBeGreaterThan(0);
    process.kill(former.pid, 'SIGKILL');
    // as where it was writing a page
    writeFileSync(join(folder, '.half-a-page'), 'RIFF');
    const end = await converter.event(documentId, ({ name }) => name === 'converted' || name === 'failed');
    expect(end).toMatchObject({ name: 'converted', pageCount: 5 });
    expect(converter.pid).not.toBe(former.pid);
    expect(readdirSync(folder)).toHaveLength(5 * 5);
    expect(former.inside.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
    await nothingBehind();
  },
  PATIENCE_MS,
);

test(
  `${damagedFiles} damaged files are shown or refused (MARU_SEED=${seed})`,
  async () => {
    const whole = [
      ...[wordDocument(), presentation(), spreadsheet(), openDocument(), pdfDocument(['one', 'two'])],
      ...[hangulDocument(['one']), hangulDocument(['one'], { format: 'hwpx' })],
    ];
    const random = mulberry(seed);
    for (let file = 0; file < damagedFiles; file += 1) {
      const content = await damagedDocument(whole[file % whole.length]!, random);
      const { end } = await converter.convert(content);
      const isInWords = end.name === 'failed' && end.code.startsWith('document-');
      expect(end.name === 'converted' || isInWords, JSON.stringify(end)).toBe(true);
    }
    await nothingBehind();
  },
  PATIENCE_MS + damagedFiles * 30_000,
);

/** Half of the zips are damaged in one of their entries, so that the damage gets as far as LibreOffice or rhwp. */
async function damagedDocument(whole: Buffer, random: () => number): Promise<Buffer> {
  if (whole.toString('latin1', 0, 2) !== 'PK' || random() < 0.5) return damaged(whole, random);
  const path = join(converter.dataDir, 'to-damage');
  writeFileSync(path, whole);
  const archive = await openCheckedArchive(path);
  try {
    const names = [...archive.names];
    const struck = Math.floor(random() * names.length);
    const entries = names.map(async (name, at) => {
      const content = await archive.readText(name, 10_000_000);
      return {
        name,
        content: at === struck ? damaged(Buffer.from(content), random) : content,
        stored: name === 'mimetype',
      };
    });
    return zipOf(await Promise.all(entries));
  } finally {
    archive.close();
  }
}

/** Bits turned, a part cut out, the end cut off, or a part written twice. */
function damaged(whole: Buffer, random: () => number): Buffer {
  const content = Buffer.from(whole);
  const at = Math.floor(random() * content.length);
  const end = Math.min(content.length, at + Math.ceil(random() * 200));
  const kind = Math.floor(random() * 4);
  if (kind === 0)
    for (let bit = 0; bit < 20; bit += 1)
      content[Math.floor(random() * content.length)]! ^= 1 << Math.floor(random() * 8);
  if (kind === 1) return Buffer.concat([content.subarray(0, at), content.subarray(end)]);
  if (kind === 2) return content.subarray(0, Math.max(1, at));
  if (kind === 3) return Buffer.concat([content.subarray(0, end), content.subarray(at)]);
  return content;
}

/** Mulberry32, public domain. */
function mulberry(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
