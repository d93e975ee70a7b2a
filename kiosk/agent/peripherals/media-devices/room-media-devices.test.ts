import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { RoomEquipment, type SelfTestCheck } from '#contract/room-equipment.ts';
import type { RoomPhase, RoomState } from '#contract/room-state.ts';
import type { ScreenEffect } from '#contract/screen-link.ts';
import type { CallGrant } from '#contract/grants.ts';
import { RoomMediaDevices, type RoomMediaDevicesOptions } from './room-media-devices.ts';
import type { RememberedMediaDevices } from './media-device-memory.ts';
import type { MediaDeviceList } from './known-devices.ts';
import { MediaDeviceSettings } from '#contract/settings/media-device-settings.ts';

const grant = { callId: 'c' } as CallGrant;
const listed = (kind: 'camera' | 'microphone' | 'speaker', label: string) => ({
  kind,
  deviceId: `id ${label}`,
  groupId: '',
  label,
});
const BRIO = 'Logitech BRIO (046d:085e)';
const AVER = 'Aver CAM520 (0123:0001)';
const STICK = 'USB Video (534d:2109)';
const everything = [
  listed('camera', BRIO),
  listed('camera', AVER),
  listed('camera', STICK),
  listed('microphone', 'Jabra (0b0e:0422)'),
  listed('speaker', 'Jabra (0b0e:0422)'),
];
const keyOf = (label: string) => label.replace(/(.*) \((.*)\)/, '$2 $1');
const nothingOpen = { cameraId: null, microphoneId: null, speakerId: null, inputId: null };
const axes = {
  pan: { min: -10, max: 10, step: 1, value: 3 },
  tilt: null,
  zoom: { min: 100, max: 400, step: 10, value: 150 },
};

function room(over: Partial<RoomMediaDevicesOptions> = {}) {
  const performed: ScreenEffect[] = [];
  const saved: RememberedMediaDevices[] = [];
  const world = { screen: true, memoryFails: false, remembered: null as RememberedMediaDevices | null };
  const done: (readonly SelfTestCheck[])[] = [];
  const onChange = vi.fn();
  const equipment = new RoomMediaDevices({
    logger: pino({ level: 'silent' }),
    settings: MediaDeviceSettings.parse({}),
    memory: {
      load: () => {
        if (world.memoryFails) throw new Error('unreadable');
        return world.remembered;
      },
      save: (remembered) => {
        if (world.memoryFails) throw new Error('the disk is full');
        saved.push(remembered);
      },
    },
    perform: (effect) => {
      if (world.screen) performed.push(effect);
      return world.screen;
    },
    requestGrant: async () => grant,
    fleetOnline: () => true,
    onChange,
    onSelfTestDone: (checks) => done.push(checks),
    cancelsOwnEcho: (vendorId) => vendorId === 0x0b0e,
    sysDir: '/nowhere',
    ...over,
  });
  const list = (devices = everything, inUse: Partial<MediaDeviceList['inUse']> = {}) =>
    equipment.onReport({ type: 'media-devices', devices, inUse: { ...nothingOpen, ...inUse } });
  const phase = (name: RoomPhase['name']) => equipment.follow({ phase: { name } } as RoomState);
  const of = <N extends ScreenEffect['name']>(name: N) =>
    performed.filter((effect): effect is Extract<ScreenEffect, { name: N }> => effect.name === name);
  const inUse = () => equipment.part.devices.filter(({ isInUse }) => isInUse).map(({ name }) => name);
  return { equipment, performed, saved, world, done, onChange, list, phase, of, inUse };
}

describe('the room’s equipment', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('tells the page which devices to take, once, and a new page again', () => {
    const { equipment, list, of } = room();
    equipment.start();
    list();
    list();
    const use = {
      name: 'use-devices',
      cameraId: `id ${AVER}`,
      microphoneId: 'id Jabra (0b0e:0422)',
      speakerId: 'id Jabra (0b0e:0422)',
      deviceCancelsEcho: true,
      inputIds: [`id ${STICK}`],
    };
    expect(of('use-devices')).toEqual([use]);
    equipment.onScreenConnected();
    list();
    expect(of('use-devices')).toEqual([use, use]);
  });

  it('changes over to what other settings prefer, at once, and back', () => {
    const { equipment, list, of, onChange } = room();
    equipment.apply(MediaDeviceSettings.parse({}));
    expect(of('use-devices')).toEqual([]);
    list();
    const before = of('use-devices').at(-1)!;
    onChange.mockClear();
    const other = everything.find(({ kind, deviceId }) => kind === 'camera' && deviceId !== before.cameraId)!;
    const label = other.label.replace(/ \(.*/, '');
    equipment.apply(MediaDeviceSettings.parse({ preferred: [{ kind: 'camera', label }], cameras: [{ label }] }));
    expect(of('use-devices').at(-1)!.cameraId).toBe(other.deviceId);
    expect(onChange).toHaveBeenCalled();
    equipment.apply(MediaDeviceSettings.parse({}));
    expect(of('use-devices').at(-1)).toEqual(before);
  });

  it('shows them as the contract has it: what is open, else what would be opened', () => {
    const { equipment, list, inUse } = room();
    list();
    expect(inUse()).toEqual(['Aver CAM520', 'Jabra', 'Jabra']);
    list(everything, { cameraId: `id ${BRIO}` });
    expect(inUse()).toEqual(['Logitech BRIO', 'Jabra', 'Jabra']);
    const heading = {
      protocol: PROTOCOL_VERSION,
      roomId: '0193a0b0-0000-7000-8000-000000000001',
      epoch: 1,
      revision: 1,
      asOfMs: 1,
    };
    const rest = {
      speakerphone: null,
      tv: { control: 'none', power: 'unknown', name: null, code: null } as const,
      lanUrl: null,
    };
    expect(RoomEquipment.parse({ ...heading, ...equipment.part, ...rest }).devices).toContainEqual({
      deviceKey: '534d:2109 USB Video',
      kind: 'camera',
      name: 'USB Video',
      isInUse: false,
      isTwin: false,
      isHdmiInput: true,
    });
  });

  it('keeps a choice over a restart and while the device is away', async () => {
    const { equipment, list, of, saved, world } = room();
    world.remembered = { chosen: { camera: keyOf(BRIO) }, presets: {} };
    equipment.start();
    list();
    expect(of('use-devices').at(-1)).toMatchObject({ cameraId: `id ${BRIO}` });
    list(everything.slice(1));
    expect(of('use-devices').at(-1)).toMatchObject({ cameraId: `id ${AVER}` });
    list();
    expect(of('use-devices').at(-1)).toMatchObject({ cameraId: `id ${BRIO}` });
    expect(await equipment.handle({ name: 'choose-device', kind: 'camera', deviceKey: keyOf(AVER) })).toBe(null);
    expect(of('use-devices').at(-1)).toMatchObject({ cameraId: `id ${AVER}` });
    expect(saved).toEqual([{ chosen: { camera: keyOf(AVER) }, presets: {} }]);
  });

  it('refuses what is not there, and an input as the room’s camera', async () => {
    const { equipment, list, saved } = room();
    list();
    const choose = (deviceKey: string) => equipment.handle({ name: 'choose-device', kind: 'camera', deviceKey });
    expect(await choose('nothing')).toBe('device-unknown');
    expect(await choose(keyOf('Jabra (0b0e:0422)'))).toBe('device-unknown');
    expect(await choose(keyOf(STICK))).toBe('device-unsupported');
    expect(saved).toEqual([]);
  });

  it('goes on without a memory', async () => {
    const { equipment, list, of, world } = room();
    world.memoryFails = true;
    equipment.start();
    list();
    expect(await equipment.handle({ name: 'choose-device', kind: 'camera', deviceKey: keyOf(BRIO) })).toBe(null);
    expect(of('use-devices').at(-1)).toMatchObject({ cameraId: `id ${BRIO}` });
  });

  it('steers only a camera that is open and has motors', async () => {
    const { equipment, list, of, world } = room();
    const steer = () => equipment.handle({ name: 'steer-camera', pan: -1, tilt: 0, zoom: 0 });
    list();
    expect(await steer()).toBe('not-possible-now');
    list(everything, { cameraId: `id ${AVER}` });
    expect(await steer()).toBe('device-unsupported');
    equipment.onReport({ type: 'camera-axes', axes });
    expect(await steer()).toBe(null);
    expect(of('steer-camera')).toEqual([{ name: 'steer-camera', pan: -1, tilt: 0, zoom: 0 }]);
    world.screen = false;
    expect(await steer()).toBe('no-screen');
  });

  it('saves where the camera looks, per camera, and brings it back', async () => {
    const { equipment, list, of, saved } = room();
    const save = (presetId: number, presetName: string) =>
      equipment.handle({ name: 'save-preset', presetId, presetName });
    list();
    expect(await save(1, 'Door')).toBe('not-possible-now');
    list(everything, { cameraId: `id ${AVER}` });
    equipment.onReport({ type: 'camera-axes', axes });
    expect(await save(2, 'Board')).toBe(null);
    expect(await save(1, 'Door')).toBe(null);
    expect(await save(2, 'Whiteboard')).toBe(null);
    expect(equipment.part.presets).toEqual([
      { presetId: 1, name: 'Door' },
      { presetId: 2, name: 'Whiteboard' },
    ]);
    expect(saved.at(-1)!.presets[keyOf(AVER)]![0]).toEqual({
      presetId: 1,
      name: 'Door',
      pan: 3,
      tilt: null,
      zoom: 150,
    });
    expect(await equipment.handle({ name: 'recall-preset', presetId: 1 })).toBe(null);
    expect(of('place-camera')).toEqual([{ name: 'place-camera', pan: 3, tilt: null, zoom: 150 }]);
    expect(await equipment.handle({ name: 'recall-preset', presetId: 3 })).toBe('not-found');
    // another is open, whatever was chosen: it has none of these
    list(everything, { cameraId: `id ${BRIO}` });
    expect(equipment.part.presets).toEqual([]);
  });

  it('shows an input in a call alone, and answers when it is shown', async () => {
    const { equipment, list, of, phase } = room();
    const show = (deviceKey: string | null) => equipment.handle({ name: 'show-input', deviceKey });
    list();
    expect(await show(keyOf(STICK))).toBe('not-possible-now');
    phase('in-call');
    expect(await show(keyOf(BRIO))).toBe('device-unsupported');
    expect(await show('nothing')).toBe('device-unknown');
    const shown = show(keyOf(STICK));
    expect(of('show-input')).toEqual([{ name: 'show-input', deviceId: `id ${STICK}` }]);
    list(everything, { inputId: `id ${STICK}` });
    expect(await shown).toBe(null);
    expect(equipment.part.shownInput).toBe(keyOf(STICK));
    const hidden = show(null);
    list(everything, {});
    expect(await hidden).toBe(null);
    expect(equipment.part.shownInput).toBe(null);
  });

  it('says of an input that gives no picture that it is gone', async () => {
    const { equipment, list, phase, world } = room();
    list();
    phase('in-call');
    const shown = equipment.handle({ name: 'show-input', deviceKey: keyOf(STICK) });
    await vi.advanceTimersByTimeAsync(4_000);
    expect(await shown).toBe('device-gone');
    world.screen = false;
    expect(await equipment.handle({ name: 'show-input', deviceKey: keyOf(STICK) })).toBe('no-screen');
  });

  it('tests itself in an idle room, keeps the result and says so', async () => {
    const { equipment, of, done, phase } = room();
    expect(await equipment.handle({ name: 'run-self-test' })).toBe(null);
    const { testId, grant: given } = of('run-self-test')[0]!;
    expect(given).toBe(grant);
    expect(await equipment.handle({ name: 'run-self-test' })).toBe('not-possible-now');
    const check: SelfTestCheck = { name: 'camera', outcome: 'failed', reason: 'black' };
    equipment.onReport({ type: 'self-test-check', testId, check });
    expect(equipment.notices).toEqual([]);
    equipment.onReport({ type: 'self-test-done', testId });
    expect(equipment.part.selfTest).toMatchObject({ state: 'done', because: 'asked' });
    expect(equipment.notices).toEqual(['self-test-failed']);
    expect(done.length).toBe(1);
    expect(done[0]).toContainEqual(check);
    phase('in-call');
    expect(await equipment.handle({ name: 'run-self-test' })).toBe('not-possible-now');
  });

  it('lets a call go first, also one that begins while the grant is fetched', async () => {
    const { equipment, of, phase, done } = room();
    equipment.runSelfTest('booking');
    phase('starting');
    await vi.advanceTimersByTimeAsync(0);
    expect(of('run-self-test')).toEqual([]);
    phase('idle');
    equipment.runSelfTest('booking');
    await vi.advanceTimersByTimeAsync(0);
    phase('starting');
    expect(equipment.part.selfTest).toMatchObject({ state: 'done', because: 'booking' });
    expect(done[0]!.filter(({ outcome }) => outcome === 'skipped').length).toBe(5);
    expect(equipment.notices).toEqual([]);
  });

  it('ends a test that the page does not end', async () => {
    const { equipment } = room({ requestGrant: () => new Promise(() => {}) });
    equipment.runSelfTest('asked');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(equipment.part.selfTest).toMatchObject({ state: 'running' });
    await vi.advanceTimersByTimeAsync(100_000);
    expect(equipment.part.selfTest!.checks.map(({ name, reason }) => `${name} ${reason}`)).toEqual([
      'fleet null',
      'media-udp unreachable',
      'media-tcp unreachable',
      'camera timed-out',
      'microphone timed-out',
      'speaker timed-out',
    ]);
    equipment.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not begin without a screen, and is over when the page is another', async () => {
    const { equipment, world } = room();
    world.screen = false;
    expect(await equipment.handle({ name: 'run-self-test' })).toBe('no-screen');
    expect(equipment.part.selfTest).toBe(null);
    world.screen = true;
    expect(await equipment.handle({ name: 'run-self-test' })).toBe(null);
    equipment.onScreenConnected();
    expect(equipment.part.selfTest).toMatchObject({ state: 'done' });
  });
});
