/**
 * The self-test of an idle room: each check is red by a fault that is planted, and green beside it. Real Chromium, a real
 * media node, the agent's own equipment behind the page.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SelfTestCheckName, SelfTestReason } from '#contract/room-equipment.ts';
import { startTestNode, type TestNode } from '../../fleet/media/testing/test-node.ts';
import { launchChromium } from '../simulators/chromium.ts';
import type { PlantedDevice } from './planted-devices-page.ts';
import { grantFor, ScreenAndEquipment } from './screen-and-equipment.ts';

type CameraIs = Extract<PlantedDevice, { kind: 'videoinput' }>['is'];
type MicrophoneIs = Extract<PlantedDevice, { kind: 'audioinput' }>['is'];
type SpeakerIs = Extract<PlantedDevice, { kind: 'audiooutput' }>['is'];
type Room = {
  camera?: CameraIs | null;
  microphone?: MicrophoneIs | null;
  speaker?: SpeakerIs | null;
  blocked?: string[];
};

let node: TestNode;
let browser: Browser;
beforeAll(async () => {
  node = await startTestNode({ settings: { emptyCallMs: 50 } });
  browser = await launchChromium({ role: 'kiosk' });
});
afterAll(async () => {
  await browser?.close();
  await node?.stop();
});

const JABRA = 'Jabra SPEAK 510 (0b0e:0422)';
/** null: not plugged in; what is not said is well */
function devicesOf({ camera, microphone, speaker }: Room): PlantedDevice[] {
  const healthy = { colour: 'blue', number: 4 } as const;
  return [
    ...(camera === null
      ? []
      : [{ kind: 'videoinput', deviceId: 'c', label: 'Logitech BRIO (046d:085e)', is: camera ?? healthy } as const]),
    ...(microphone === null
      ? []
      : [{ kind: 'audioinput', deviceId: 'm', label: JABRA, is: microphone ?? 'hearing' } as const]),
    ...(speaker === null
      ? []
      : [{ kind: 'audiooutput', deviceId: 's', label: JABRA, is: speaker ?? 'sounding' } as const]),
    { kind: 'videoinput', deviceId: 'stick', label: 'USB Video (534d:2109)', is: healthy },
  ];
}

async function open(room: Room, over: Parameters<typeof ScreenAndEquipment.open>[2] = {}) {
  const tv = await ScreenAndEquipment.open(await browser.newPage(), devicesOf(room), {
    requestGrant: () => grantFor(node, {}),
    ...over,
  });
  await expect.poll(() => tv.heardOf('media-devices').length).toBeGreaterThan(0);
  await tv.page.evaluate((protocols) => window.plantedRoom.block(protocols), room.blocked ?? []);
  return tv;
}
const resultOf = (tv: ScreenAndEquipment) =>
  Object.fromEntries(tv.equipment.part.selfTest!.checks.map(({ name, outcome, reason }) => [name, reason ?? outcome]));
const isOver = (tv: ScreenAndEquipment) =>
  expect.poll(() => tv.equipment.part.selfTest?.state, { timeout: 45_000 }).toBe('done');

const ALL_GREEN = {
  fleet: 'passed',
  camera: 'passed',
  microphone: 'passed',
  speaker: 'passed',
  'media-udp': 'passed',
  'media-tcp': 'passed',
};
type Red = Partial<Record<SelfTestCheckName, SelfTestReason | 'skipped'>>;

describe('the self-test of a room', () => {
  test.each<[string, Room, Red]>([
    ['is green where all is well', {}, {}],
    [
      'sees a covered lens and a dead microphone',
      { camera: 'black', microphone: 'silent' },
      { camera: 'black', microphone: 'silent', speaker: 'skipped' },
    ],
    [
      'sees a picture that never changes, and a speaker that nobody hears',
      { camera: 'frozen', speaker: 'mute' },
      { camera: 'frozen', speaker: 'not-heard' },
    ],
    [
      'sees a camera that stops after its first frame, and a blocked UDP port',
      { camera: 'stopped', blocked: ['udp'] },
      { camera: 'frozen', 'media-udp': 'unreachable' },
    ],
    [
      'sees what is missing, HDMI stick or not',
      { camera: null, microphone: null, speaker: null },
      { camera: 'missing', microphone: 'missing', speaker: 'skipped' },
    ],
    [
      'sees what is refused',
      { camera: 'refused', microphone: 'refused' },
      { camera: 'refused', microphone: 'refused', speaker: 'skipped' },
    ],
    [
      'sees what another program holds, and a blocked TCP port',
      { camera: 'busy', microphone: 'busy', blocked: ['tcp'] },
      { camera: 'busy', microphone: 'busy', speaker: 'skipped', 'media-tcp': 'unreachable' },
    ],
    [
      'does not wait for a camera that hangs, nor miss that there is no speaker',
      { camera: 'hanging', speaker: null },
      { camera: 'timed-out', speaker: 'missing' },
    ],
    ['sees a speaker that does not open', { speaker: 'refusing' }, { speaker: 'missing' }],
  ])('%s', async (_, room, red) => {
    const tv = await open(room);
    expect(await tv.equipment.handle({ name: 'run-self-test' })).toBe(null);
    await isOver(tv);
    expect(resultOf(tv)).toEqual({ ...ALL_GREEN, ...red });
    expect(tv.equipment.notices).toEqual(
      Object.values(red).some((why) => why !== 'skipped') ? ['self-test-failed'] : [],
    );
    // lights are out, and nothing of it stays at the node
    expect(await tv.openIds()).toEqual([]);
    await expect.poll(() => node.held()).toMatchObject({ transports: 0, routers: 0 });
    await tv.close();
  });

  test('does not call a speakerphone deaf that takes its own sound out of what it hears', async () => {
    const tv = await open({ speaker: 'mute' }, { cancelsOwnEcho: () => true });
    await tv.equipment.handle({ name: 'run-self-test' });
    await isOver(tv);
    expect(resultOf(tv)).toEqual({ ...ALL_GREEN, speaker: 'skipped' });
    await tv.close();
  });

  test('tells a fleet that is away, and tries no ports without it', async () => {
    const tv = await open({}, { requestGrant: async () => null, fleetOnline: () => false });
    await tv.equipment.handle({ name: 'run-self-test' });
    await isOver(tv);
    expect(resultOf(tv)).toEqual({
      ...ALL_GREEN,
      fleet: 'unreachable',
      'media-udp': 'skipped',
      'media-tcp': 'skipped',
    });
    await tv.close();
  });

  test('tells a node that is away as ports that nobody answers', async () => {
    const tv = await open(
      {},
      { requestGrant: async () => ({ ...(await grantFor(node, {})), signalingUrl: 'ws://127.0.0.1:9/signaling' }) },
    );
    await tv.equipment.handle({ name: 'run-self-test' });
    await isOver(tv);
    expect(resultOf(tv)).toMatchObject({ camera: 'passed', 'media-udp': 'unreachable', 'media-tcp': 'unreachable' });
    await tv.close();
  });

  test('gives way to a call at once', async () => {
    const tv = await open({});
    await tv.equipment.handle({ name: 'run-self-test' });
    await expect.poll(() => tv.openIds()).toEqual(['c']);
    tv.perform({ name: 'join-call', grant: await grantFor(node, {}) });
    await expect.poll(() => tv.heardOf('call-joined').length, { timeout: 10_000 }).toBe(1);
    await expect.poll(() => tv.heardOf('self-test-done').length).toBe(1);
    expect(tv.heardOf('self-test-check')).toEqual([]);
    expect(resultOf(tv)).toMatchObject({ camera: 'skipped', 'media-tcp': 'skipped' });
    await expect.poll(() => tv.openIds()).toEqual(['c', 'm']);
    await tv.close();
  });
});

describe('an ear on an idle room', () => {
  test('hears who speaks, and lets go of the microphone then', async () => {
    // a tone that swells three times a second is more like speech than any noise of a room
    const tv = await open({ microphone: { toneHz: 500 } });
    tv.perform({ name: 'listen-for-sound', forMs: 50_000 });
    await expect.poll(() => tv.openIds()).toEqual(['m']);
    await expect.poll(() => tv.heardOf('sound-heard').length, { timeout: 40_000 }).toBe(1);
    await expect.poll(() => tv.openIds()).toEqual([]);
    await tv.close();
  });

  test('hears nobody in an empty one, for as long as it was asked to', async () => {
    const tv = await open({});
    tv.perform({ name: 'listen-for-sound', forMs: 4_000 });
    await expect.poll(() => tv.openIds()).toEqual(['m']);
    await expect.poll(() => tv.openIds(), { timeout: 10_000 }).toEqual([]);
    expect(tv.heardOf('sound-heard')).toEqual([]);
    tv.perform({ name: 'listen-for-sound', forMs: 60_000 });
    await expect.poll(() => tv.openIds()).toEqual(['m']);
    tv.perform({ name: 'listen-for-sound', forMs: 0 });
    await expect.poll(() => tv.openIds()).toEqual([]);
    await tv.close();
  });
});
