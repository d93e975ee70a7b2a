/**
 * Order, roles, hands and chat on the room's way: what the agent asks of the TV's page, the page asks of a real media node, and
 * what the node decides comes back to the agent.
 */
import type { Browser } from 'playwright-core';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPEN_ORDER } from '#contract/call-order.ts';
import { startTestNode, type TestNode } from '../../fleet/media/testing/test-node.ts';
import { launchChromium } from '../simulators/chromium.ts';
import { grantFor, inCall, ScreenAndEquipment } from './screen-and-equipment.ts';

/** a machine that is busy with other tests */
const SOON = { timeout: 10_000 };
let node: TestNode;
let browser: Browser;
let tv: ScreenAndEquipment;
beforeAll(async () => {
  node = await startTestNode({ settings: { emptyCallMs: 50 } });
  browser = await launchChromium({ role: 'kiosk' });
  tv = await ScreenAndEquipment.open(await (await browser.newContext()).newPage(), null);
});
afterAll(async () => {
  await tv?.close();
  await browser?.close();
  await node?.stop();
});

test('the room keeps order in its call, and hears of it, of hands and of words', { timeout: 120_000 }, async () => {
  const [callId, roomPeerId] = [uuidv7(), uuidv7()];
  const lee = await node.join({ callId, isGuest: true, role: 'guest', organisation: 'Supplier' }, 'Lee');
  const leeId = lee.hello!.peerId;
  await tv.join(await grantFor(node, { callId, peerId: roomPeerId }));
  tv.become(inCall(callId, roomPeerId));
  // a message of its own, behind `call-joined`
  await expect
    .poll(() => tv.heardOf('call-order').at(-1), SOON)
    .toEqual({ type: 'call-order', callId, order: OPEN_ORDER });

  await lee.request('raise-hand', { isUp: true });
  const seen = () =>
    tv
      .heardOf('roster')
      .at(-1)
      ?.participants.find(({ peerId }) => peerId === leeId);
  await expect.poll(() => seen()?.handRaisedAtMs, SOON).toBeGreaterThan(0);
  expect(seen()).toMatchObject({ isGuest: true, role: 'guest', organisation: 'Supplier' });

  tv.perform({ name: 'set-order', change: { isLocked: true, staysMuted: true } });
  const order = { ...OPEN_ORDER, isLocked: true, staysMuted: true };
  expect(await lee.told('order-changed')).toEqual(order);
  await expect.poll(() => tv.heardOf('call-order').at(-1)?.order, SOON).toEqual(order);
  await expect.poll(() => seen()?.staysMuted, SOON).toBe(true);
  tv.perform({ name: 'let-speak', peerId: leeId });
  await expect.poll(() => seen()?.staysMuted, SOON).toBe(false);
  tv.perform({ name: 'lower-hand', peerId: leeId });
  await expect.poll(() => seen()?.handRaisedAtMs, SOON).toBe(null);

  await lee.request('send-chat', { messageId: uuidv7(), text: 'My microphone is broken' });
  tv.perform({ name: 'send-chat', messageId: uuidv7(), text: 'We read you' });
  expect((await lee.told('chat-message', ({ peerId }) => peerId === roomPeerId)).text).toBe('We read you');
  await expect
    .poll(
      () =>
        tv
          .heardOf('chat')
          .at(-1)
          ?.messages.map(({ text }) => text),
      SOON,
    )
    .toEqual(['My microphone is broken', 'We read you']);

  // a room keeps order, and gives no roles
  tv.perform({ name: 'set-role', peerId: leeId, role: 'presenter' });
  await expect
    .poll(() => tv.heardOf('effect-failed'))
    .toEqual([{ type: 'effect-failed', name: 'set-role', code: 'forbidden' }]);
});
