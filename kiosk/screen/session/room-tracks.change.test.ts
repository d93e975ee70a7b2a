/** One device for another under a running call, over devices that are plugged in and out by hand. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { UseDevices } from './device-plan.ts';
import { RoomTracks } from './room-tracks.ts';

class FakeTrack extends EventTarget {
  enabled = true;
  stopped = false;
  readonly kind: string;
  readonly deviceId: string;
  readonly echoCancellation: unknown;
  constructor(kind: string, deviceId: string, echoCancellation: unknown) {
    super();
    this.kind = kind;
    this.deviceId = deviceId;
    this.echoCancellation = echoCancellation;
  }
  stop(): void {
    this.stopped = true;
  }
}
type There = { kind: 'audioinput' | 'videoinput' | 'audiooutput'; deviceId: string };
const STANDARD: There[] = [
  { kind: 'videoinput', deviceId: 'brio' },
  { kind: 'videoinput', deviceId: 'aver' },
  { kind: 'videoinput', deviceId: 'stick' },
  { kind: 'audioinput', deviceId: 'jabra' },
  { kind: 'audioinput', deviceId: 'brio-sound' },
  { kind: 'audiooutput', deviceId: 'jabra-out' },
];
const USE: UseDevices = {
  cameraId: 'brio',
  microphoneId: 'jabra',
  speakerId: 'jabra-out',
  deviceCancelsEcho: true,
  inputIds: ['stick'],
};

function room() {
  let there = STANDARD;
  let plug = (): void => {};
  const opened: FakeTrack[] = [];
  const told: string[] = [];
  const busy = new Set<string>();
  const world = { mayMove: false, asked: [] as MediaStreamConstraints[] };
  const deviceIdOf = (asked: boolean | MediaTrackConstraints | undefined) =>
    ((asked as MediaTrackConstraints).deviceId as { exact: string } | undefined)?.exact;
  const devices = new RoomTracks(
    {
      getUserMedia: async (constraints) => {
        world.asked.push(constraints);
        const kind = constraints.video ? 'videoinput' : 'audioinput';
        const asked = constraints.video || constraints.audio;
        const id = deviceIdOf(asked) ?? there.find((device) => device.kind === kind)?.deviceId;
        if (world.mayMove && (asked as { pan?: boolean }).pan) throw new DOMException('', 'NotAllowedError');
        if (id === undefined || !there.some((device) => device.kind === kind && device.deviceId === id))
          throw new DOMException('', 'OverconstrainedError');
        if (busy.has(id)) throw new DOMException('', 'NotReadableError');
        const track = new FakeTrack(kind, id, (constraints.audio as MediaTrackConstraints)?.echoCancellation);
        opened.push(track);
        return { getTracks: () => [track] } as unknown as MediaStream;
      },
      enumerateDevices: async () => there.map((device) => ({ ...device, groupId: '', label: device.deviceId })),
      isRefused: async () => false,
      mayMoveCamera: async () => world.mayMove,
      onDeviceChange: (listener) => {
        plug = listener;
      },
      createStream: (track) => ({ track }) as unknown as MediaStream,
    },
    {
      onMicrophone: (track) => {
        const given = track as FakeTrack | null;
        told.push(`microphone ${given && `${given.deviceId} ${given.enabled ? 'on' : 'muted'}`}`);
      },
      onCamera: (track, without) => told.push(`camera ${(track as FakeTrack | null)?.deviceId ?? without}`),
      onChange: () => {},
      onUnusable: (name) => told.push(`${name} unusable`),
    },
  );
  const now = (kind: FakeTrack['kind']) => opened.filter((track) => track.kind === kind && !track.stopped);
  const take = (deviceId: string): void => {
    there = there.filter((device) => device.deviceId !== deviceId);
    for (const track of opened.filter((each) => each.deviceId === deviceId && !each.stopped)) {
      track.stopped = true;
      track.dispatchEvent(new Event('ended'));
    }
    plug();
  };
  const give = (device: There): void => {
    there = [...there, device];
    plug();
  };
  return { devices, opened, told, busy, world, now, take, give };
}
const settled = () => vi.advanceTimersByTimeAsync(500);
async function inCall(use: Partial<UseDevices> = {}) {
  const scene = room();
  scene.devices.start();
  await settled();
  scene.devices.use({ ...USE, ...use });
  scene.devices.open();
  await settled();
  scene.told.length = 0;
  return scene;
}

describe('another device under a running call', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(console, 'warn').mockImplementation(() => {});
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('opens the named ones, and no other', async () => {
    const { devices, opened, now } = await inCall();
    expect(opened.map(({ deviceId }) => deviceId).sort()).toEqual(['brio', 'jabra']);
    expect(devices.openIds).toEqual({ cameraId: 'brio', microphoneId: 'jabra', speakerId: 'jabra-out' });
    expect(now('audioinput')[0]!.echoCancellation).toBe(false);
  });

  it('replaces a track that is open by one that is open already, muted as it was', async () => {
    const { devices, now, told, opened } = await inCall();
    devices.setMuted(true);
    const former = opened.find(({ deviceId }) => deviceId === 'jabra')!;
    devices.use({ ...USE, cameraId: 'aver', microphoneId: 'brio-sound' });
    await settled();
    // never a moment with none, and never an unmuted one
    expect(told.filter((what) => what.startsWith('microphone'))).toEqual([
      'microphone jabra muted',
      'microphone brio-sound muted',
    ]);
    expect(told.filter((what) => what.startsWith('camera'))).toEqual(['camera aver']);
    expect(former.stopped).toBe(true);
    expect(now('audioinput').map(({ deviceId }) => deviceId)).toEqual(['brio-sound']);
    expect(devices.state).toMatchObject({ microphone: 'muted', camera: 'on' });
  });

  it('keeps what is open where the new one does not open, and says so once', async () => {
    const { devices, now, told } = await inCall();
    devices.use({ ...USE, cameraId: 'gone' });
    await settled();
    expect(told).toEqual(['camera unusable']);
    expect(now('videoinput').map(({ deviceId }) => deviceId)).toEqual(['brio']);
    expect(devices.state).toMatchObject({ camera: 'on', cameraProblem: null });
  });

  it('falls back when one is pulled out, never to an HDMI input, and returns when it is back', async () => {
    const { devices, told, take, give, now } = await inCall();
    take('brio');
    await settled();
    expect(now('videoinput').map(({ deviceId }) => deviceId)).toEqual(['aver']);
    expect(devices.openIds.cameraId).toBe('aver');
    expect(told).toEqual(['camera absent', 'camera absent', 'camera unusable', 'camera aver']);
    take('aver');
    await settled();
    expect(now('videoinput')).toEqual([]);
    expect(devices.state.cameraProblem).toBe('missing');
    give({ kind: 'videoinput', deviceId: 'brio' });
    await settled();
    expect(now('videoinput').map(({ deviceId }) => deviceId)).toEqual(['brio']);
  });

  it('takes another while the named one is busy, and the named one when it is free', async () => {
    const { devices, now, told, busy, opened } = await inCall({ cameraId: 'aver' });
    busy.add('brio');
    devices.use(USE);
    await settled();
    expect(now('videoinput').map(({ deviceId }) => deviceId)).toEqual(['aver']);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(told).toEqual(['camera unusable']);
    busy.clear();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(now('videoinput').map(({ deviceId }) => deviceId)).toEqual(['brio']);
    const before = opened.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(opened.length).toBe(before);
  });

  it('has the echo cancelled by the browser or by the device, and never by neither', async () => {
    const { devices, now, take } = await inCall();
    const echo = () => now('audioinput').map(({ deviceId, echoCancellation }) => [deviceId, echoCancellation]);
    expect(echo()).toEqual([['jabra', false]]);
    // the sound goes out elsewhere: the device does not hear itself any longer
    devices.speakerFailed('jabra-out');
    await settled();
    expect(echo()).toEqual([['jabra', true]]);
    expect(devices.speakerId).toBe(null);
    devices.use({ ...USE, speakerId: 'tv', deviceCancelsEcho: false });
    await settled();
    expect(echo()).toEqual([['jabra', true]]);
    devices.use(USE);
    await settled();
    expect(echo()).toEqual([['jabra', false]]);
    take('jabra');
    await settled();
    expect(echo()).toEqual([['brio-sound', true]]);
  });

  it('sends nothing of what opened while the camera was turned off', async () => {
    const { devices, now, told } = await inCall();
    devices.use({ ...USE, cameraId: 'aver' });
    devices.setCameraOn(false);
    await settled();
    expect(now('videoinput')).toEqual([]);
    expect(told).toEqual(['camera off']);
  });

  it('does without the motors where the browser does not allow them', async () => {
    const scene = room();
    scene.world.mayMove = true;
    scene.devices.start();
    await settled();
    scene.devices.open();
    await settled();
    expect(scene.now('videoinput').length).toBe(1);
    const cameras = scene.world.asked.flatMap(({ video }) =>
      video ? [(video as { pan?: boolean }).pan ?? false] : [],
    );
    expect(cameras).toEqual([true, false]);
  });

  it('opens nothing in an idle room, whatever it is told to use', async () => {
    const { devices, opened } = room();
    devices.start();
    await settled();
    devices.use(USE);
    devices.use({ ...USE, cameraId: 'aver' });
    await settled();
    expect(opened).toEqual([]);
    expect(devices.wanted).toMatchObject({ camera: { exact: 'aver' }, microphone: { exact: 'jabra' } });
  });
});
