/**
 * Who waits to be let into the meeting of each room: for its TV over MQTT, for its phones over their links. Of the call that the
 * room is in, else of the one of its meetings in which somebody waits.
 */
import type { Logger } from 'pino';
import { InvalidStateError } from '#contract/error-codes.ts';
import type { WaitingDecision, WaitingList } from '#contract/waiting.ts';
import type { Broker } from '../broker/index.ts';
import type { Meetings } from '../meetings/index.ts';
import type { RoomReports } from './room-reports.ts';
import { RoomTurns } from './room-turns.ts';

type OnList = (list: WaitingList) => void;
export type RoomWaitingDependencies = {
  meetings: Pick<Meetings, 'waitingRoom' | 'people' | 'ofRoom' | 'meetingOfRoom' | 'inviteFromRoom'>;
  reports: Pick<RoomReports, 'projections' | 'onChanged'>;
  broker: Pick<Broker, 'publish' | 'onSubscribed'>;
  logger: Logger;
};
type Shown = { list: WaitingList; text: string };

const NOBODY: WaitingList = { meetingId: null, count: 0, waiting: [] };

export class RoomWaiting {
  readonly #deps: RoomWaitingDependencies;
  readonly #shown = new Map<string, Shown>();
  readonly #callIds = new Map<string, string | null>();
  readonly #followers = new Map<string, Set<OnList>>();
  readonly #turns = new RoomTurns();

  constructor(deps: RoomWaitingDependencies) {
    this.#deps = deps;
  }

  start(): void {
    const { meetings, reports, broker, logger } = this.#deps;
    meetings.waitingRoom.onChanged((meetingId) => {
      void this.#roomsConcerned(meetingId)
        .then((roomIds) => Promise.all(roomIds.map((roomId) => this.#read(roomId))))
        .catch((error: unknown) => logger.error({ err: error, meetingId }, 'rooms of who waits not found'));
    });
    reports.onChanged((roomId) => {
      const callId = this.#callOf(roomId);
      if ((this.#callIds.get(roomId) ?? null) === callId) return;
      this.#callIds.set(roomId, callId);
      void this.#read(roomId);
    });
    // retained by the broker from then on, which has forgotten it with our last process
    broker.onSubscribed((who, topic) => {
      if (who.party === 'room' && topic === 'waiting') void this.#read(who.id, true);
    });
  }

  /** The list at once, and whole after each change. @returns ends it */
  follow(roomId: string, onList: OnList): () => void {
    const followers = this.#followers.get(roomId) ?? new Set();
    this.#followers.set(roomId, followers);
    let isFirst = true;
    const follower: OnList = (list) => {
      isFirst = false;
      onList(list);
    };
    followers.add(follower);
    void this.#read(roomId).then(() => {
      const shown = this.#shown.get(roomId);
      if (isFirst && shown && followers.has(follower)) follower(shown.list);
    });
    return () => {
      followers.delete(follower);
      if (followers.size === 0) this.#followers.delete(roomId);
    };
  }

  /** @throws ProtocolError not-found: of no meeting of the room; InvalidStateError not-possible-now */
  async decide(roomId: string, decision: WaitingDecision, by: string): Promise<void> {
    const { meetings } = this.#deps;
    const shown = (await this.#listOf(roomId)).meetingId;
    const others = await this.#ownIn(roomId, meetings.waitingRoom.meetingIds);
    await meetings.waitingRoom.decide(shown === null ? others : [...new Set([shown, ...others])], decision, by);
  }

  /**
   * To the meeting that the room is in, else to its own; a link is the same one for each tap of one phone.
   * @throws InvalidStateError not-possible-now: the room is in somebody else's meeting, or has none
   */
  async invite(
    roomId: string,
    displayName: string | null,
    by: string,
  ): Promise<{ joinUrl: string; expiresAtMs: number }> {
    const { meetings } = this.#deps;
    const meetingId = await meetings.meetingOfRoom(roomId, this.#callOf(roomId));
    if (meetingId === null) throw new InvalidStateError('not-possible-now', 'the room is in a meeting of others');
    return meetings.inviteFromRoom(meetingId, displayName, by);
  }

  async #roomsConcerned(meetingId: string): Promise<string[]> {
    const { waitingRoom, people } = this.#deps.meetings;
    const showing = [...this.#shown].flatMap(([roomId, { list }]) =>
      list.meetingId === meetingId && list.count > 0 ? roomId : [],
    );
    if (!waitingRoom.meetingIds.includes(meetingId)) return showing;
    return [...new Set([...showing, ...(await people.roomsOf(meetingId))])];
  }

  #callOf(roomId: string): string | null {
    const phase = this.#deps.reports.projections.get(roomId, 'state')?.phase;
    return phase?.name === 'in-call' ? phase.callId : null;
  }

  async #ownIn(roomId: string, meetingIds: readonly string[]): Promise<string[]> {
    const { people } = this.#deps.meetings;
    const own: string[] = [];
    for (const meetingId of meetingIds) if ((await people.roomsOf(meetingId)).includes(roomId)) own.push(meetingId);
    return own;
  }

  async #listOf(roomId: string): Promise<WaitingList> {
    const { meetings } = this.#deps;
    const { waitingRoom } = meetings;
    const callId = this.#callOf(roomId);
    const meetingId = await meetings.meetingOfRoom(roomId, callId);
    if (meetingId === null) return NOBODY;
    const list = await waitingRoom.listOf(meetingId);
    if (callId !== null || list.count > 0) return list;
    for (const other of await this.#ownIn(roomId, waitingRoom.meetingIds)) {
      const waiting = await waitingRoom.listOf(other);
      if (waiting.count > 0) return waiting;
    }
    return list;
  }

  /** @param isWanted to be published though it is the same */
  #read(roomId: string, isWanted = false): Promise<void> {
    return this.#turns
      .run(roomId, () => this.#publish(roomId, isWanted))
      .catch((error: unknown) => this.#deps.logger.error({ err: error, roomId }, 'who waits for a room not read'));
  }

  async #publish(roomId: string, isWanted: boolean): Promise<void> {
    const list = await this.#listOf(roomId);
    const text = JSON.stringify(list);
    const isNew = this.#shown.get(roomId)?.text !== text;
    this.#shown.set(roomId, { list, text });
    if (isNew || isWanted) this.#deps.broker.publish('waiting', roomId, list);
    if (isNew) for (const onList of [...(this.#followers.get(roomId) ?? [])]) onList(list);
  }
}
