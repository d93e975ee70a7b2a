import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CallProducer } from './call-producer.ts';
import type { CallRouter } from './call-routers.ts';
import { CallSound } from './call-sound.ts';

/** A router's observers, spoken for by the test. */
function fakeRouter() {
  const observer = () => Object.assign(new EventEmitter(), { addProducer: async () => {} });
  const [levels, speaker, routerObserver] = [observer(), observer(), new EventEmitter()];
  return {
    levels,
    speaker,
    callRouter: { levels, speaker, router: { observer: routerObserver } } as unknown as CallRouter,
    hear: (volumes: Record<string, number>) =>
      levels.emit(
        'volumes',
        Object.entries(volumes).map(
          ([id, volume]) => ({ producer: { id }, volume }) as unknown as types.AudioLevelObserverVolume,
        ),
      ),
  };
}

describe('who is heard', () => {
  const producers = new Map<string, CallProducer>();
  const onLevels = vi.fn();
  const onSpeaker = vi.fn();
  const onAudibleChanged = vi.fn();
  let sound: CallSound;
  const speak = (router: CallRouter, peerId: string): void => {
    const microphone = { producerId: `${peerId}-1`, peerId, source: 'microphone', callRouter: router } as CallProducer;
    producers.set(microphone.producerId, microphone);
    void sound.watch(microphone);
  };
  beforeEach(() => {
    vi.useFakeTimers();
    vi.clearAllMocks();
    producers.clear();
    sound = new CallSound({ producers, audibleCount: 2, audibleHoldMs: 10_000, onLevels, onSpeaker, onAudibleChanged });
  });
  afterEach(() => {
    sound.close();
    vi.useRealTimers();
  });

  test('levels of all routers are told as one, silence once', () => {
    const [one, two] = [fakeRouter(), fakeRouter()];
    for (const { callRouter } of [one, two]) sound.listenTo(callRouter);
    speak(one.callRouter, 'a');
    speak(two.callRouter, 'b');
    two.levels.emit('silence');
    one.hear({ 'a-1': -30 });
    two.hear({ 'b-1': -20 });
    vi.advanceTimersByTime(50);
    expect(onLevels.mock.calls.at(-1)).toEqual([
      [
        { peerId: 'b', dBov: -21 },
        { peerId: 'a', dBov: -30 },
      ],
    ]);
    const told = onLevels.mock.calls.length;
    for (let times = 0; times < 3; times++) {
      one.levels.emit('silence');
      two.levels.emit('silence');
      vi.advanceTimersByTime(50);
    }
    expect(onLevels.mock.calls.slice(told)).toEqual([[[]]]);
  });

  test('a level that stays is not told four times a second, and again for who came in meanwhile', () => {
    const one = fakeRouter();
    sound.listenTo(one.callRouter);
    speak(one.callRouter, 'a');
    for (let times = 0; times < 8; times++) {
      one.hear({ 'a-1': -30 + (times % 2) });
      vi.advanceTimersByTime(250);
    }
    expect(onLevels).toHaveBeenCalledTimes(1);
    one.hear({ 'a-1': -30 });
    vi.advanceTimersByTime(250);
    expect(onLevels).toHaveBeenCalledTimes(2);
    one.hear({ 'a-1': -24 });
    vi.advanceTimersByTime(1);
    expect(onLevels.mock.calls.at(-1)).toEqual([[{ peerId: 'a', dBov: -24 }]]);
  });

  test('of the speakers of two routers the louder is active, and nobody once that one has left', () => {
    const [one, two] = [fakeRouter(), fakeRouter()];
    for (const { callRouter } of [one, two]) sound.listenTo(callRouter);
    speak(one.callRouter, 'a');
    speak(two.callRouter, 'b');
    one.hear({ 'a-1': -50 });
    two.hear({ 'b-1': -10 });
    one.speaker.emit('dominantspeaker', { producer: { id: 'a-1' } });
    two.speaker.emit('dominantspeaker', { producer: { id: 'b-1' } });
    one.speaker.emit('dominantspeaker', { producer: { id: 'a-1' } });
    expect(sound.activeSpeakerPeerId).toBe('b');
    sound.forget('b');
    expect(onSpeaker.mock.calls).toEqual([['a'], ['b'], [null]]);
  });

  test('a voice that becomes loud is chosen for forwarding, within the hold a quiet one is kept', () => {
    const router = fakeRouter();
    sound.listenTo(router.callRouter);
    for (const peerId of ['a', 'b', 'c', 'd']) speak(router.callRouter, peerId);
    expect(sound.audible.slice(0, 3)).toEqual(['a-1', 'b-1', 'c-1']);
    onAudibleChanged.mockClear();
    router.hear({ 'd-1': -20 });
    vi.advanceTimersByTime(1);
    expect(onAudibleChanged).toHaveBeenCalledOnce();
    expect(sound.audible[0]).toBe('d-1');
    router.hear({ 'a-1': -10 });
    vi.advanceTimersByTime(5_000);
    expect(sound.audible.slice(0, 2)).toEqual(['a-1', 'd-1']);
  });
});
