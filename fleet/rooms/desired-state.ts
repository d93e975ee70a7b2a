/**
 * What the fleet wants of each room, published retained: at our start, at each change (the first at once, more of them
 * coalesced), whenever the room connects, and when our clock was set, so that `nowMs` is fresh and tells the kiosk what
 * its clock is worth.
 */
import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import type { Broker } from '../broker/index.ts';
import type { Meetings } from '../meetings/index.ts';
import type { Pairings } from './pairings.ts';
import type { RoomRegistry } from './room-registry.ts';
import { RoomTurns } from './room-turns.ts';

const PUBLISHED_IN_A_ROW = 50;
const INTERVAL_MS = 200;

export type DesiredStateDependencies = {
  registry: RoomRegistry;
  meetings: Meetings;
  broker: Broker;
  pairings: Pick<Pairings, 'tabletsOf' | 'onTabletsChanged'>;
  clock: WallClock;
  controllerUrl: string;
  logger: Logger;
};

export class DesiredState {
  readonly #deps: DesiredStateDependencies;
  readonly #waiting = new Map<string, { changed: boolean }>();
  /** signing takes its time, and a retained message stays: the newest has to be the last */
  readonly #turns = new RoomTurns();

  constructor(deps: DesiredStateDependencies) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { meetings, broker, pairings, clock } = this.#deps;
    pairings.onTabletsChanged((roomId) => this.changed(roomId));
    meetings.delegations.onDue((roomId) => this.changed(roomId));
    meetings.onChanged(
      (meetingId) =>
        void meetings
          .roomOf(meetingId)
          .then((roomId) => roomId && this.changed(roomId))
          .catch(this.#failed),
    );
    broker.onPresence((who, connected) => {
      if (connected && who.party === 'room') void this.#publish(who.id).catch(this.#failed);
    });
    clock.onJump(() => this.#publishAll().catch(this.#failed));
    await this.#publishAll();
  }

  async #publishAll(): Promise<void> {
    for (const [index, { roomId }] of (await this.#deps.registry.all()).entries()) {
      await this.#publish(roomId);
      // reading the store yields to nobody: thousands of rooms in a row would keep all connections waiting
      if ((index + 1) % PUBLISHED_IN_A_ROW === 0) await setImmediate();
    }
  }

  changed(roomId: string): void {
    const waiting = this.#waiting.get(roomId);
    if (waiting) {
      waiting.changed = true;
      return;
    }
    void this.#publish(roomId).catch(this.#failed);
    const interval = { changed: false };
    this.#waiting.set(roomId, interval);
    setTimeout(() => {
      this.#waiting.delete(roomId);
      if (interval.changed) this.changed(roomId);
    }, INTERVAL_MS).unref();
  }

  readonly #failed = (error: unknown): void => this.#deps.logger.error({ err: error }, 'desired state not published');

  #publish(roomId: string): Promise<void> {
    return this.#turns.run(roomId, () => this.#publishNow(roomId));
  }

  async #publishNow(roomId: string): Promise<void> {
    const { registry, meetings, broker, pairings, clock, controllerUrl } = this.#deps;
    const room = await registry.byId(roomId);
    if (!room) return;
    const meeting = await meetings.ofRoom(roomId);
    const delegation = meeting && (await meetings.delegations.of({ roomId, roomName: room.roomName, meeting }));
    broker.publish('desired', roomId, {
      protocol: PROTOCOL_VERSION,
      roomId,
      roomName: room.roomName,
      controllerUrl,
      meeting,
      tablets: pairings.tabletsOf(roomId).map(({ pairingId, tokenHash }) => ({ pairingId, tokenSha256: tokenHash })),
      delegation,
      nowMs: clock.nowMs(),
    });
  }
}
