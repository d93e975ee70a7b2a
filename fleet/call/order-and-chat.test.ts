/** Order, roles, hands, chat and transcript as a page has them: what the node sends, over drops, and what a refusal does to our tracks. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OFF_AIR } from '#contract/broadcast.ts';
import { OPEN_ORDER, RIGHTS } from '#contract/call-order.ts';
import type { ChatMessage } from '#contract/chat.ts';
import { NO_TRANSCRIPT, type TranscriptSegment } from '#contract/transcript.ts';
import { CallClient } from './call-client.ts';
import { CAPTIONS_KEPT } from './followed-captions.ts';
import { createFakeStream, FakeMedia, fakeTrack } from './testing/fake-media.ts';
import { FakeNode } from './testing/fake-node.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const message = (number: number, text = `m${number}`): ChatMessage => ({
  messageId: id(100 + number),
  number,
  peerId: id(1),
  displayName: 'Mina',
  isGuest: false,
  text,
  atMs: number,
});

let node: FakeNode;
let media: FakeMedia[];
let call: CallClient;
let microphone: MediaStreamTrack;
let mutes: number;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] });
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  node = new FakeNode();
  media = [];
  mutes = 0;
  call = new CallClient({
    requestGrant: async () => node.grant(),
    onMuted: () => {
      mutes += 1;
      setMuted(true);
    },
    openSocket: node.open,
    createStream: createFakeStream,
    createMedia: (options) => {
      const made = new FakeMedia(options);
      media.push(made);
      return made;
    },
  });
});
afterEach(async () => {
  call.close();
  await pass(15);
  vi.useRealTimers();
  vi.restoreAllMocks();
});
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
function setMuted(muted: boolean): void {
  (microphone as unknown as { enabled: boolean }).enabled = !muted;
  call.setMicrophone(microphone);
}
async function joined(): Promise<void> {
  microphone = fakeTrack('audio');
  const view = { kind: 'auto', maxTiles: 3, tileHeightPx: 360 } as const;
  const joining = call.join({ displayName: 'Me', microphone, camera: fakeTrack('video'), view }, node.grant());
  await pass(500);
  await joining;
}
const state = () => call.getSnapshot();
const asked = (method: string) => node.asked.filter((each) => each.method === method).map(({ data }) => data);
const texts = (): string[] => state().chat.map(({ text }) => text);
const sayChat = (...messages: ChatMessage[]) => {
  for (const data of messages) node.tell({ event: 'chat-message', data });
};

describe('order', () => {
  it('is the snapshot’s, then as it changes, and open again after the call', async () => {
    node.order = { ...OPEN_ORDER, isLocked: true };
    await joined();
    expect(state().order).toEqual({ ...OPEN_ORDER, isLocked: true });
    node.tell({ event: 'order-changed', data: OPEN_ORDER });
    await pass(20);
    expect(state().order).toEqual(OPEN_ORDER);
    node.order = { ...OPEN_ORDER, staysMuted: true };
    node.current!.end(1006);
    await pass(2_000);
    expect([state().phase.name, state().order.staysMuted]).toEqual(['joined', true]);
    call.leave();
    expect([state().order, state().role, state().permissions]).toEqual([OPEN_ORDER, null, null]);
  });

  it('is asked for by those who may, and by nobody else', async () => {
    await joined();
    expect(state()).toMatchObject({ role: 'member', permissions: { rights: [] } });
    const acts = [
      () => call.setOrder({ isLocked: true }),
      () => call.setRole(id(1), 'presenter'),
      () => call.letSpeak(id(1)),
      () => call.lowerHand(id(1)),
    ];
    for (const act of acts) await expect(act()).rejects.toMatchObject({ code: 'forbidden' });
    const data = { ...node.permissions, rights: [...RIGHTS.host], role: 'host' as const, document: null };
    node.tell({ event: 'permissions-changed', data });
    await pass(20);
    expect(state()).toMatchObject({ role: 'host', permissions: { rights: RIGHTS.host } });
    const done = Promise.all([...acts.map((act) => act()), call.raiseHand(true)]);
    await pass(20);
    await done;
    expect(asked('set-order')).toEqual([{ isLocked: true }]);
    expect(asked('set-role')).toEqual([{ peerId: id(1), role: 'presenter' }]);
    expect(asked('raise-hand')).toEqual([{ isUp: true }]);
    expect([asked('let-speak'), asked('lower-hand')]).toEqual([[{ peerId: id(1) }], [{ peerId: id(1) }]]);
  });

  it('that keeps us muted mutes our own track, so that nobody believes to be heard', async () => {
    await joined();
    setMuted(true);
    await pass(50);
    node.onUnpause = 'stays-muted';
    setMuted(false);
    await pass(50);
    expect([mutes, state().local.microphone, state().keptMutedTimes]).toEqual([1, 'muted', 1]);
    node.onUnpause = 'ok';
    setMuted(false);
    await pass(50);
    expect([mutes, state().local.microphone]).toEqual([1, 'on']);
    expect(asked('resume-producer').length).toBeGreaterThanOrEqual(2);
  });
});

describe('chat', () => {
  it('is in the node’s order and without doubles, over a drop and what came meanwhile', async () => {
    node.chat = [message(0), message(1)];
    await joined();
    sayChat(message(2));
    await pass(20);
    expect(texts()).toEqual(['m0', 'm1', 'm2']);
    // the snapshot of the return holds what we have, and what we missed; the first notification comes again
    node.chat = [message(1), message(2), message(3), message(4)];
    node.current!.end(1006);
    await pass(2_000);
    sayChat(message(4), message(5));
    await pass(20);
    expect(texts()).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5']);
    call.leave();
    expect(texts()).toEqual([]);
  });

  it('of ours is sent again after a drop by the same id, until the node has answered', async () => {
    await joined();
    node.network = 'stalled';
    let sent = false;
    void call.sendChat('Hello', id(7)).then(() => {
      sent = true;
    });
    await pass(100);
    expect([sent, asked('send-chat')]).toEqual([false, []]);
    node.current!.end(1006);
    node.network = 'up';
    await pass(3_000);
    expect([sent, asked('send-chat')]).toEqual([true, [{ messageId: id(7), text: 'Hello' }]]);
  });

  it('is refused by the node’s code, and not sent out of a call', async () => {
    await expect(call.sendChat('Hello')).rejects.toMatchObject({ code: 'not-possible-now' });
    await joined();
    node.onChat = 'too-many-attempts';
    const sending = call.sendChat('Hello').catch((error: { code: string }) => error.code);
    await pass(20);
    expect(await sending).toBe('too-many-attempts');
    node.network = 'stalled';
    const left = call.sendChat('Never').catch((error: { code: string }) => error.code);
    call.leave();
    expect(await left).toBe('not-possible-now');
  });

  it('that is recalled loses its words, also where that happened while we were away', async () => {
    node.chat = [message(0), message(1), message(2)];
    await joined();
    node.tell({ event: 'chat-recalled', data: { messageId: id(101) } });
    await pass(20);
    expect(state().chat.map(({ text, isRecalled = false }) => [text, isRecalled])).toEqual([
      ['m0', false],
      ['', true],
      ['m2', false],
    ]);
    // the snapshot of the return holds the newest alone
    node.chat = [message(3)];
    node.recalledChat = [id(100), id(101)];
    node.current!.end(1006);
    await pass(2_000);
    expect(texts()).toEqual(['', '', 'm2', 'm3']);
    const recalling = call.recallChat(id(102));
    await pass(20);
    await recalling;
    expect(asked('recall-chat')).toEqual([{ messageId: id(102) }]);
  });

  it('that is not of this call is known once it is recalled, also where that happened while we were away', async () => {
    await joined();
    for (const _ of [1, 2]) node.tell({ event: 'chat-recalled', data: { messageId: id(301) } });
    await pass(20);
    node.recalledChat = [id(301), id(302)];
    node.current!.end(1006);
    await pass(2_000);
    expect(state().recalledChat).toEqual([id(301), id(302)]);
    call.leave();
    expect(state().recalledChat).toEqual([]);
  });

  it('of ours is counted as others read it, also while we were away', async () => {
    node.chat = [message(0)];
    node.chatReads = [{ messageId: id(100), count: 1 }];
    await joined();
    expect(state().chatReads).toEqual(new Map([[id(100), 1]]));
    node.tell({ event: 'chat-read', data: { reads: [{ messageId: id(100), count: 2 }] } });
    await pass(20);
    expect(state().chatReads.get(id(100))).toBe(2);
    node.chatReads = [{ messageId: id(101), count: 5 }];
    node.current!.end(1006);
    await pass(2_000);
    expect(state().chatReads).toEqual(new Map([[id(101), 5]]));
    call.leave();
    expect(state().chatReads.size).toBe(0);
  });

  it('of before is read in parts, until the first', async () => {
    node.chat = [message(4), message(5)];
    node.olderChat = [
      [message(2), message(3)],
      [message(0), message(1)],
    ];
    await joined();
    for (const more of [true, true, false]) {
      const reading = call.readOlderChat();
      await pass(20);
      expect(await reading).toBe(more);
    }
    expect(texts()).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5']);
    expect(asked('read-chat')).toEqual([{ beforeNumber: 4 }, { beforeNumber: 2 }]);
  });
});

describe('the grant’s ICE servers', () => {
  const turn = { urls: ['turns:turn.test:443?transport=tcp'], username: 'u', credential: 'c' };
  it('are used by each set-up of media, also after a reload and a worker’s death', async () => {
    node.iceServers = [turn];
    await joined();
    node.tell({ event: 'media-moved', data: node.setup() });
    await pass(50);
    const ticket = call.ticket!;
    expect(ticket.iceServers).toEqual([turn]);
    call.abandon();
    node.onResume = 'restarted';
    const view = { kind: 'auto', maxTiles: 3, tileHeightPx: 360 } as const;
    const back = call.resume(ticket, { displayName: 'Me', microphone, camera: null, view });
    await pass(500);
    await back;
    expect(media.map(({ options }) => options.iceServers)).toEqual([[turn], [turn], [turn]]);
  });
});

describe('transcript', () => {
  const on = { ...NO_TRANSCRIPT, isOn: true, isPossible: true };
  const segment = (n: number): TranscriptSegment => ({
    segmentId: id(300 + n),
    peerId: id(1),
    displayName: 'Mina',
    text: `s${n}`,
    fromMs: n,
    untilMs: n + 1,
  });
  const speak = (...spoken: TranscriptSegment[]) => {
    for (const data of spoken) node.tell({ event: 'caption', data });
  };
  const captions = () => state().captions.map(({ text }) => text);

  it('is the snapshot’s, then as it changes, and off after the call', async () => {
    node.transcript = on;
    await joined();
    expect(state().transcript).toEqual(on);
    node.tell({ event: 'transcript-changed', data: { ...on, isFailing: true } });
    await pass(20);
    expect(state().transcript).toEqual({ ...on, isFailing: true });
    // once for each time that it is on: without it nothing of this microphone is written
    const confirmed = () => node.asked.filter(({ method }) => method === 'confirm-transcript').length;
    expect(confirmed()).toBe(1);
    node.tell({ event: 'transcript-changed', data: { ...on, isOn: false } });
    node.tell({ event: 'transcript-changed', data: on });
    await pass(20);
    expect(confirmed()).toBe(2);
    call.leave();
    expect([state().transcript, captions()]).toEqual([NO_TRANSCRIPT, []]);
  });

  it('is announced before we join, as it changes, and after what was prepared has expired; nothing is confirmed there', async () => {
    const recorded = { ...OFF_AIR, isRecorded: true };
    node.transcript = on;
    expect(state().announced).toEqual({ air: OFF_AIR, transcript: NO_TRANSCRIPT });
    void call.prepare(node.grant(), { kind: 'auto', maxTiles: 1, tileHeightPx: 90 });
    await pass(20);
    expect(state().announced).toEqual({ air: OFF_AIR, transcript: on });
    node.tell({ event: 'transcript-changed', data: { ...on, isOn: false } });
    node.tell({ event: 'air-changed', data: recorded });
    await pass(20);
    expect(state().announced).toEqual({ air: recorded, transcript: { ...on, isOn: false } });
    expect(state().transcript).toEqual(NO_TRANSCRIPT);
    node.tell({ event: 'transcript-changed', data: on });
    node.tell({ event: 'prepared-expired', data: {} });
    await pass(20);
    expect([state().phase.name, state().announced]).toEqual(['idle', { air: recorded, transcript: on }]);
    expect(node.asked.map(({ method }) => method)).not.toContain('confirm-transcript');
  });

  it('brings captions once each and in order, the newest alone, and none when it is off', async () => {
    await joined();
    speak(segment(0));
    await pass(20);
    expect(captions()).toEqual([]);
    node.tell({ event: 'transcript-changed', data: on });
    speak(segment(1), segment(2), segment(2));
    await pass(20);
    expect(captions()).toEqual(['s1', 's2']);
    speak(...Array.from({ length: CAPTIONS_KEPT }, (_, n) => segment(n + 3)));
    await pass(20);
    expect([captions().length, captions().at(-1)]).toEqual([CAPTIONS_KEPT, `s${CAPTIONS_KEPT + 2}`]);
    node.tell({ event: 'transcript-changed', data: { ...on, isOn: false } });
    await pass(20);
    expect(captions()).toEqual([]);
  });

  it('is turned on by those who may, and by nobody else', async () => {
    await joined();
    await expect(call.setTranscript({ isOn: true, language: 'ko' })).rejects.toMatchObject({ code: 'forbidden' });
    const data = { ...node.permissions, rights: [...RIGHTS.host], role: 'host' as const, document: null };
    node.tell({ event: 'permissions-changed', data });
    await pass(20);
    const turning = call.setTranscript({ isOn: true, language: 'ko' });
    await pass(20);
    await turning;
    expect(asked('set-transcript')).toEqual([{ isOn: true, language: 'ko' }]);
  });
});
