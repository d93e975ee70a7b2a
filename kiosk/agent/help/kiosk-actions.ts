/**
 * Carries out what IT asks of this room from afar: each order once, within its time, reported as it goes on, stopped on request.
 * What each action does is in `performers.ts`.
 */
import type { Logger } from 'pino';
import { type ErrorCode, MaruError, toMaruError } from '#contract/error-codes.ts';
import {
  ACTION_RUNS_AT_MOST_MS,
  type ActionOrder,
  type ActionReport,
  type ActionResult,
  isOver,
  type RoomAction,
  type RoomActionName,
} from '#contract/room-action.ts';
import type { ActionRecord, KeptAction } from './action-record.ts';

export type ActionContext = {
  actionId: string;
  askedBy: string;
  /** aborted by a stop, by the end of the time, and with the part */
  signal: AbortSignal;
};
export type Performer<A extends RoomAction = RoomAction> = {
  /** Why it is not even begun; null: it is. */
  refusal?: (action: A) => ErrorCode | null;
  /** An action that lasts ends with its signal, and is done then. @throws MaruError */
  perform: (action: A, context: ActionContext) => Promise<ActionResult | null>;
  /** until it is stopped, or its time is over */
  lasts?: true;
};
export type Performers = { [N in RoomActionName]: Performer<Extract<RoomAction, { name: N }>> };

export type RoomActionsOptions = {
  roomId: string;
  record: ActionRecord;
  performers: Performers;
  epoch: number;
  bootId: string | null;
  /** by the fleet's clock */
  isExpired: (beforeMs: number) => boolean;
  /** kiosk's clock */
  nowMs: () => number;
  /** what is lost is sent again when the line is back */
  report: (report: ActionReport) => Promise<void>;
  logger: Logger;
};

type Running = { kept: KeptAction; abort: AbortController; timer: NodeJS.Timeout; lasts: boolean };

export class KioskActions {
  readonly #options: RoomActionsOptions;
  readonly #running = new Map<string, Running>();

  constructor(options: RoomActionsOptions) {
    this.#options = options;
  }

  start(): void {
    const { record, epoch, bootId, nowMs } = this.#options;
    record.resume({ epoch, bootId, nowMs: nowMs() });
    for (const kept of record.all) if (!isOver(kept.state)) this.#endInTime(kept);
  }

  /** What runs ends with the part: its next start reports it. */
  stop(): void {
    for (const { abort, timer } of this.#running.values()) {
      clearTimeout(timer);
      abort.abort();
    }
    this.#running.clear();
  }

  /** The line is back: the fleet may have missed any report. */
  reportAgain(): void {
    for (const kept of this.#options.record.all) this.#report(kept);
  }

  receive(order: ActionOrder): void {
    const { roomId, record, performers, isExpired, nowMs, epoch, bootId, logger } = this.#options;
    if (order.order === 'stop') {
      this.#stop(order.actionId);
      return;
    }
    const { actionId, action, askedBy, beginsBeforeMs } = order;
    const former = record.of(actionId);
    if (former) {
      this.#report(former);
      return;
    }
    const { name } = action;
    const performer = performers[name] as Performer;
    const endsAtMs = nowMs() + ACTION_RUNS_AT_MOST_MS[name];
    const kept: KeptAction = { actionId, name, state: 'running', code: null, result: null, endsAtMs, epoch, bootId };
    const refusal =
      order.roomId !== roomId
        ? 'wrong-room'
        : isExpired(beginsBeforeMs)
          ? 'action-expired'
          : (performer.refusal?.(action) ?? null);
    logger.info({ actionId, action: name, askedBy, refusal }, 'IT asks an action');
    if (refusal !== null) {
      this.#keep({ ...kept, state: 'refused', code: refusal });
      return;
    }
    void this.#run(performer, action, { kept, askedBy });
  }

  async #run(
    performer: Performer,
    action: RoomAction,
    { kept, askedBy }: { kept: KeptAction; askedBy: string },
  ): Promise<void> {
    const { actionId } = kept;
    const abort = new AbortController();
    const timer = setTimeout(() => this.#timeOver(actionId), kept.endsAtMs - this.#options.nowMs());
    this.#running.set(actionId, { kept, abort, timer, lasts: performer.lasts ?? false });
    this.#keep(kept);
    try {
      const result = await performer.perform(action, { actionId, askedBy, signal: abort.signal });
      this.#over(actionId, { state: 'done', code: null, result });
    } catch (error) {
      if (!(error instanceof MaruError)) this.#options.logger.warn({ err: error, actionId }, 'an action failed');
      this.#over(actionId, { state: 'failed', code: toMaruError(error).code, result: null });
    }
  }

  #stop(actionId: string): void {
    const running = this.#running.get(actionId);
    if (!running) return;
    // its own end comes too late to be reported
    this.#over(actionId, { state: 'stopped', code: null, result: null });
    running.abort.abort();
  }

  #timeOver(actionId: string): void {
    const running = this.#running.get(actionId);
    if (!running) return;
    // what lasts is done by then, and brings its result
    if (!running.lasts) this.#over(actionId, { state: 'failed', code: 'action-expired', result: null });
    running.abort.abort();
  }

  /** A restart of the box under which this agent began again. */
  #endInTime(kept: KeptAction): void {
    const abort = new AbortController();
    const timer = setTimeout(() => this.#timeOver(kept.actionId), Math.max(0, kept.endsAtMs - this.#options.nowMs()));
    this.#running.set(kept.actionId, { kept, abort, timer, lasts: false });
  }

  #over(actionId: string, end: Pick<KeptAction, 'state' | 'code' | 'result'>): void {
    const running = this.#running.get(actionId);
    if (!running) return;
    clearTimeout(running.timer);
    this.#running.delete(actionId);
    this.#keep({ ...running.kept, ...end });
  }

  #keep(kept: KeptAction): void {
    this.#options.record.keep(kept);
    this.#report(kept);
  }

  #report({ actionId, state, code, result }: KeptAction): void {
    if (state === 'pending' || state === 'expired') return;
    void this.#options
      .report({ actionId, state, code, result, atMs: this.#options.nowMs() })
      .catch((error: unknown) => this.#options.logger.warn({ err: error, actionId }, 'report of an action not sent'));
  }
}
