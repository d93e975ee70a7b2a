/** The broadcast of the meeting that a room is in, for the room's phones: what they see of it, and how they direct it. */
import { type BroadcastAct, type MeetingAir, NO_MEETING_AIR } from '#contract/broadcast.ts';
import { InvalidStateError, UserError } from '#contract/error-codes.ts';
import type { Logger } from 'pino';
import type { Broadcasts } from '../broadcasts/index.ts';
import type { Meetings } from '../meetings/index.ts';
import type { RoomReports } from './room-reports.ts';

export type RoomAirDependencies = {
  broadcasts: Pick<Broadcasts, 'desk' | 'rightsOfRoom' | 'followAir'>;
  meetings: Pick<Meetings, 'meetingOfRoom'>;
  reports: Pick<RoomReports, 'projections' | 'onChanged'>;
  logger: Logger;
};
type Preview = { broadcastId: string; jpeg: string };
type Follower = { callId: string | null; move: () => void };

export class RoomAir {
  readonly #deps: RoomAirDependencies;
  readonly #followers = new Map<string, Set<Follower>>();

  constructor(deps: RoomAirDependencies) {
    this.#deps = deps;
  }

  start(): void {
    this.#deps.reports.onChanged((roomId) => {
      const callId = this.#callOf(roomId);
      for (const follower of this.#followers.get(roomId) ?? []) {
        if (follower.callId === callId) continue;
        follower.callId = callId;
        follower.move();
      }
    });
  }

  /** Of the meeting that the room is in, also when that changes. @returns ends it */
  follow(
    roomId: string,
    { onAir, onPreview }: { onAir: (air: MeetingAir) => void; onPreview: (preview: Preview) => void },
  ): () => void {
    const { broadcasts, meetings, logger } = this.#deps;
    let unfollow: (() => void) | null = null;
    let moves = 0;
    const onFailed = (error: unknown): void => logger.error({ err: error, roomId }, 'the air of a room not read');
    const move = (): void => {
      moves += 1;
      const moved = moves;
      unfollow?.();
      unfollow = null;
      void meetings
        .meetingOfRoom(roomId, this.#callOf(roomId))
        .then((meetingId) => {
          // elsewhere meanwhile, or nobody follows
          if (moved !== moves) return;
          if (meetingId === null) onAir(NO_MEETING_AIR);
          else
            unfollow = broadcasts.followAir(meetingId, () => broadcasts.rightsOfRoom(roomId), {
              onAir,
              onPreview,
              onFailed,
              withPeople: false,
            });
        })
        .catch(onFailed);
    };
    const follower: Follower = { callId: this.#callOf(roomId), move };
    const followers = this.#followers.get(roomId) ?? new Set();
    this.#followers.set(roomId, followers.add(follower));
    move();
    return () => {
      moves += 1;
      unfollow?.();
      followers.delete(follower);
      if (followers.size === 0 && this.#followers.get(roomId) === followers) this.#followers.delete(roomId);
    };
  }

  /** @throws UserError broadcasting-not-allowed; InvalidStateError not-possible-now; as `Desk.act` */
  async direct(roomId: string, act: BroadcastAct, by: string): Promise<void> {
    const { broadcasts } = this.#deps;
    if (!(await broadcasts.rightsOfRoom(roomId)).mayBroadcast) throw new UserError('broadcasting-not-allowed');
    await broadcasts.desk.act(await this.#meetingOf(roomId), act, by);
  }

  /** @throws UserError recording-not-allowed; InvalidStateError not-possible-now; as `Desk.record` */
  async setRecording(roomId: string, on: boolean, by: string): Promise<void> {
    const { broadcasts } = this.#deps;
    if (!(await broadcasts.rightsOfRoom(roomId)).mayRecord) throw new UserError('recording-not-allowed');
    const meetingId = await this.#meetingOf(roomId);
    await (on ? broadcasts.desk.record(meetingId, by) : broadcasts.desk.endRecording(meetingId, by));
  }

  /** @throws InvalidStateError not-possible-now: it is in a meeting of others, or has none */
  async #meetingOf(roomId: string): Promise<string> {
    const meetingId = await this.#deps.meetings.meetingOfRoom(roomId, this.#callOf(roomId));
    if (meetingId === null) throw new InvalidStateError('not-possible-now', 'the room is in a meeting of others');
    return meetingId;
  }

  #callOf(roomId: string): string | null {
    const phase = this.#deps.reports.projections.get(roomId, 'state')?.phase;
    return phase?.name === 'in-call' ? phase.callId : null;
  }
}
