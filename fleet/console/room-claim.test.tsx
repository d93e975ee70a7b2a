// @vitest-environment happy-dom
/** The claim of a kiosk, shown once: its text, and the same as a file for the installer. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import en from '#ui/words/en/console.ts';
import ko from '#ui/words/ko/console.ts';
import { showLanguage } from '#ui/words/words.ts';
import { act } from 'react';
import { ConsoleUnderTest } from './console-under-test.tsx';
import { RoomClaim } from './room-claim.tsx';

const claim = {
  deviceApiUrl: 'https://maru.example:7401',
  caSha256: 'ab'.repeat(32),
  claimCode: 'K7PW-3MXD-9QRT',
  claimExpiresAtMs: 1,
};
let page: ConsoleUnderTest;
beforeEach(() => {
  page = new ConsoleUnderTest();
});
afterEach(() => {
  vi.restoreAllMocks();
  page.end();
});

it('is saved as the file that the kiosk reads, and in no address', async () => {
  const blobs: Blob[] = [];
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    blobs.push(blob as Blob);
    return 'blob:claim';
  });
  const saved: string[][] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    saved.push([this.download, this.href]);
  });
  await page.show(<RoomClaim claim={claim} onDone={() => {}} />);
  expect(page.text).toContain('K7PW-3MXD-9QRT');
  await page.press(en.add.saveClaim);
  expect(saved).toEqual([['claim.json', 'blob:claim']]);
  const { deviceApiUrl, caSha256, claimCode } = claim;
  expect(JSON.parse(await blobs[0]!.text())).toEqual({ deviceApiUrl, caSha256, claimCode });
  await act(async () => showLanguage('ko'));
  expect(page.button(ko.add.saveClaim)).toBeDefined();
});
