// @vitest-environment happy-dom
/** A scan of a TV whose room is in a call: one code, two ways on. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PageUnderTest, PlayedServer, refusal } from '#ui/page-under-test.tsx';
import en from '#ui/words/en/remote.ts';
import ko from '#ui/words/ko/remote.ts';
import errorsEn from '#ui/words/en/errors.ts';
import { takeFromFragment } from './pairing.ts';
import { ScanChoicePage } from './scan-choice-page.tsx';

let page: PageUnderTest;
let server: PlayedServer;
const open = vi.fn();
const onControl = vi.fn();
beforeEach(async () => {
  vi.clearAllMocks();
  page = new PageUnderTest({ remote: { en, ko } });
  server = new PlayedServer();
  server.install();
  await page.show(<ScanChoicePage code="K7PW3MXD" onControl={onControl} open={open} />);
});
afterEach(() => page.end());

it('opens a link into the call, which leaves the code for the next one', async () => {
  server.answers.askToJoin = () => ({ body: { joinUrl: 'https://maru.example/join#invite=a' } });
  await page.press('Ask to join the meeting');
  await page.until(() => open.mock.calls.length > 0);
  expect(open).toHaveBeenCalledWith('https://maru.example/join#invite=a');
  expect(server.bodyOf('askToJoin')).toEqual({ code: 'K7PW3MXD' });
  expect(server.askedFor('pair')).toBe(0);
});

it('gives the reason where the call is over, and still controls the room', async () => {
  server.answers.askToJoin = () => refusal(409, 'not-possible-now');
  await page.press('Ask to join the meeting');
  await page.until(() => page.text.includes(errorsEn['not-possible-now'].what));
  expect(open).not.toHaveBeenCalled();
  await page.press('Control this room');
  expect(onControl).toHaveBeenCalledOnce();
});

it('is offered where the TV’s address asks for it, beside a code alone', () => {
  const at = (hash: string) => {
    location.hash = hash;
    return takeFromFragment();
  };
  expect(at('#code=K7PW3MXD&join=')).toMatchObject({ code: 'K7PW3MXD', mayJoin: true });
  expect(at('#code=K7PW3MXD')).toMatchObject({ code: 'K7PW3MXD', mayJoin: false });
  expect(at('#join=')).toMatchObject({ code: null, mayJoin: false });
});
