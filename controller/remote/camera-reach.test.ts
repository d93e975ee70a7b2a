/** What can be moved, by camera; and that there is always a word for what cannot. */
import { describe, expect, it } from 'vitest';
import type { Axis, RoomEquipment } from '#contract/room-equipment.ts';
import { cameraReach } from './camera-reach.ts';

const axis = (value: number): Axis => ({ min: -10, max: 10, step: 1, value });
const withCamera = (camera: RoomEquipment['camera']) => ({ camera }) as RoomEquipment;
const all = { pan: axis(0), tilt: axis(0), zoom: axis(5) };

describe('reach', () => {
  const table: [string, Parameters<typeof cameraReach>, object][] = [
    ['all motors', ['on', withCamera(all)], { turns: true, zooms: true, because: null, zoomPercent: 75 }],
    ['off', ['off', withCamera(null)], { turns: false, zooms: false, because: 'isOff' }],
    ['off, with motors that were told before', ['off', withCamera(all)], { turns: false, because: 'isOff' }],
    ['none', ['absent', withCamera(null)], { because: 'isAbsent' }],
    ['no motors', ['on', withCamera(null)], { turns: false, zooms: false, because: 'noMotors' }],
    ['motors of nothing', ['on', withCamera({ pan: null, tilt: null, zoom: null })], { because: 'noMotors' }],
    ['zoom alone', ['on', withCamera({ ...all, pan: null, tilt: null })], { zooms: true, because: 'noTurning' }],
    ['no zoom', ['on', withCamera({ ...all, zoom: null })], { turns: true, because: 'noZoom', zoomPercent: null }],
    ['pan alone', ['on', withCamera({ ...all, tilt: null })], { turns: true, because: null }],
  ];
  it.each(table)('%s', (_, [camera, equipment], expected) =>
    expect(cameraReach(camera, equipment)).toMatchObject(expected),
  );
});

it('knows the ends of its ways, within what a motor reaches', () => {
  const at = (pan: number, tilt: number) =>
    cameraReach('on', withCamera({ ...all, pan: axis(pan), tilt: axis(tilt) })).limits;
  expect(at(0, 0)).toEqual([]);
  expect(at(-9.8, 10)).toEqual(['left', 'up']);
  expect(at(10, -10)).toEqual(['right', 'down']);
  expect(at(9, -9)).toEqual([]);
});
