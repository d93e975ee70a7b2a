/**
 * Korean written jamo by jamo through Chromium's input method interface, at the caret of the chat's field, while messages of
 * others come in: no letter is lost, and Enter of the input method sends nothing.
 */
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { drawPictures } from '../screens/drawn-pictures.ts';
import { ORIGIN, servePages } from '../screens/static-pages.ts';
import { CALL, person, PlayedNode, ROOM_PEER, ticket } from '../screens/screen-wires.ts';
import { launchChromium } from '../simulators/chromium.ts';
import { builtPage } from './built-pages.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
/** What the input method shows as each key is pressed, and what a syllable ends as. */
const SYLLABLES: [steps: string[], written: string][] = [
  [['ㅎ', '하', '한'], '한'],
  [['ㄱ', '그', '글'], '글'],
  [['ㄷ', '도', '돟', '됴', '도'], '도'],
  [['ㄱ', '과', '괄', '괆'], '괆'],
];
const WRITTEN = SYLLABLES.map(([, written]) => written).join('');

let browser: Browser;
let page: Page;
let node: PlayedNode;
let keys: CDPSession;
let others = 0;

beforeAll(async () => {
  builtPage('join');
  browser = await launchChromium({ role: 'person' });
  page = await browser.newPage({ viewport: { width: 1280, height: 720 }, locale: 'en-US' });
  node = new PlayedNode([person(0, 'Mina', { peerKind: 'person' }), person(1, '김서준', { peerKind: 'person' })]);
  await drawPictures(page);
  await servePages(page);
  const grant = {
    callId: CALL,
    meetingId: id(4),
    meetingTitle: 'Weekly plan',
    peerId: ROOM_PEER,
    signalingUrl: ticket.signalingUrl,
    joinToken: 'of-a-test',
    expiresAtMs: Date.now() + 60_000,
    documents: null,
  };
  const heading = { meetingId: id(4), meetingTitle: 'Weekly plan', hostName: 'Mina', displayName: null };
  await page.route('**/api/v1/guest-entries', (route) =>
    route.fulfill({ json: { kind: 'admitted', ...heading, admission: 'all-enter', grant } }),
  );
  await node.attach(page);
  await page.goto(`${ORIGIN}/join?lang=en#of-a-test`);
  await page.getByRole('textbox').fill('Lee');
  await page.getByRole('textbox').press('Enter');
  await page.getByRole('figure').first().waitFor();
  await page.getByRole('button', { name: /^Chat/ }).click();
  keys = await page.context().newCDPSession(page);
}, 60_000);
afterAll(() => browser?.close());

const field = () => page.getByRole('textbox', { name: 'Message' });
const typed = () => field().inputValue();
const sent = () =>
  node.asked.filter(({ method }) => method === 'send-chat').map(({ data }) => data as { text: string });
/** Of another person; resolves once the page shows it, so that it is drawn amid the composition. */
async function comesIn(): Promise<void> {
  others += 1;
  const words = `message ${others}`;
  node.tell('chat-message', {
    messageId: id(500 + others),
    number: others,
    peerId: id(101),
    displayName: '김서준',
    isGuest: false,
    text: words,
    atMs: Date.now(),
  });
  await page.getByText(words, { exact: true }).waitFor();
}
const compose = (text: string) =>
  keys.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });

it('loses no letter while others write, at the end, in the middle, and of an answer', async () => {
  await field().focus();
  for (const [steps, written] of SYLLABLES) {
    for (const step of steps) {
      await compose(step);
      await comesIn();
    }
    await keys.send('Input.insertText', { text: written });
  }
  expect(await typed()).toBe(WRITTEN);
  // between the first and the second syllable
  await field().press('Home');
  await field().press('ArrowRight');
  for (const step of ['ㄹ', '라', '락']) {
    await compose(step);
    await comesIn();
  }
  await keys.send('Input.insertText', { text: '락' });
  expect(await typed()).toBe(`${WRITTEN[0]}락${WRITTEN.slice(1)}`);
  await field().press('Enter');
  await expect.poll(sent).toHaveLength(1);
  expect(sent()[0]!.text).toBe(`${WRITTEN[0]}락${WRITTEN.slice(1)}`);
  expect(await typed()).toBe('');
});

it('Enter that ends a syllable sends nothing', async () => {
  const before = sent().length;
  await field().focus();
  await compose('ㅎ');
  await compose('하');
  // as a browser has it while an input method composes: key code 229, and still composing
  await keys.send('Input.dispatchKeyEvent', {
    type: 'rawKeyDown',
    key: 'Process',
    code: 'Enter',
    windowsVirtualKeyCode: 229,
  });
  await field().dispatchEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, isComposing: true });
  await comesIn();
  expect(sent()).toHaveLength(before);
  await keys.send('Input.insertText', { text: '하' });
  expect(await typed()).toBe('하');
});
