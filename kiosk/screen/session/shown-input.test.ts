import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ListedDevice } from './device-plan.ts';
import { ShownInput } from './shown-input.ts';

class FakeTrack extends EventTarget {
  stopped = false;
  readonly of: string;
  constructor(of: string) {
    super();
    this.of = of;
  }
  stop(): void {
    this.stopped = true;
  }
}
const listed: ListedDevice[] = [
  { kind: 'camera', deviceId: 'stick', groupId: 'g1', label: '' },
  { kind: 'microphone', deviceId: 'stick-sound', groupId: 'g1', label: '' },
  { kind: 'camera', deviceId: 'mute-stick', groupId: '', label: '' },
  { kind: 'microphone', deviceId: 'room', groupId: '', label: '' },
];

function room() {
  const world = { phase: 'joined', sharesScreen: false, fails: '' };
  const opened: FakeTrack[] = [];
  const screens: (string | null)[] = [];
  const changes: (string | null)[] = [];
  const waiting: (() => void)[] = [];
  const input: ShownInput = new ShownInput({
    call: {
      getSnapshot: () => ({ phase: { name: world.phase }, local: { sharesScreen: world.sharesScreen } }) as never,
      setScreen: (video, audio) => {
        world.sharesScreen = video !== null;
        const of = (track: unknown) => (track as FakeTrack | null | undefined)?.of ?? null;
        screens.push(video && `${of(video)} ${of(audio)}`);
        input.followCall();
      },
    },
    getUserMedia: async ({ video, audio }) => {
      const id = ((video || audio) as { deviceId: { exact: string } }).deviceId.exact;
      if (world.fails === 'slow') await new Promise<void>((resolve) => waiting.push(resolve));
      if (world.fails === id) throw new DOMException('', 'NotReadableError');
      const track = new FakeTrack(id);
      opened.push(track);
      return { getTracks: () => [track] } as unknown as MediaStream;
    },
    createStream: (tracks) => ({ tracks }) as unknown as MediaStream,
    listed: () => listed,
    microphoneId: () => 'room',
    onChange: () => changes.push(input.deviceId),
  });
  const open = () => opened.filter(({ stopped }) => !stopped).map(({ of }) => of);
  return { input, world, opened, screens, changes, waiting, open };
}

describe('an HDMI input on the stage', () => {
  beforeEach(() => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
  });

  it('is the room’s shared screen, with its own sound where it has one', async () => {
    const { input, screens, changes, open } = room();
    await input.show('stick');
    expect(screens).toEqual(['stick stick-sound']);
    expect(open()).toEqual(['stick', 'stick-sound']);
    expect(changes).toEqual(['stick']);
    input.hide();
    expect(screens.at(-1)).toBe(null);
    expect([open(), input.stream, changes.at(-1)]).toEqual([[], null, null]);
    await input.show('mute-stick');
    expect(screens.at(-1)).toBe('mute-stick null');
  });

  it('is refused without a call, and says of a dead one that it is gone', async () => {
    const { input, world, open, screens } = room();
    world.phase = 'idle';
    await expect(input.show('stick')).rejects.toMatchObject({ code: 'not-possible-now' });
    world.phase = 'joined';
    world.fails = 'stick';
    await expect(input.show('stick')).rejects.toMatchObject({ code: 'device-gone' });
    world.fails = 'stick-sound';
    await input.show('stick');
    expect(screens).toEqual(['stick null']);
    expect(open()).toEqual(['stick']);
  });

  it('is withdrawn when it is pulled out', async () => {
    const { input, opened, screens, open } = room();
    await input.show('stick');
    opened[0]!.stopped = true;
    opened[0]!.dispatchEvent(new Event('ended'));
    expect(screens.at(-1)).toBe(null);
    expect([input.deviceId, open()]).toEqual([null, []]);
  });

  it('goes with the call, and when the node does not take it', async () => {
    const { input, world, open } = room();
    await input.show('stick');
    world.phase = 'ended';
    input.followCall();
    expect([input.deviceId, open()]).toEqual([null, []]);
    world.phase = 'joined';
    await input.show('stick');
    world.sharesScreen = false;
    input.followCall();
    expect([input.deviceId, open()]).toEqual([null, []]);
  });

  it('leaves nothing open of one that opened too late', async () => {
    const { input, world, waiting, open, screens } = room();
    world.fails = 'slow';
    const shown = input.show('mute-stick').catch((error: { code: string }) => error.code);
    input.hide();
    waiting.shift()!();
    expect(await shown).toBe('device-gone');
    expect([open(), screens]).toEqual([[], []]);
    const other = input.show('mute-stick').catch((error: { code: string }) => error.code);
    world.phase = 'ended';
    waiting.shift()!();
    expect(await other).toBe('not-possible-now');
    expect(open()).toEqual([]);
  });

  it('takes the place of another', async () => {
    const { input, screens, open } = room();
    await input.show('stick');
    await input.show('mute-stick');
    expect(screens).toEqual(['stick stick-sound', 'mute-stick null']);
    expect([input.deviceId, open()]).toEqual(['mute-stick', ['mute-stick']]);
  });
});
