/** What a recall on the meeting's page does in its call; what clients recall is call-chat.integration.test.ts's. */
import { expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { CallChat } from './call-chat.ts';

const chatUnderTest = () => {
  const recalled: [messageId: string, isByFleet: boolean][] = [];
  const chat = new CallChat({
    settings: { chatBurst: 10, chatPerMinute: 10 },
    joined: () => [],
    onMessage: () => {},
    onRecalled: (messageId, by) => recalled.push([messageId, by === null]),
  });
  return { chat, recalled };
};

test('a message from before the call is recalled for everybody in it, once, and for who comes back', () => {
  const { chat, recalled } = chatUnderTest();
  const messageId = uuidv7();
  for (const _ of [1, 2]) chat.recallByFleet(messageId);
  expect(recalled).toEqual([[messageId, true]]);
  expect(chat.recalled).toEqual([messageId]);
});

test('of those from before the call the newest hundred are known', () => {
  const { chat, recalled } = chatUnderTest();
  const ids = Array.from({ length: 101 }, () => uuidv7());
  for (const messageId of ids) chat.recallByFleet(messageId);
  expect(recalled).toHaveLength(101);
  expect(chat.recalled).toEqual(ids.slice(1));
});
