// @vitest-environment happy-dom
/** The code of what a meeting left behind cannot be fetched: the server was updated since the page was opened, or is out of reach. */
import { afterEach, expect, it, vi } from 'vitest';
import type { GuestRecord } from '#contract/http/guest-record-api.ts';
import { PageUnderTest } from '#ui/page-under-test.tsx';
import commonEn from '#ui/words/en/common.ts';
import joinEn from '#ui/words/en/join.ts';
import joinKo from '#ui/words/ko/join.ts';
import { Guest } from './guest.ts';
import { JoinPage } from './join-page.tsx';
import type { WayIn } from './way-in.ts';

vi.mock('./after-page.tsx', () => {
  throw new TypeError('no such chunk');
});
const record: GuestRecord = {
  ...{ meetingTitle: 'Dealer meeting', hostName: 'Mina', agenda: '', isDeleted: false },
  ...{ heldFromMs: 1, heldUntilMs: 2, untilMs: 3, minutes: [] },
};
const page = new PageUnderTest({ join: { en: joinEn, ko: joinKo } });
afterEach(() => {
  page.end();
  vi.restoreAllMocks();
});

it('is no blank page: it says that the server does not answer, and offers to try again', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const guest = new Guest({ kind: 'invite', ticket: null } as unknown as WayIn);
  guest.entry.set({ name: 'after', record, mayJoin: false });
  await page.show(<JoinPage guest={guest} />);
  await page.until(() => page.text.includes(commonEn.noServer.what));
  expect(page.buttons(commonEn.retry)).toHaveLength(1);
});
