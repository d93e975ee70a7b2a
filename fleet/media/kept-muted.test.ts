/** Sound that must not get through, whatever the worker does at that moment: slow, dying, or answering in another order. */
import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { CallProducers } from './call-producers.ts';
import type { Peer } from './peer.ts';

const PRODUCER_ID = '01890000-0000-7000-8000-000000000001';

/** A peer with a microphone whose worker answers when the test says so. */
async function withMicrophone(request: { paused: boolean }) {
  const asked: { what: string; answer: (error?: Error) => void }[] = [];
  const log: string[] = [];
  const producer = Object.assign(new EventEmitter(), {
    id: PRODUCER_ID,
    paused: request.paused,
    closed: false,
    observer: new EventEmitter(),
    rtpParameters: {},
    pause: () => ask('pause', true),
    resume: () => ask('resume', false),
  });
  const ask = (what: string, paused: boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      asked.push({
        what,
        answer: (error) => {
          if (!error) producer.paused = paused;
          if (error) reject(error);
          else resolve();
        },
      });
    });
  const mediaWorker = {
    ask: (work: () => unknown) => work(),
    close: () => void log.push('closed'),
    worker: { died: false },
  };
  const made = new Map<string, unknown>();
  const peer = {
    peerId: 'a',
    stage: 'joined',
    staysMuted: false,
    permissions: { publishes: ['microphone'] },
    microphone: 'on',
    camera: 'absent',
    producers: made,
    producerOf: (source: string) => [...made.values()].find((each) => (each as { source: string }).source === source),
    media: {
      produce: async ({ paused }: { paused: boolean }) => Object.assign(producer, { paused }),
      isSendingBy: () => true,
      callRouter: { mediaWorker },
    },
  } as unknown as Peer;
  const producers = new CallProducers({
    shareBackMs: 1_000,
    onChanged: () => {},
    onPeerChanged: ({ microphone }) => void log.push(microphone),
    onMicrophone: () => {},
    onKeptMuted: () => void log.push('kept muted'),
  });
  const produce = () =>
    producers.produce(peer, {
      transportId: 't',
      producerId: PRODUCER_ID,
      source: 'microphone',
      kind: 'audio',
      rtpParameters: {} as never,
      ...request,
    });
  return { producers, peer, producer, asked, log, produce };
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

test('a mute that comes while the worker resumes is the last word', async () => {
  const { producers, peer, producer, asked, produce } = await withMicrophone({ paused: true });
  await produce();
  const resuming = producers.setPaused(peer, PRODUCER_ID, false).catch((error: { code: string }) => error.code);
  await settle();
  producers.mute(peer);
  await settle();
  expect(asked.map(({ what }) => what)).toEqual(['resume']);
  asked[0]!.answer();
  await settle();
  expect(asked.map(({ what }) => what)).toEqual(['resume', 'pause']);
  asked[1]!.answer();
  await resuming;
  await settle();
  expect([producer.paused, peer.microphone]).toEqual([true, 'muted']);
});

test('who is to stay muted while the worker resumes gets that as the answer', async () => {
  const { producers, peer, producer, asked, produce } = await withMicrophone({ paused: true });
  await produce();
  const resuming = producers.setPaused(peer, PRODUCER_ID, false).catch((error: { code: string }) => error.code);
  await settle();
  peer.staysMuted = true;
  producers.mute(peer);
  asked[0]!.answer();
  await settle();
  asked[1]!.answer();
  expect(await resuming).toBe('stays-muted');
  await settle();
  expect(producer.paused).toBe(true);
});

test('a microphone is made paused for who stays muted, and paused at once where the order came meanwhile', async () => {
  const before = await withMicrophone({ paused: false });
  before.peer.staysMuted = true;
  await before.produce();
  expect([before.producer.paused, before.log]).toEqual([true, ['kept muted', 'muted']]);
  const meanwhile = await withMicrophone({ paused: false });
  const producing = meanwhile.produce();
  meanwhile.peer.staysMuted = true;
  await producing;
  await settle();
  expect(meanwhile.asked.map(({ what }) => what)).toEqual(['pause']);
  expect(meanwhile.log).toContain('kept muted');
});

test('what is forbidden while the worker makes it never comes to be', async () => {
  const { producers, peer, log, produce } = await withMicrophone({ paused: false });
  const producing = produce().catch((error: { code: string }) => error.code);
  peer.permissions = { ...peer.permissions, publishes: [] };
  expect(await producing).toBe('forbidden');
  expect([log, producers.all.size]).toEqual([['closed'], 0]);
});

test('what the worker cannot pause is closed', async () => {
  const { producers, peer, asked, log, produce } = await withMicrophone({ paused: false });
  await produce();
  producers.mute(peer);
  await settle();
  asked[0]!.answer(new Error('the worker is gone'));
  await settle();
  expect(log).toContain('closed');
});
