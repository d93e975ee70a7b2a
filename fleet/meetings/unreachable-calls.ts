/** For IT: rooms whose meetings have a call at a silent media node, and the act that gives it up before its time. */
import { InvalidStateError, ProtocolError } from '#contract/error-codes.ts';
import type { RoomOverview } from '#contract/http/rooms-api.ts';
import type { AuthorityStore } from '../store/index.ts';
import type { CallRow } from './call-rows.ts';
import type { Calls } from './calls.ts';
import type { MediaNodes } from './media-nodes.ts';

type Unreachable = NonNullable<RoomOverview['unreachableCall']>;
export type UnreachableCallsDependencies = { store: AuthorityStore; nodes: MediaNodes; calls: Calls };

export class UnreachableCalls {
  readonly #deps: UnreachableCallsDependencies;

  constructor(deps: UnreachableCallsDependencies) {
    this.#deps = deps;
  }

  /** By room id, its calls together. */
  async byRoom(): Promise<Map<string, Unreachable>> {
    const byRoom = new Map<string, Unreachable>();
    for (const [roomId, { nodeId, participantCount }] of await this.#found()) {
      const former = byRoom.get(roomId);
      byRoom.set(roomId, {
        silentMs: Math.max(this.#deps.nodes.silentMs(nodeId), former?.silentMs ?? 0),
        participantCount: participantCount + (former?.participantCount ?? 0),
      });
    }
    return byRoom;
  }

  /**
   * The next who comes to a meeting of the room opens another call. Answers how many were given up.
   * @throws ProtocolError not-found; InvalidStateError not-possible-now where each call can be reached
   */
  async giveUp(roomId: string, actor: string): Promise<number> {
    const calls = (await this.#found()).filter(([id]) => id === roomId).map(([, call]) => call);
    const count = await this.#deps.calls.giveUp(calls, actor);
    if (count === 0 && !(await this.#hasRoom(roomId))) throw new ProtocolError('not-found', 'no such room');
    if (count === 0) throw new InvalidStateError('not-possible-now', 'no call of the room is out of reach');
    return count;
  }

  async #hasRoom(roomId: string): Promise<boolean> {
    const { read } = this.#deps.store;
    const room = read.selectFrom('room').select('roomId').where('roomId', '=', roomId).where('removedAtMs', 'is', null);
    return (await room.executeTakeFirst()) !== undefined;
  }

  /** Each with a room whose own, whose booking's or whose asked-for meeting it is. */
  async #found(): Promise<[roomId: string, CallRow][]> {
    const calls = await this.#deps.calls.unreachable();
    if (calls.length === 0) return [];
    const rows = await this.#deps.store.read
      .selectFrom('meeting')
      .leftJoin('bookingMeeting', 'bookingMeeting.meetingId', 'meeting.meetingId')
      .leftJoin('meetingRoom', 'meetingRoom.meetingId', 'meeting.meetingId')
      .select([
        'meeting.meetingId',
        'meeting.roomId as ownRoomId',
        'bookingMeeting.roomId as bookingRoomId',
        'meetingRoom.roomId as askedRoomId',
      ])
      .where(
        'meeting.meetingId',
        'in',
        calls.map(({ meetingId }) => meetingId),
      )
      .execute();
    return calls.flatMap((call) =>
      rows
        .filter(({ meetingId }) => meetingId === call.meetingId)
        .flatMap(({ ownRoomId, bookingRoomId, askedRoomId }) => ownRoomId ?? bookingRoomId ?? askedRoomId ?? [])
        .map((roomId): [string, CallRow] => [roomId, call]),
    );
  }
}
