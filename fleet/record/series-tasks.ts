/**
 * The open tasks in the notes of meetings, in memory for as long as the notes are as they were: each page of a series asks every ten
 * seconds, and notes are slow to read.
 */
import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import { MAX_SERIES_TASKS } from '#contract/http/series-api.ts';
import { type OpenTask, writtenOpenTasks } from '../notes/index.ts';
import type { AuthorityStore } from '../store/index.ts';

type Reader = AuthorityStore['read'];
type Kept = { stamp: string; tasks: Promise<readonly OpenTask[]>; taskCount: number };

const MOST_MEETINGS = 5_000;
/** of all meetings together */
const MOST_TASKS = 20_000;
/** notes that could not be read */
const READ_AGAIN_MS = 60_000;

export type SeriesTasksOptions = {
  logger: Pick<Logger, 'error'>;
  read?: typeof writtenOpenTasks;
};

export class SeriesTasks {
  readonly #options: Required<SeriesTasksOptions>;
  /** by meeting, the one that was asked for last at the end */
  readonly #kept = new Map<string, Kept>();
  #taskCount = 0;

  constructor(options: SeriesTasksOptions) {
    this.#options = { read: writtenOpenTasks, ...options };
  }

  /**
   * One more than a page shows at most, so that it is known that there are more. None of notes that cannot be read, with a line in
   * the log.
   * @param stamp of the meeting's notes, as they are now
   */
  of(db: Reader, meetingId: string, stamp: string): Promise<readonly OpenTask[]> {
    const known = this.#kept.get(meetingId);
    this.#forget(meetingId);
    const kept = known?.stamp === stamp ? known : { stamp, tasks: this.#read(db, meetingId, stamp), taskCount: 0 };
    this.#kept.set(meetingId, kept);
    this.#taskCount += kept.taskCount;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_MEETINGS && this.#taskCount <= MOST_TASKS) break;
      this.#forget(oldest);
    }
    return kept.tasks;
  }

  async #read(db: Reader, meetingId: string, stamp: string): Promise<readonly OpenTask[]> {
    // of many notes that are read one after the other each takes its time in our only thread
    await setImmediate();
    try {
      const tasks = (await this.#options.read(db, meetingId)).slice(0, MAX_SERIES_TASKS + 1);
      this.#count(meetingId, stamp, tasks.length);
      return tasks;
    } catch (error) {
      this.#options.logger.error({ err: error, meetingId }, 'tasks of damaged notes are left out');
      setTimeout(() => {
        if (this.#kept.get(meetingId)?.stamp === stamp) this.#forget(meetingId);
      }, READ_AGAIN_MS).unref();
      return [];
    }
  }

  #count(meetingId: string, stamp: string, taskCount: number): void {
    const kept = this.#kept.get(meetingId);
    if (kept?.stamp !== stamp) return;
    this.#taskCount += taskCount - kept.taskCount;
    kept.taskCount = taskCount;
  }

  #forget(meetingId: string): void {
    this.#taskCount -= this.#kept.get(meetingId)?.taskCount ?? 0;
    this.#kept.delete(meetingId);
  }
}
