import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RoomTracks } from './room-tracks.ts';

class FakeTrack extends EventTarget {
  enabled = true;
  stopped = false;
  readonly kind: string;
  constructor(kind: string) {
    super();
    this.kind = kind;
  }
  stop(): void {
    this.stopped = true;
  }
}

function room() {
  const opened: FakeTrack[] = [];
  const fails: { audio?: string; video?: string } = {};
  const present = new Set<MediaDeviceKind>(['audioinput', 'videoinput']);
  const told: string[] = [];
  let plug: () => void = () => {};
  let release: (() => void) | null = null;
  const world = { refused: false, slow: false };
  const devices = new RoomTracks(
    {
      getUserMedia: async ({ video }) => {
        const kind = video ? 'video' : 'audio';
        if (world.slow)
          await new Promise<void>((resolve) => {
            release = resolve;
          });
        const failure = fails[kind];
        if (failure) throw new DOMException('', failure);
        const track = new FakeTrack(kind);
        opened.push(track);
        return { getTracks: () => [track] } as unknown as MediaStream;
      },
      enumerateDevices: async () => [...present].map((kind) => ({ kind })),
      isRefused: async () => world.refused,
      mayMoveCamera: async () => false,
      onDeviceChange: (listener) => {
        plug = listener;
      },
      createStream: (track) => ({ track }) as unknown as MediaStream,
    },
    {
      onMicrophone: (track) => told.push(`microphone ${track === null ? 'gone' : 'there'}`),
      onCamera: (track, without) => told.push(`camera ${track === null ? without : 'there'}`),
      onChange: () => {},
      onUnusable: (name) => told.push(`${name} unusable`),
    },
  );
  return { devices, opened, fails, present, told, world, plug: () => plug(), release: () => release?.() };
}
const settled = () => vi.advanceTimersByTimeAsync(500);

describe('the room’s devices', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(console, 'warn').mockImplementation(() => {});
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('opens nothing in an idle room, but knows what is missing', async () => {
    const { devices, opened, present } = room();
    present.delete('videoinput');
    devices.start();
    await settled();
    expect(opened).toEqual([]);
    expect(devices.state).toMatchObject({
      microphone: 'on',
      camera: 'absent',
      cameraProblem: 'missing',
      microphoneProblem: null,
    });
  });

  it('knows a refusal before it asks', async () => {
    const { devices, world } = room();
    world.refused = true;
    devices.start();
    await settled();
    expect(devices.state).toMatchObject({ microphoneProblem: 'refused', cameraProblem: 'refused' });
  });

  it('opens both for a call, each once, and lets go after it', async () => {
    const { devices, opened, told } = room();
    devices.open();
    devices.open();
    await settled();
    expect(opened.map(({ kind }) => kind).sort()).toEqual(['audio', 'video']);
    expect(devices.state.ownCamera).not.toBe(null);
    devices.release();
    expect(opened.every(({ stopped }) => stopped)).toBe(true);
    expect(devices.state.ownCamera).toBe(null);
    expect(told).toEqual(['microphone there', 'camera there', 'microphone gone', 'camera absent']);
  });

  it('opens a moment after the call is joined, and not at all for one that is over by then', async () => {
    vi.useFakeTimers();
    const { devices, opened } = room();
    devices.openSoon();
    await vi.advanceTimersByTimeAsync(50);
    expect(opened).toEqual([]);
    devices.release();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(opened).toEqual([]);
    devices.openSoon();
    await vi.advanceTimersByTimeAsync(500);
    expect(opened.map(({ kind }) => kind).sort()).toEqual(['audio', 'video']);
    vi.useRealTimers();
  });

  it('goes without a camera that does not open, and keeps the microphone', async () => {
    const { devices, fails, told } = room();
    fails.video = 'NotAllowedError';
    devices.open();
    await settled();
    expect(devices.state).toMatchObject({ microphone: 'on', camera: 'absent', cameraProblem: 'refused' });
    expect(told).toContain('camera absent');
  });

  it('tries a camera again that another program holds', async () => {
    const { devices, fails } = room();
    fails.video = 'NotReadableError';
    devices.open();
    await settled();
    expect(devices.state.camera).toBe('absent');
    delete fails.video;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(devices.state).toMatchObject({ camera: 'on', cameraProblem: null });
  });

  it('stops a camera that opened after the call was over', async () => {
    const { devices, opened, world, release } = room();
    world.slow = true;
    devices.setCameraOn(true);
    devices.open();
    devices.release();
    release();
    await settled();
    expect(opened.every(({ stopped }) => stopped)).toBe(true);
    expect(devices.cameraTrack).toBe(null);
  });

  it('keeps what was muted before through opening, and forgets it after the call', async () => {
    const { devices, opened } = room();
    devices.setMuted(true);
    devices.open();
    await settled();
    expect(opened.find(({ kind }) => kind === 'audio')!.enabled).toBe(false);
    expect(devices.state.microphone).toBe('muted');
    devices.release();
    expect(devices.state.microphone).toBe('on');
  });

  it('keeps mute through giving up to another screen', async () => {
    const { devices } = room();
    devices.setMuted(true);
    devices.open();
    await settled();
    devices.giveUp();
    expect(devices.microphoneTrack).toBe(null);
    expect(devices.state.microphone).toBe('muted');
  });

  it('turns the camera’s light off with the camera, and on again', async () => {
    const { devices, opened, told } = room();
    devices.open();
    await settled();
    devices.setCameraOn(false);
    expect(opened.find(({ kind }) => kind === 'video')!.stopped).toBe(true);
    expect(devices.state).toMatchObject({ camera: 'off', ownCamera: null });
    expect(told.at(-1)).toBe('camera off');
    devices.setCameraOn(true);
    await settled();
    expect(devices.state.camera).toBe('on');
    expect(opened.filter(({ kind }) => kind === 'video').length).toBe(2);
  });

  it('takes another microphone when one is pulled out, muted as it was', async () => {
    const { devices, opened, present, fails, plug } = room();
    devices.start();
    devices.open();
    await settled();
    devices.setMuted(true);
    present.delete('audioinput');
    fails.audio = 'NotFoundError';
    opened.find(({ kind }) => kind === 'audio')!.dispatchEvent(new Event('ended'));
    await settled();
    expect(devices.state).toMatchObject({ microphone: 'absent', microphoneProblem: 'missing' });
    present.add('audioinput');
    delete fails.audio;
    plug();
    await settled();
    expect(devices.state).toMatchObject({ microphone: 'muted', microphoneProblem: null });
    expect(devices.microphoneTrack!.enabled).toBe(false);
  });
});
