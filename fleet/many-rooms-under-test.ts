/** For tests of a large fleet: rooms written into the databases as former boxes left them, and some that are connected. */
import { OFF_AIR } from '#contract/broadcast.ts';
import { OPEN_ORDER } from '#contract/call-order.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { RoomPhase } from '#contract/room-state.ts';
import { clientIdOf } from '#contract/topics.ts';
import type { EnrolledRoom, FleetUnderTest } from './fleet-under-test.ts';
import { RoomUnderTest, stateOf } from './room-under-test.ts';
import { authorityStore, newId, telemetryStore } from './store/index.ts';

const ROWS_AT_ONCE = 500;
const AT_ONCE = 8;
const onFatal = (error: Error): never => {
  throw error;
};

/** While the fleet's server does not run: so many rooms with a standing meeting, a certificate and a last state each. */
export async function writeRooms(dataDir: string, count: number): Promise<void> {
  const store = authorityStore({ dataDir, onFatal });
  const telemetry = telemetryStore({ dataDir, onFatal });
  await Promise.all([store.start(), telemetry.start()]);
  const nowMs = Date.now();
  const ids = Array.from({ length: count }, () => newId());
  for (let from = 0; from < count; from += ROWS_AT_ONCE) {
    const part = ids.slice(from, from + ROWS_AT_ONCE).map((roomId, n) => ({ roomId, roomName: `Room ${from + n}` }));
    await store.write(async (trx) => {
      await trx
        .insertInto('room')
        .values(part.map((room) => ({ ...room, createdAtMs: nowMs })))
        .execute();
      await trx
        .insertInto('meeting')
        .values(
          part.map(({ roomId, roomName }) => ({ meetingId: newId(), roomId, title: roomName, createdAtMs: nowMs })),
        )
        .execute();
      await trx
        .insertInto('certificate')
        .values(
          part.map(({ roomId }) => ({
            serial: newId(),
            identity: clientIdOf('room', roomId),
            issuedAtMs: nowMs,
            expiresAtMs: nowMs + 86_400_000,
          })),
        )
        .execute();
    });
    const receivedAtMs = nowMs - 3_600_000;
    await telemetry.write(async (trx) => {
      const reports = part.map(({ roomId }) => ({ roomId, lastSeenMs: receivedAtMs }));
      await trx.insertInto('roomReport').values(reports).execute();
      const states = part.map(({ roomId }) => {
        const value = JSON.stringify(stateOf(roomId, { name: 'idle' }));
        return { roomId, name: 'state', value, receivedAtMs };
      });
      await trx.insertInto('roomProjection').values(states).execute();
    });
  }
  await Promise.all([store.stop(), telemetry.stop()]);
}

/** Rooms with boxes of their own, in the order of their names: `Hall 1` first. */
export async function enrolRooms(fleet: FleetUnderTest, count: number): Promise<EnrolledRoom[]> {
  const enrolled: EnrolledRoom[] = [];
  let begun = 0;
  const enrolNext = async (): Promise<void> => {
    while (begun < count) {
      const index = begun++;
      enrolled[index] = await fleet.enrolRoom(`Hall ${index + 1}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, enrolNext));
  return enrolled;
}

/** Connected over MQTT, and each changing what lists show of it, every so often, until `stop`. */
export class ChangingRooms {
  readonly rooms: RoomUnderTest[];
  #timer: NodeJS.Timeout | null = null;
  #turn = 0;
  /** of all rooms, since the start */
  changeCount = 0;

  constructor(enrolled: readonly EnrolledRoom[]) {
    this.rooms = enrolled.map((room) => new RoomUnderTest(room));
  }

  async connect(fleet: FleetUnderTest): Promise<void> {
    const waiting = [...this.rooms];
    const connectNext = async (): Promise<void> => {
      for (let room = waiting.pop(); room; room = waiting.pop()) {
        await room.start(fleet);
        await room.sayState();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, connectNext));
  }

  /** All but the first, which only says that it lives. Spread over the interval, as boxes are. */
  change(everyMs: number): void {
    const ticksPerRound = 20;
    this.#timer = setInterval(() => {
      const turn = this.#turn++;
      this.rooms.forEach((room, index) => {
        if (index % ticksPerRound !== turn % ticksPerRound) return;
        if (index === 0) {
          void room.say('presence', {
            protocol: PROTOCOL_VERSION,
            online: true,
            epoch: room.epoch,
            asOfMs: Date.now(),
          });
          return;
        }
        this.changeCount += 1;
        const round = Math.floor(turn / ticksPerRound);
        void room.sayState({ phase: round % 3 === 0 ? { name: 'idle' } : inCall('Weekly', round + 1) });
      });
    }, everyMs / ticksPerRound);
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    for (const room of this.rooms) room.stop();
  }
}

export const inCall = (meetingTitle: string, participantCount: number): RoomPhase => ({
  name: 'in-call',
  callId: newId(),
  peerId: newId(),
  meetingTitle,
  startedAtMs: Date.now(),
  connection: 'connected',
  participantCount,
  participants: [],
  sharedBy: null,
  order: OPEN_ORDER,
  air: OFF_AIR,
});
