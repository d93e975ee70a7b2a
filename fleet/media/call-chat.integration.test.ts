/** The chat of a call as clients meet it: in one order for all, once each, there for who comes late, bounded. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { type ChatMessage, CHAT_MESSAGES_KEPT, MAX_MENTIONS, RECALL_WITHIN_MS } from '#contract/chat.ts';
import type { JoinTokenClaims } from '#contract/grants.ts';
import type { RawClient } from './testing/raw-client.ts';
import { startTestNode, type TestNode } from './testing/test-node.ts';

let it: TestNode;
beforeAll(async () => {
  it = await startTestNode({ settings: { emptyCallMs: 60, resumeGraceMs: 500, requestBurst: 100_000 } });
});
afterAll(() => it.stop());

const join = (callId: string, name: string, more: Partial<JoinTokenClaims> = {}) =>
  it.join({ callId, displayName: name, person: `account:${name}`, ...more }, name);
const say = (client: RawClient, text: string, messageId = uuidv7()) => client.request('send-chat', { messageId, text });
const codeOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'done',
    ({ code }: { code: string }) => code,
  );
/** what came as notifications, in their order */
const heard = (client: RawClient): ChatMessage[] =>
  client.notifications.flatMap((each) => (each.event === 'chat-message' ? [each.data] : []));
const texts = (messages: readonly ChatMessage[]): string[] => messages.map(({ text }) => text);
const end = (callId: string) => it.node.registry.calls.get(callId)?.end('ended-by-fleet');
/** Straight into the call, past the limits of one sender. */
const fill = (callId: string, count: number, text: (n: number) => string): void => {
  const { chat } = it.node.registry.calls.get(callId)!;
  for (let n = 0; n < count; n++) {
    const sender = { peerId: uuidv7(), displayName: 'Many', claims: { isGuest: false } } as never;
    chat.send(sender, { messageId: uuidv7(), text: text(n) });
  }
};

test('everybody gets each message once and in one order, its sender included, with who wrote it', async () => {
  const callId = uuidv7();
  const [mina, lee] = [await join(callId, 'Mina'), await join(callId, 'Lee', { isGuest: true, role: 'guest' })];
  const messageId = uuidv7();
  await Promise.all([say(mina, 'Hello', messageId), say(lee, 'My microphone is broken')]);
  expect(await codeOf(say(mina, 'Hello', messageId))).toBe('done');
  expect(await codeOf(say(lee, 'Hello', messageId))).toBe('not-possible-now');
  for (const client of [mina, lee]) await client.request('ping', {});
  expect(heard(mina)).toEqual(heard(lee));
  expect(heard(mina)).toHaveLength(2);
  expect(heard(mina).map(({ number }) => number)).toEqual([0, 1]);
  const ofLee = heard(mina).find(({ displayName }) => displayName === 'Lee');
  expect(ofLee).toMatchObject({ isGuest: true, text: 'My microphone is broken', peerId: lee.hello!.peerId });
  end(callId);
});

test('is text: markup stays letters, and what no screen shows is gone', async () => {
  const callId = uuidv7();
  const mina = await join(callId, 'Mina');
  await say(mina, '<img src=x onerror=alert(1)>\r\n\r\n\r\n\r\nsecond\u0000 line\u202e');
  expect((await mina.told('chat-message')).text).toBe('<img src=x onerror=alert(1)>\n\nsecond line');
  for (const text of ['', ' \n ', 'x'.repeat(2_001), '가'.repeat(2_001)])
    expect(await codeOf(say(mina, text))).toBe('bad-message');
  end(callId);
});

test('who comes late or back has what was said before, once and in order', async () => {
  const callId = uuidv7();
  const mina = await join(callId, 'Mina');
  await say(mina, 'one');
  const late = await it.prepare({ callId, displayName: 'Late' });
  const lee = await join(callId, 'Lee');
  await say(lee, 'two');
  // who only reads the page gets neither words nor names
  await late.request('ping', {});
  expect(late.notifications).toEqual([]);
  expect(await codeOf(late.request('read-chat', { beforeNumber: 10 }))).toBe('not-possible-now');
  const former = lee.hello!;
  lee.drop();
  await say(mina, 'three');
  const back = await it.open();
  const { admission } = await back.resume(former);
  expect(admission.kind === 'fresh' ? null : texts(admission.call.chat)).toEqual(['one', 'two', 'three']);
  expect(texts((await late.join('Late')).chat)).toEqual(['one', 'two', 'three']);
  await say(late, 'four');
  for (const client of [back, late]) await client.request('ping', {});
  expect([texts(heard(back)), texts(heard(late))]).toEqual([['four'], ['four']]);
  end(callId);
});

test('who is removed gets no more of it, and leaves their words behind', async () => {
  const callId = uuidv7();
  const [host, lee] = [await join(callId, 'Host', { role: 'host' }), await join(callId, 'Lee')];
  await say(lee, 'Something');
  await host.request('remove-participant', { peerId: lee.hello!.peerId });
  await lee.closed();
  const before = heard(lee).length;
  await say(host, 'Among ourselves');
  const { chat } = await (await it.prepare({ callId })).join('Next');
  expect(texts(chat)).toEqual(['Something', 'Among ourselves']);
  expect(heard(lee)).toHaveLength(before);
  end(callId);
});

test('its writer recalls a message, and a host any: the place stays, the words go, also for who was away or comes later', async () => {
  const callId = uuidv7();
  const host = await join(callId, 'Host', { role: 'host' });
  const [mina, lee] = [await join(callId, 'Mina'), await join(callId, 'Lee', { isGuest: true, role: 'guest' })];
  const [ofMina, ofLee] = [uuidv7(), uuidv7()];
  await say(mina, 'A secret', ofMina);
  await say(lee, 'Rude words', ofLee);
  const recall = (client: RawClient, messageId: string) => codeOf(client.request('recall-chat', { messageId }));
  expect(await recall(lee, ofMina)).toBe('forbidden');
  expect(await recall(mina, ofLee)).toBe('forbidden');
  expect(await recall(mina, uuidv7())).toBe('not-possible-now');
  // at another entry it is still hers
  const again = await join(callId, 'Mina');
  const former = lee.hello!;
  lee.drop();
  for (const _ of [1, 2]) expect(await recall(again, ofMina)).toBe('done');
  expect(await recall(host, ofLee)).toBe('done');
  const back = await it.open();
  const { admission } = await back.resume(former);
  await host.request('ping', {});
  const gone = host.notifications.flatMap((each) => (each.event === 'chat-recalled' ? [each.data.messageId] : []));
  expect(gone).toEqual([ofMina, ofLee]);
  if (admission.kind === 'fresh') throw new Error('not resumed');
  const { chat } = await (await it.prepare({ callId })).join('Late');
  for (const seen of [chat, admission.call.chat])
    expect(seen.map(({ messageId, text, isRecalled }) => [messageId, text, isRecalled])).toEqual([
      [ofMina, '', true],
      [ofLee, '', true],
    ]);
  expect(admission.call.recalledChat).toEqual([ofMina, ofLee]);
  end(callId);
});

test('a message answers another and names who is in the call; who is not is left out', async () => {
  const callId = uuidv7();
  const [mina, lee] = [await join(callId, 'Mina'), await join(callId, 'Lee', { isGuest: true, role: 'guest' })];
  const first = uuidv7();
  await say(mina, 'Which page?', first);
  const about = { replyTo: first, mentions: [mina.hello!.peerId, uuidv7()] };
  const messageId = uuidv7();
  await lee.request('send-chat', { messageId, text: '@Mina page 3', ...about });
  const message = await mina.told('chat-message', ({ text }) => text === '@Mina page 3');
  expect(message).toMatchObject({ replyTo: first, mentions: [{ peerId: mina.hello!.peerId, name: 'Mina' }] });
  const { chat } = await (await it.prepare({ callId })).join('Late');
  expect(chat[1]).toEqual(message);
  await lee.request('recall-chat', { messageId });
  expect(it.node.registry.calls.get(callId)!.chat.newest[1]).toMatchObject({ text: '', replyTo: first });
  expect(it.node.registry.calls.get(callId)!.chat.newest[1]!.mentions).toBeUndefined();
  const many = Array.from({ length: MAX_MENTIONS + 1 }, () => uuidv7());
  expect(await codeOf(lee.request('send-chat', { messageId: uuidv7(), text: 'All', mentions: many }))).toBe(
    'bad-message',
  );
  end(callId);
});

test('what was written 24 hours ago stays', async () => {
  const callId = uuidv7();
  const mina = await join(callId, 'Mina', { role: 'host' });
  const { chat, peers } = it.node.registry.calls.get(callId)!;
  const [old, young] = [uuidv7(), uuidv7()];
  const peer = peers.get(mina.hello!.peerId)!;
  chat.send(peer, { messageId: old, text: 'Old' }, 1_000);
  chat.send(peer, { messageId: young, text: 'Young' }, 2_000);
  const nowMs = 1_001 + RECALL_WITHIN_MS;
  expect(() => chat.recall(peer, old, nowMs)).toThrow(expect.objectContaining({ code: 'not-possible-now' }));
  chat.recall(peer, young, nowMs);
  expect(texts(chat.newest)).toEqual(['Old', '']);
  end(callId);
});

test('one who floods is held back, alone', async () => {
  const callId = uuidv7();
  const [flood, mina] = [await join(callId, 'Flood'), await join(callId, 'Mina')];
  const codes = await Promise.all(Array.from({ length: 30 }, (_, n) => codeOf(say(flood, `message ${n}`))));
  expect(codes.filter((code) => code === 'done')).toHaveLength(10);
  expect(new Set(codes.slice(10))).toEqual(new Set(['too-many-attempts']));
  expect(await codeOf(say(mina, 'Hello'))).toBe('done');
  expect(await codeOf(flood.request('ping', {}))).toBe('done');
  end(callId);
});

test('keeps the newest messages, hands out what fits, and older ones when asked', async () => {
  const callId = uuidv7();
  await join(callId, 'Mina');
  fill(callId, CHAT_MESSAGES_KEPT + 20, (n) => `${n} ${'가나다 '.repeat(20)}`);
  const late = await it.prepare({ callId, displayName: 'Late' });
  const { chat } = await late.join('Late');
  const sizeBytes = Buffer.byteLength(JSON.stringify(chat));
  expect(sizeBytes).toBeLessThan(40 * 1024);
  expect(chat.at(-1)!.number).toBe(CHAT_MESSAGES_KEPT + 19);
  let all = chat;
  for (;;) {
    const { messages } = await late.request('read-chat', { beforeNumber: all[0]!.number });
    if (messages.length === 0) break;
    all = [...messages, ...all];
  }
  expect(all.map(({ number }) => number)).toEqual(Array.from({ length: CHAT_MESSAGES_KEPT }, (_, n) => n + 20));
  end(callId);
});

test('is bounded in bytes, too', async () => {
  const callId = uuidv7();
  await join(callId, 'Mina');
  fill(callId, 400, () => '가'.repeat(2_000));
  const { chat } = it.node.registry.calls.get(callId)!;
  const kept = Array.from({ length: 400 }, (_, n) => chat.before(n + 1).at(-1)).filter((each) => each !== undefined);
  expect(new Set(kept.map(({ number }) => number)).size).toBeLessThan(180);
  expect(chat.newest.length).toBeGreaterThan(0);
  end(callId);
});
