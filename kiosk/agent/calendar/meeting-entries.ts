/**
 * Writes the meetings that people made for the room into its calendar, where that can be written: so that who books there
 * sees that the room is taken. One after the other; what does not arrive is tried again with each reading.
 */
import type { Logger } from 'pino';
import { type ErrorCode, toMaruError } from '#contract/error-codes.ts';
import type { MeetingOfRoom } from '#contract/room-meetings.ts';
import { EpochMs, Id, z } from '#contract/schema.ts';
import type { CalendarWrites } from './calendar-source.ts';

/** Entries that we wrote, over a restart; of another calendar they do not count. */
export const KeptEntries = z.object({
  calendar: z.string(),
  written: z.array(z.object({ meetingId: Id, sequence: z.number().int(), endsAtMs: EpochMs })),
});
export type KeptEntries = z.infer<typeof KeptEntries>;
export type EntryMemory = { load: () => KeptEntries | null; save: (kept: KeptEntries) => void };

/** What the calendar has of a meeting: nothing, an entry of ours, or one that came another way, e.g. by its mail. */
export type EntryInCalendar = 'none' | 'ours' | 'theirs';
export type MeetingEntriesOptions = {
  writes: CalendarWrites;
  /** names the calendar */
  calendar: string;
  memory: EntryMemory;
  nowMs: () => number;
  /** something was written */
  onWritten: () => void;
  /** null: all is as it should be */
  onFault: (code: ErrorCode | null) => void;
  logger: Logger;
};
type Work = { meetingId: string; put: MeetingOfRoom | null };

const TIMEOUT_MS = 15_000;

export class MeetingEntries {
  readonly #options: MeetingEntriesOptions;
  readonly #written: Map<string, KeptEntries['written'][number]>;
  /** as they are not accepted; another sequence is tried again */
  readonly #refused = new Map<string, number>();
  readonly #stopping = new AbortController();
  #due: Work[] = [];
  #working: Promise<void> | null = null;

  constructor(options: MeetingEntriesOptions) {
    this.#options = options;
    const kept = options.memory.load();
    const written = kept?.calendar === options.calendar ? kept.written : [];
    this.#written = new Map(written.map((entry) => [entry.meetingId, entry]));
  }

  /** After a reading of the calendar. @param meetings all of the room's */
  update(meetings: readonly MeetingOfRoom[], inCalendar: (meeting: MeetingOfRoom) => EntryInCalendar): void {
    const nowMs = this.#options.nowMs();
    const wanted = new Set(meetings.map(({ meetingId }) => meetingId));
    const gone = [...this.#written.values()].filter(({ meetingId }) => !wanted.has(meetingId));
    // what is over stays in the calendar as what it was
    for (const { meetingId, endsAtMs } of gone) if (endsAtMs <= nowMs) this.#forget(meetingId);
    this.#due = [
      ...gone.filter(({ endsAtMs }) => endsAtMs > nowMs).map(({ meetingId }): Work => ({ meetingId, put: null })),
      ...meetings
        .filter((meeting) => this.#isDue(meeting, inCalendar(meeting)))
        .map((put): Work => ({ meetingId: put.meetingId, put })),
    ];
    this.#working ??= this.#work().finally(() => {
      this.#working = null;
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
  }

  #isDue({ meetingId, sequence }: MeetingOfRoom, entry: EntryInCalendar): boolean {
    if (this.#refused.get(meetingId) === sequence || entry === 'theirs') return false;
    return this.#written.get(meetingId)?.sequence !== sequence;
  }

  async #work(): Promise<void> {
    let [fault, wrote]: [ErrorCode | null, boolean] = [null, false];
    for (let work = this.#due.shift(); work && !this.#stopping.signal.aborted; work = this.#due.shift()) {
      // asked for twice, by two readings
      if (work.put && this.#written.get(work.meetingId)?.sequence === work.put.sequence) continue;
      const code = await this.#write(work);
      fault ??= code;
      wrote ||= code === null;
    }
    if (this.#stopping.signal.aborted) return;
    const isRefused = this.#refused.size > 0;
    this.#options.onFault(fault ?? (isRefused ? 'calendar-refused' : null));
    if (wrote) this.#options.onWritten();
  }

  async #write({ meetingId, put }: Work): Promise<ErrorCode | null> {
    const { writes, logger } = this.#options;
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      if (put) {
        await writes.putMeeting(put, signal);
        this.#written.set(meetingId, { meetingId, sequence: put.sequence, endsAtMs: put.endsAtMs });
        this.#save();
      } else {
        await writes.removeMeeting(meetingId, signal);
        this.#forget(meetingId);
      }
      this.#refused.delete(meetingId);
      return null;
    } catch (thrown) {
      const { code, kind, message } = toMaruError(thrown);
      if (!this.#stopping.signal.aborted) logger.warn({ meetingId, code, reason: message }, 'meeting not written');
      if (kind === 'operational') return code;
      if (put) this.#refused.set(meetingId, put.sequence);
      // it would be tried for ever
      else this.#forget(meetingId);
      return code;
    }
  }

  #forget(meetingId: string): void {
    this.#refused.delete(meetingId);
    if (this.#written.delete(meetingId)) this.#save();
  }

  #save(): void {
    this.#options.memory.save({ calendar: this.#options.calendar, written: [...this.#written.values()] });
  }
}
