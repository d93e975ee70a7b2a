/**
 * Publishes to each room the meetings that people have made for it: at our start, when the room connects, when one of them
 * changes, and as days pass. Calls change meetings often and their times seldom: what a room has already is not sent again.
 */
import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { MeetingOfRoom } from '#contract/room-meetings.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import type { Broker } from '../broker/index.ts';
import type { Meetings } from '../meetings/index.ts';
import type { RoomRegistry } from './room-registry.ts';
import { RoomTurns } from './room-turns.ts';

export type PublishedMeetingsDependencies = {
  registry: Pick<RoomRegistry, 'all'>;
  meetings: Pick<Meetings, 'onChanged' | 'people' | 'scheduledIn'>;
  broker: Pick<Broker, 'publish' | 'onPresence'>;
  clock: Pick<WallClock, 'nowMs' | 'onJump'>;
  logger: Logger;
};

const PUBLISHED_IN_A_ROW = 50;
/** later ones come into view */
const WHOLE_MS = 15 * 60_000;

export class PublishedMeetings {
  readonly #deps: PublishedMeetingsDependencies;
  /** by room: what it was sent last */
  readonly #sent = new Map<string, { text: string; meetingIds: readonly string[] }>();
  readonly #turns = new RoomTurns();
  #timer: NodeJS.Timeout | null = null;

  constructor(deps: PublishedMeetingsDependencies) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { meetings, broker, clock } = this.#deps;
    meetings.onChanged((meetingId) => void this.#changed(meetingId).catch(this.#failed));
    broker.onPresence((who, connected) => {
      if (!connected || who.party !== 'room') return;
      // it may have lost its line while something was on the way
      this.#sent.delete(who.id);
      void this.#publish(who.id).catch(this.#failed);
    });
    clock.onJump(() => this.#publishAll().catch(this.#failed));
    this.#timer = setInterval(() => void this.#publishAll().catch(this.#failed), WHOLE_MS);
    this.#timer.unref();
    await this.#publishAll();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  async #publishAll(): Promise<void> {
    for (const [index, { roomId }] of (await this.#deps.registry.all()).entries()) {
      await this.#publish(roomId);
      // reading the store yields to nobody
      if ((index + 1) % PUBLISHED_IN_A_ROW === 0) await setImmediate();
    }
  }

  async #changed(meetingId: string): Promise<void> {
    const roomIds = new Set(await this.#deps.meetings.people.roomsOf(meetingId));
    for (const [roomId, { meetingIds }] of this.#sent) if (meetingIds.includes(meetingId)) roomIds.add(roomId);
    for (const roomId of roomIds) await this.#publish(roomId);
  }

  #publish(roomId: string): Promise<void> {
    return this.#turns.run(roomId, () => this.#publishNow(roomId));
  }

  async #publishNow(roomId: string): Promise<void> {
    const { meetings, broker, clock } = this.#deps;
    const listed: MeetingOfRoom[] = await meetings.scheduledIn(roomId, clock.nowMs());
    const text = JSON.stringify(listed);
    if (this.#sent.get(roomId)?.text === text) return;
    this.#sent.set(roomId, { text, meetingIds: listed.map(({ meetingId }) => meetingId) });
    broker.publish('meetings', roomId, { protocol: PROTOCOL_VERSION, meetings: listed });
  }

  readonly #failed = (error: unknown): void => this.#deps.logger.error({ err: error }, 'meetings not published');
}
