/** Fleet server and converter as they run beside each other: a PDF goes up, and its pages come down as pictures. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PAGE_SIZES, PageSize } from '#contract/http/documents-api.ts';
import { SupervisedProcess } from '#edge/supervised-process.ts';
import { FleetUnderTest } from '../fleet-under-test.ts';
import { pdfDocument } from './converter/testing/small-documents.ts';
import { guestOf } from './documents-under-test.ts';

const PDF = Buffer.from(pdfDocument(['Minutes of the meeting', 'Second page']));
const fleet = new FleetUnderTest();
const converter = new SupervisedProcess({
  script: fileURLToPath(new URL('./converter/main.ts', import.meta.url)),
  args: () => ['--data-dir', fleet.dataDir, '--json-logs'],
  pidFile: join(fleet.dataDir, 'converter.pid'),
  compiledDir: join(fleet.dataDir, 'compiled'),
  log: () => {},
});
beforeAll(async () => {
  await fleet.start();
  converter.start();
});
afterAll(async () => {
  await converter.stop();
  await fleet.stop();
});

test('a PDF is uploaded, converted, fetched in every size, and nothing else of it is left', async () => {
  const guest = await guestOf(fleet, (await fleet.enrolRoom('Room')).meetingId);
  const documentId = await guest.upload('minutes.pdf', PDF);
  await expect.poll(() => guest.state(documentId), { timeout: 100_000 }).toBe('ready');
  expect((await guest.one(documentId)).body.document).toMatchObject({ pageCount: 2, readyPages: 2, failure: null });
  for (const size of PageSize.options) {
    const answer = await fetch(new URL(`/api/v1/documents/${documentId}/pages/2/${size}`, fleet.ready.fleetUrl), {
      headers: { authorization: `Bearer ${guest.token}` },
    });
    expect(answer.headers.get('content-type')).toBe('image/webp');
    const { format, width, height } = await sharp(await answer.arrayBuffer()).metadata();
    const box = PAGE_SIZES[size];
    expect([format, Math.round(100 * Math.max(width / box.width, height / box.height))]).toEqual(['webp', 100]);
  }
  await expect.poll(() => readdirSync(join(fleet.dataDir, 'documents', documentId))).toEqual(['pages']);
  await guest.delete(documentId);
  expect(readdirSync(join(fleet.dataDir, 'documents'))).toEqual([]);
}, 120_000);
