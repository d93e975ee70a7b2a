/** Commands from the LAN at the room's authority: answered where they were asked, done once, and told to the fleet later. */
import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { CommandReply, RoomCommand } from '#contract/room-command.ts';
import type { ScreenEffect } from '#contract/screen-link.ts';
import { Projections } from './projections.ts';
import { RoomAuthority } from './room-authority.ts';
import type { RoomEventDraft } from './room-event-outbox.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
let published: { name: string; message: object }[];
let performed: ScreenEffect[];
let recorded: RoomEventDraft[];
let obeyed: { resolve: () => void }[];
let authority: RoomAuthority;

beforeEach(() => {
  [published, performed, recorded, obeyed] = [[], [], [], []];
  authority = new RoomAuthority({
    roomId: id(1),
    roomName: 'Room A',
    projections: new Projections({ roomId: id(1), epoch: 1 }),
    remembered: null,
    fleet: {
      publish: async (name: string, message: object) => void published.push({ name, message }),
      isExpired: () => false,
    } as never,
    requests: { requestGrant: () => id(99), forget: () => {} },
    logger: pino({ level: 'silent' }),
    perform: (effect) => {
      performed.push(effect);
      return true;
    },
    remember: () => {},
    onChange: () => {},
    dispatch: () => new Promise((resolve) => obeyed.push({ resolve: () => resolve(null) })),
    bookingOf: () => null,
    record: (draft) => recorded.push(draft),
  });
  authority.start();
  return () => authority.stop();
});
const replies = () => published.filter(({ name }) => name === 'commandReply').map(({ message }) => message);
const volume = (percent: number): RoomCommand => ({ name: 'set-volume', percent });
function order(command: RoomCommand, n = 2): CommandReply[] {
  const heard: CommandReply[] = [];
  authority.onLanCommand({ id: id(n), command, pairingId: id(8) }, (reply) => heard.push(reply));
  return heard;
}
const fromFleet = (command: RoomCommand, n: number) =>
  authority.onCommand({
    protocol: PROTOCOL_VERSION,
    id: id(n),
    roomId: id(1),
    expiresAtMs: 1,
    issuer: { kind: 'controller', id: id(8) },
    command,
    grant: null,
  });

test('the answer goes to who asked, and to nobody else', () => {
  expect(order(volume(20))).toEqual([{ ok: true, id: id(2) }]);
  expect(order({ name: 'leave-call' }, 3)).toMatchObject([{ ok: false, error: { code: 'not-possible-now' } }]);
  expect(replies()).toEqual([]);
  fromFleet(volume(30), 4);
  expect(replies()).toEqual([{ ok: true, id: id(4) }]);
  expect(performed).toEqual([
    { name: 'set-volume', percent: 20 },
    { name: 'set-volume', percent: 30 },
  ]);
});

test('a microphone may be opened from the LAN', () => {
  const devices = { microphone: 'muted', camera: 'on', microphoneProblem: null, cameraProblem: null } as const;
  authority.handle({ type: 'screen', report: { type: 'track-state', ...devices } });
  expect(order({ name: 'set-microphone', on: true })).toEqual([{ ok: true, id: id(2) }]);
  expect(performed).toEqual([{ name: 'set-microphone', on: true }]);
});

test('the same command over another line is done once, and answered there', async () => {
  const checkIn: RoomCommand = { name: 'check-in', bookingId: 'a'.repeat(64) };
  const [first, again] = [order(checkIn), order(checkIn)];
  expect(obeyed).toHaveLength(1);
  obeyed[0]!.resolve();
  await expect.poll(() => again).toEqual([{ ok: true, id: id(2) }]);
  expect(first).toEqual([]);
  expect(order(checkIn)).toEqual([{ ok: true, id: id(2) }]);
  expect(obeyed).toHaveLength(1);
});

test('while the fleet is gone it is noted who did what; a slider that moves is one event, what changes nothing is none', () => {
  order(volume(1), 2);
  order(volume(2), 3);
  order({ name: 'prepare-call' }, 4);
  order({ name: 'mute-all' }, 5);
  order({ name: 'mute-all' }, 6);
  order(volume(3), 7);
  authority.onFleet(true);
  order({ name: 'mute-all' }, 8);
  expect(recorded).toEqual(
    ['set-volume', 'mute-all', 'mute-all', 'set-volume'].map((command) => ({
      name: 'lan-command',
      command,
      pairingId: id(8),
    })),
  );
});

test('a wish of the box itself is done, and nobody is answered', () => {
  authority.ask(volume(5));
  expect(performed).toEqual([{ name: 'set-volume', percent: 5 }]);
  expect([replies(), recorded]).toEqual([[], []]);
});
