import { describe, expect, it } from 'vitest';
import type { Plan } from '#call/capture-device.ts';
import { fallbackFor, type ListedDevice, listedDevices, planOf } from './device-plan.ts';

const camera = (deviceId: string): ListedDevice => ({ kind: 'camera', deviceId, groupId: '', label: deviceId });
const all = [camera('stick'), camera('a'), camera('b')];

describe('the device that is opened', () => {
  it.each<[string, Plan, Plan]>([
    ['the named one', planOf('camera', 'a', ['stick'], []), { exact: 'a' }],
    ['whatever the browser takes, where nobody says anything', planOf('camera', null, [], all), 'any'],
    ['no input, where none is named', planOf('camera', null, ['stick'], all), { exact: 'a' }],
    ['none, where there is nothing but an input', planOf('camera', null, ['stick'], [camera('stick')]), 'none'],
    ['another, where the named one failed', fallbackFor('camera', 'a', ['stick'], all), { exact: 'b' }],
    ['none, where the only other is an input', fallbackFor('camera', 'a', ['stick'], all.slice(0, 2)), 'none'],
    ['whatever there is, where the browser hides its list', fallbackFor('camera', 'a', [], [camera('')]), 'any'],
    ['none, where the list has none of its kind', fallbackFor('microphone', 'a', [], all), 'none'],
    ['an alias as the last resort', fallbackFor('camera', 'a', [], [camera('default')]), { exact: 'default' }],
    [
      'no alias beside an input, which it may stand for',
      fallbackFor('camera', 'a', ['x'], [camera('default')]),
      'none',
    ],
  ])('%s', (_, plan, expected) => expect(plan).toEqual(expected));

  it('is listed in the contract’s words, within its bounds', () => {
    const found = [
      { kind: 'videoinput', deviceId: 'v', groupId: 'g', label: 'x'.repeat(300) },
      { kind: 'audiooutput' },
      { kind: 'audioinput', deviceId: 'y'.repeat(201) },
      { kind: 'teleporter' as MediaDeviceKind, deviceId: 't' },
      {},
    ] as Partial<MediaDeviceInfo>[];
    expect(listedDevices(found)).toEqual([
      { kind: 'camera', deviceId: 'v', groupId: 'g', label: 'x'.repeat(200) },
      { kind: 'speaker', deviceId: '', groupId: '', label: '' },
    ]);
    expect(listedDevices(Array.from({ length: 100 }, () => found[1]!)).length).toBe(64);
  });
});
