/** The aggregate: what a meeting leaves behind is written here as it happens. */
import type { WallClock } from '#edge/wall-clock.ts';
import type { Logger } from 'pino';
import type { Meetings } from '../meetings/index.ts';
import type { AuthorityStore } from '../store/index.ts';
import { recordSigns, recordStay } from './stays.ts';

export type MeetingRecordDependencies = {
  store: AuthorityStore;
  meetings: Pick<Meetings, 'onCallEvent' | 'nodes'>;
  clock: Pick<WallClock, 'nowMs'>;
  logger: Logger;
};

/** so much of a stay is not counted where its node died */
const SIGNS_EVERY_MS = 60_000;

export class MeetingRecord {
  readonly #deps: MeetingRecordDependencies;
  #timer: NodeJS.Timeout | null = null;

  constructor(deps: MeetingRecordDependencies) {
    this.#deps = deps;
  }

  /** Before the broker listens: no event is missed. */
  start(): void {
    const { meetings, logger } = this.#deps;
    meetings.onCallEvent(recordStay);
    this.#timer = setInterval(
      () => void this.look().catch((error: unknown) => logger.error({ err: error }, 'record of calls not kept')),
      SIGNS_EVERY_MS,
    );
    this.#timer.unref();
  }
  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  /** What the clock alone brings about. */
  async look(): Promise<void> {
    const { store, meetings, clock } = this.#deps;
    const there = meetings.nodes.all.filter(
      ({ nodeId, heardAtMs }) => heardAtMs > 0 && meetings.nodes.silentMs(nodeId) === 0,
    );
    await store.write((trx) =>
      recordSigns(
        trx,
        there.map(({ nodeId }) => nodeId),
        clock.nowMs(),
      ),
    );
  }
}
