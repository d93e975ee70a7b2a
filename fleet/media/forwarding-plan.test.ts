import { describe, expect, test } from 'vitest';
import { type Available, layerFor, planForwarding, priorityFor, type Situation } from './forwarding-plan.ts';

const camera = (peerId: string, layers = 3, sentLayers = layers): Available => ({
  producerId: `${peerId}-camera`,
  peerId,
  source: 'camera',
  layers,
  sentLayers,
});
const screen = (peerId: string): Available => ({
  producerId: `${peerId}-screen`,
  peerId,
  source: 'screen',
  layers: 1,
  sentLayers: 1,
});
const microphone = (peerId: string): Available => ({
  producerId: `${peerId}-microphone`,
  peerId,
  source: 'microphone',
  layers: 1,
  sentLayers: 1,
});
const situation = (more: Partial<Situation>): Situation => ({
  self: 'me',
  receives: ['microphone', 'camera', 'screen', 'screen-audio'],
  view: { kind: 'auto', maxTiles: 2, tileHeightPx: 360 },
  available: [],
  audible: [],
  audibleCount: 8,
  speakers: [],
  ...more,
});
const planned = (more: Partial<Situation>): string[] => [...planForwarding(situation(more)).keys()];

describe('what a peer is sent', () => {
  test('only the sources that its grant names', () => {
    const available = [camera('a'), screen('a'), microphone('a'), camera('me')];
    expect(planned({ available, receives: [] })).toEqual([]);
    expect(planned({ available, receives: ['microphone', 'screen-audio'] })).toEqual(['a-microphone']);
    expect(planned({ available, receives: ['camera'] })).toEqual(['a-camera']);
  });

  test('layers by the height that is shown', () => {
    expect([90, 180, 225, 226, 360, 450, 451, 720, 2160].map((heightPx) => layerFor(heightPx, camera('a')))).toEqual([
      0, 0, 0, 1, 1, 1, 2, 2, 2,
    ]);
    expect([90, 360, 720].map((heightPx) => layerFor(heightPx, camera('a', 2)))).toEqual([0, 1, 1]);
    expect(layerFor(720, camera('a', 1))).toBeNull();
  });

  test('bandwidth by the same heights, and a shared screen’s before all', () => {
    expect([225, 226, 450, 451].map((heightPx) => priorityFor('camera', heightPx))).toEqual([20, 50, 50, 100]);
    expect(priorityFor('screen', 90)).toBe(200);
  });

  test('no layer that is not being sent', () =>
    expect([1, 2, 3].map((sent) => layerFor(720, camera('a', 3, sent)))).toEqual([0, 1, 2]));

  test('never the own', () =>
    expect(planned({ available: [camera('me'), microphone('me'), camera('a')] })).toEqual(['a-camera']));

  test('auto: who is there longest, up to the number of tiles', () =>
    expect(planned({ available: [camera('a'), camera('b'), camera('c')] })).toEqual(['a-camera', 'b-camera']));

  test('auto: who spoke last comes first, a shared screen before all, the latest before the others', () => {
    const available = [camera('a'), screen('a'), camera('b'), camera('c'), screen('c')];
    expect(planned({ available, speakers: ['c'], view: { kind: 'auto', maxTiles: 3, tileHeightPx: 360 } })).toEqual([
      'c-screen',
      'a-screen',
      'c-camera',
    ]);
  });

  test('exact: these and no others, at their size', () => {
    const plan = planForwarding(
      situation({
        available: [camera('a'), camera('b'), screen('b')],
        view: {
          kind: 'exact',
          tiles: [
            { peerId: 'b', source: 'camera', heightPx: 1080 },
            { peerId: 'gone', source: 'camera', heightPx: 90 },
          ],
        },
      }),
    );
    expect([...plan]).toEqual([['b-camera', { spatialLayer: 2, priority: 100 }]]);
  });

  test('exact: shown twice, the larger counts', () => {
    const tiles = [180, 720, 90].map((heightPx) => ({ peerId: 'a', source: 'camera' as const, heightPx }));
    expect(
      planForwarding(situation({ available: [camera('a')], view: { kind: 'exact', tiles } })).get('a-camera'),
    ).toMatchObject({ spatialLayer: 2 });
  });

  test('all voices while there are few, and the sound of every screen', () => {
    const available = [microphone('a'), microphone('b'), { ...screen('b'), source: 'screen-audio' as const }];
    expect(planned({ available, view: { kind: 'auto', maxTiles: 0, tileHeightPx: 0 } })).toEqual([
      'a-microphone',
      'b-microphone',
      'b-screen',
    ]);
  });

  test('of many voices the first eight of the ranking, the own not counted', () => {
    const peers = ['me', ...'abcdefghij'];
    const available = peers.map(microphone);
    const audible = [...peers].reverse().map((peerId) => `${peerId}-microphone`);
    expect(planned({ available, audible })).toEqual([...'jihgfedc'].map((peerId) => `${peerId}-microphone`));
  });
});
