/** Tracks that change while they begin to be sent; all else of them is in `call-client.test.ts`. */
import { beforeEach, expect, it, vi } from 'vitest';
import { LocalMedia } from './local-media.ts';
import { FakeNode } from './testing/fake-node.ts';
import { FakeMedia, fakeTrack } from './testing/fake-media.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));
const newMedia = () =>
  new FakeMedia({ setup: new FakeNode().setup(), ask: () => new Promise<never>(() => {}) } as never);
const ask = vi.fn((_method: string, _data: object) => new Promise<never>(() => {}));
let media: FakeMedia;
/** what happened to its producers */
let log: string[];
/** the producers of `media` come once this is called */
let done: () => void;
let local: LocalMedia;
beforeEach(() => {
  ask.mockClear();
  log = [];
  media = newMedia();
  const { promise, resolve } = Promise.withResolvers<void>();
  done = resolve;
  const produce = media.produce.bind(media);
  media.produce = async (...what) => {
    const producer = await produce(...what);
    await promise;
    const close = (): void => void log.push('closed');
    const replaceTrack = (track: MediaStreamTrack | null): Promise<void> => {
      log.push('replaced');
      return producer.replaceTrack(track);
    };
    return Object.create(producer, {
      close: { value: close },
      replaceTrack: { value: replaceTrack },
    }) as typeof producer;
  };
  local = new LocalMedia({ ask: ask as never, mayPublish: () => true, onChange: () => {}, onKeptMuted: () => {} });
});

it('on media that is replaced meanwhile: it is sent on the next one, and closed on the former', async () => {
  local.setCamera(fakeTrack('video'));
  local.attach(media, null);
  await settled();
  local.detach();
  const next = newMedia();
  local.attach(next, null);
  done();
  await settled();
  expect([log, next.produced.map(({ source }) => source)]).toEqual([['closed'], ['camera']]);
  local.close();
});

it('a microphone that is muted meanwhile is paused', async () => {
  const track = fakeTrack('audio');
  local.setMicrophone(track);
  local.attach(media, null);
  await settled();
  track.enabled = false;
  local.setMicrophone(track);
  done();
  await settled();
  const [{ producerId }] = media.produced as unknown as [{ producerId: string }];
  expect(ask.mock.calls.filter(([method]) => method !== 'set-media-state')).toEqual([
    ['pause-producer', { producerId }],
  ]);
  local.close();
});

it('a camera that is changed for another meanwhile is sent by the same producer', async () => {
  local.setCamera(fakeTrack('video'));
  local.attach(media, null);
  await settled();
  local.setCamera(fakeTrack('video'));
  done();
  await settled();
  expect([log, media.produced.length]).toEqual([['replaced'], 1]);
  local.close();
});
