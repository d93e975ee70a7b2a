/**
 * The actions that this kiosk has begun, with what it last reported of each: kept over restarts, so that an order which comes
 * twice begins once, a report that was lost is sent again, and a restart is reported done by the agent that began by it.
 */
import { ErrorCode } from '#contract/error-codes.ts';
import { ActionResult, isOver, RoomActionName, RoomActionState } from '#contract/room-action.ts';
import { EpochMs, Id, z } from '#contract/schema.ts';
import type { KeptValue } from '../store/kept-value.ts';

const MOST_KEPT = 30;

export const KeptAction = z.object({
  actionId: Id,
  name: RoomActionName,
  state: RoomActionState,
  code: ErrorCode.nullable(),
  result: ActionResult.nullable(),
  /** kiosk's clock */
  endsAtMs: EpochMs,
  /** of the agent that began it */
  epoch: z.number().int(),
  /** of the start of the box in which it began; null: not known */
  bootId: z.string().nullable(),
});
export type KeptAction = z.infer<typeof KeptAction>;
export const KeptActions = z.array(KeptAction).max(MOST_KEPT);

export class ActionRecord {
  readonly #memory: KeptValue<typeof KeptActions>;
  #actions: KeptAction[];

  constructor(memory: KeptValue<typeof KeptActions>) {
    this.#memory = memory;
    this.#actions = memory.load() ?? [];
  }

  get all(): readonly KeptAction[] {
    return this.#actions;
  }
  of(actionId: string): KeptAction | null {
    return this.#actions.find((each) => each.actionId === actionId) ?? null;
  }

  keep(action: KeptAction): void {
    const others = this.#actions.filter(({ actionId }) => actionId !== action.actionId);
    this.#actions = [...others, action].slice(-MOST_KEPT);
    this.#memory.save(this.#actions);
  }

  /**
   * What a start of the agent means to the actions of the one before: the restart that was asked for is done, what else ran is
   * lost with it. A restart of the box whose box has not started again yet goes on.
   */
  resume({ epoch, bootId, nowMs }: { epoch: number; bootId: string | null; nowMs: number }): void {
    for (const action of this.#actions) {
      if (isOver(action.state)) continue;
      const hasRestarted =
        (action.name === 'restart-agent' && action.epoch !== epoch) ||
        (action.name === 'restart-kiosk' && action.bootId !== null && bootId !== null && action.bootId !== bootId);
      if (hasRestarted) this.keep({ ...action, state: 'done' });
      else if (action.name !== 'restart-kiosk' || nowMs >= action.endsAtMs)
        this.keep({ ...action, state: 'failed', code: 'shutting-down' });
    }
  }
}
