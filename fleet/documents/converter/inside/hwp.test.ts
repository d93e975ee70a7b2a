import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { hangulDocument } from '../testing/hangul-documents.ts';
import { greyOf, inkOf } from '../testing/pixels.ts';
import { hwp } from './hwp.ts';

const folder = mkdtempSync(join(tmpdir(), 'maru-hwp-'));
afterAll(() => rmSync(folder, { recursive: true }));

function open(content: Buffer) {
  const path = join(folder, 'document');
  writeFileSync(path, content);
  return hwp.open(path);
}

describe.each(['hwp', 'hwpx'] as const)('%s', (format) => {
  test('every page, in the size that is asked for', async () => {
    const document = await open(hangulDocument(['회의 자료 '.repeat(60), '', '끝'], { format }));
    expect(document.pageCount).toBe(3);
    const [full, empty, word] = await Promise.all(
      [1, 2, 3].map(async (page) => {
        const drawn = await document.draw(page, { width: 1_920, height: 1_080 });
        const { info } = await drawn.clone().png().toBuffer({ resolveWithObject: true });
        // A4
        expect(info).toMatchObject({ width: 764, height: 1_080 });
        return inkOf(await greyOf(drawn, 764, 1_080));
      }),
    );
    expect(full).toBeGreaterThan(0.01);
    expect(full).toBeLessThan(0.2);
    expect(empty).toBe(0);
    expect(word).toBeGreaterThan(0.00002);
    expect(word).toBeLessThan(0.01);
  });

  test('with a password', async () => {
    await expect(open(hangulDocument(['비밀'], { format, password: 'secret' }))).rejects.toMatchObject({
      code: 'document-encrypted',
    });
  });

  test('cut short', async () => {
    const sound = hangulDocument(['회의 자료'], { format });
    await expect(open(sound.subarray(0, sound.length / 2))).rejects.toMatchObject({ code: 'document-broken' });
  });
});

test('is sharp in 4K', async () => {
  const document = await open(hangulDocument(['회의 자료 가나다라마바사아자차카타파하 '.repeat(30)]));
  const drawn = await document.draw(1, { width: 3_840, height: 2_160 });
  const { data, info } = await drawn
    .flatten({ background: 'white' })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(info.height).toBe(2_160);
  // drawn small and made larger, few of its pixels would be paper or ink and most of its letters something between
  const ink = data.filter((value) => value < 64).length;
  const between = data.filter((value) => value >= 64 && value < 224).length;
  expect(ink / between).toBeGreaterThan(0.7);
});
