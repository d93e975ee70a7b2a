import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CallProducer } from './call-producer.ts';
import type { CallRouter } from './call-routers.ts';
import { CallSound } from './call-sound.ts';

/** A router's observers, spoken for by the test. */
function fakeRouter() {
  const observer = () =>
    Object.assign(new EventEmitter(), { addProducer: vi.fn(async (_asked: { producerId: string }) => {}) });
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
    sound = new CallSound({ producers, audibleCount: 2, audibleHoldMs: 10_000, onSpeaker, onAudibleChanged });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('levels are measured from when they decide something, and then of everyone, once', () => {
    const one = fakeRouter();
    const measured = ({ levels }: ReturnType<typeof fakeRouter>) =>
      levels.addProducer.mock.calls.map(([asked]) => asked.producerId);
    sound.listenTo(one.callRouter);
    for (const peerId of ['a', 'b']) speak(one.callRouter, peerId);
    expect([one.speaker.addProducer.mock.calls.length, measured(one)]).toEqual([2, []]);
    speak(one.callRouter, 'c');
    expect(measured(one)).toEqual(['a-1', 'b-1', 'c-1']);
    producers.delete('c-1');
    sound.unwatch();
    speak(one.callRouter, 'd');
    expect(measured(one)).toEqual(['a-1', 'b-1', 'c-1', 'd-1']);
  });

  test('two routers: the levels of both, of those who were there before too', () => {
    const [one, two] = [fakeRouter(), fakeRouter()];
    sound.listenTo(one.callRouter);
    speak(one.callRouter, 'a');
    expect(one.levels.addProducer).not.toHaveBeenCalled();
    sound.listenTo(two.callRouter);
    speak(two.callRouter, 'b');
    expect([one, two].map(({ levels }) => levels.addProducer.mock.calls.length)).toEqual([1, 1]);
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
