/** The aggregate: what a meeting leaves behind is written here as it happens. */
import type { WallClock } from '#edge/wall-clock.ts';
import type { Logger } from 'pino';
import type { Meetings } from '../meetings/index.ts';
import { MINUTES_AFTER_MS, type MinutesDependencies, MinutesOfMeetings } from './meeting-minutes.ts';
import { recordPage } from './pages-shown.ts';
import { RecordRetention, type RecordRetentionDependencies } from './record-retention.ts';
import { recordSigns, recordStay } from './stays.ts';
import { Summaries } from './summary/summaries.ts';
import type { SummarySettings } from './summary/summary-settings.ts';

export type MeetingRecordDependencies = Omit<MinutesDependencies, 'hasSummaries'> &
  Pick<RecordRetentionDependencies, 'notes'> & {
    /** null: IT has named no engine */
    summarySettings: SummarySettings | null;
    meetings: Pick<Meetings, 'onCallEvent' | 'changed' | 'nodes'>;
    clock: Pick<WallClock, 'nowMs' | 'settledNowMs' | 'onJump'>;
    logger: Logger;
  };

/** so much of a stay is not counted where its node died */
const LOOK_EVERY_MS = 30_000;

export class MeetingRecord {
  readonly minutes: MinutesOfMeetings;
  readonly retention: RecordRetention;
  readonly #deps: MeetingRecordDependencies;
  readonly #summaries: Summaries | null;
  #timer: NodeJS.Timeout | null = null;
  #look: Promise<void> | null = null;

  constructor(deps: MeetingRecordDependencies) {
    this.#deps = deps;
    this.retention = new RecordRetention({ ...deps, onChanged: (meetingId) => deps.meetings.changed(meetingId) });
    const { store, fleetUrl, summarySettings: settings, meetings, logger } = deps;
    this.minutes = new MinutesOfMeetings({ ...deps, hasSummaries: settings !== null });
    const onWritten = (meetingId: string): void => meetings.changed(meetingId);
    this.#summaries = settings && new Summaries({ store, settings, fleetUrl, onWritten, logger });
  }

  /** Before the broker listens: no event is missed. */
  start(): void {
    const { meetings, logger, minutesAfterMs = MINUTES_AFTER_MS } = this.#deps;
    meetings.onCallEvent(recordStay);
    meetings.onCallEvent(recordPage);
    this.#timer = setInterval(
      () => void this.look().catch((error: unknown) => logger.error({ err: error }, 'record of calls not kept')),
      Math.min(LOOK_EVERY_MS, minutesAfterMs),
    );
    this.#timer.unref();
    this.retention.start();
  }
  stop(): void {
    this.retention.stop();
    if (this.#timer) clearInterval(this.#timer);
    this.#summaries?.stop();
  }

  /** What the clock alone brings about. One look at a time: a second one is the one under way. */
  look(): Promise<void> {
    this.#look ??= this.#lookOnce().finally(() => {
      this.#look = null;
    });
    return this.#look;
  }

  async #lookOnce(): Promise<void> {
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
    for (const meetingId of await this.minutes.writeDue(clock.nowMs())) meetings.changed(meetingId);
    // not waited for: an engine may need a minute
    this.#summaries
      ?.writeDue()
      .catch((error: unknown) => this.#deps.logger.error({ err: error }, 'summaries not written'));
  }
}
