/**
 * The outbox of alerts: messages that wait, written in the transaction that opens or closes the alerts (`queue`), begun one by
 * one for each target, and settled. `grouping.ts` decides what is in a message, `alert-delivery.ts` sends it.
 */
import { type Selectable, sql } from 'kysely';
import type { DeliveryFailure } from '#contract/http/alerts-api.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import type { PlaceTree } from '../people/index.ts';
import { type AuthorityStore, type AuthorityTables, type AuthorityWrite, newId } from '../store/index.ts';
import type { AlertChange } from './alert-book.ts';
import { GROUP_WINDOW_MS, planMessages } from './grouping.ts';

export type StoredTarget = Selectable<AuthorityTables['alertTarget']>;
/** @property alertIds as they stand in it from now on */
export type BegunMessage = Selectable<AuthorityTables['notification']> & { alertIds: string[] };
export type FailedDelivery = { reason: DeliveryFailure; detail: string };

/** a message that is older, and was tried, is given up */
const GIVE_UP_AFTER_MS = 24 * 3_600_000;
/** between the tries of a target that fails; the last one again and again */
const RETRY_AFTER_MS = [5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000] as const;
/** of messages that are settled, unless one of their alerts is still open */
const KEPT_MS = 30 * 86_400_000;
const ROWS_AT_ONCE = 500;

export type OutboxDependencies = {
  store: AuthorityStore;
  places: Pick<PlaceTree, 'pathOf' | 'pathOfRoom'>;
  clock: Pick<WallClock, 'nowMs'>;
};

export class AlertOutbox {
  readonly #deps: OutboxDependencies;

  constructor(deps: OutboxDependencies) {
    this.#deps = deps;
  }

  /** In the transaction of the changes. */
  async queue(trx: AuthorityWrite, changes: readonly AlertChange[]): Promise<void> {
    const { places, clock } = this.#deps;
    const nowMs = clock.nowMs();
    const targets = await trx.selectFrom('alertTarget').select(['targetId', 'placeId', 'atLeast']).execute();
    if (targets.length === 0) return;
    const alertIds = JSON.stringify([...new Set(changes.map(({ alert }) => alert.alertId))]);
    const members = await trx
      .selectFrom('notificationAlert')
      .innerJoin('notification', 'notification.notificationId', 'notificationAlert.notificationId')
      .select(['targetId', 'alertId', 'notification.notificationId', 'begunAtMs'])
      .where('type', '=', 'alerts.opened')
      .where('failure', 'is', null)
      .where(sql<boolean>`alert_id in (select value from json_each(${alertIds}))`)
      .execute();
    const messages = await trx
      .selectFrom('notification')
      .select(['notificationId', 'targetId', 'type', 'groupKey', 'dueAtMs', 'begunAtMs'])
      .where('failure', 'is', null)
      .where((e) => e.or([e('begunAtMs', 'is', null), e('begunAtMs', '>', nowMs - GROUP_WINDOW_MS)]))
      .execute();
    const plan = planMessages({
      changes,
      targets,
      members: members.map(({ begunAtMs, ...member }) => ({ ...member, isBegun: begunAtMs !== null })),
      messages,
      pathOf: (placeId) => places.pathOf(placeId),
      placesOf: (roomId) => places.pathOfRoom(roomId),
      nowMs,
      newId,
    });
    for (const { isNew, alertIds: ids, ...message } of plan.messages) {
      const { notificationId, dueAtMs } = message;
      if (isNew) {
        const begun = { createdAtMs: nowMs, begunAtMs: null, tries: 0, sentAtMs: null, failure: null };
        await trx
          .insertInto('notification')
          .values({ ...message, ...begun })
          .execute();
      } else
        await trx.updateTable('notification').set({ dueAtMs }).where('notificationId', '=', notificationId).execute();
      for (const part of partsOf(ids))
        await trx
          .insertInto('notificationAlert')
          .values(part.map((alertId) => ({ notificationId, alertId })))
          .execute();
    }
    await remove(trx, plan.removed);
  }

  /** Targets for which something is due, by now. */
  async dueTargets(): Promise<string[]> {
    const nowMs = this.#deps.clock.nowMs();
    const rows = await this.#deps.store.read
      .selectFrom('notification')
      .innerJoin('alertTarget', 'alertTarget.targetId', 'notification.targetId')
      .select('notification.targetId')
      .distinct()
      .where('sentAtMs', 'is', null)
      .where('notification.failure', 'is', null)
      .where('dueAtMs', '<=', nowMs)
      .where('nextTryAtMs', '<=', nowMs)
      .execute();
    return rows.map(({ targetId }) => targetId);
  }

  /**
   * The next message of a target, its try counted: from then on nothing is added to it, so that it is the same over all tries.
   * The least tried first, so that one that its receiver does not accept holds up no other; a closing never before its opening.
   * @returns null: nothing is due
   */
  async begin(targetId: string): Promise<{ message: BegunMessage; target: StoredTarget } | null> {
    const nowMs = this.#deps.clock.nowMs();
    return this.#deps.store.write(async (trx) => {
      await giveUpOld(trx, targetId, nowMs);
      const target = await trx
        .selectFrom('alertTarget')
        .selectAll()
        .where('targetId', '=', targetId)
        .where('nextTryAtMs', '<=', nowMs)
        .executeTakeFirst();
      const next = target && (await nextOf(trx, targetId, nowMs));
      if (!target || !next) return null;
      const begun = { tries: next.tries + 1, begunAtMs: next.begunAtMs ?? nowMs };
      await trx.updateTable('notification').set(begun).where('notificationId', '=', next.notificationId).execute();
      const members = await trx
        .selectFrom('notificationAlert')
        .select('alertId')
        .where('notificationId', '=', next.notificationId)
        .orderBy('alertId')
        .execute();
      return { target, message: { ...next, ...begun, alertIds: members.map(({ alertId }) => alertId) } };
    });
  }

  /** @param notificationId null: a test */
  async delivered(targetId: string, notificationId: string | null): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    await this.#deps.store.write(async (trx) => {
      if (notificationId !== null)
        await trx
          .updateTable('notification')
          .set({ sentAtMs: nowMs })
          .where('notificationId', '=', notificationId)
          .execute();
      await trx
        .updateTable('alertTarget')
        .set({ deliveredAtMs: nowMs, failuresInRow: 0, nextTryAtMs: 0 })
        .where('targetId', '=', targetId)
        .execute();
    });
  }

  async failed(targetId: string, { reason, detail }: FailedDelivery): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    await this.#deps.store.write(async (trx) => {
      const target = await trx
        .selectFrom('alertTarget')
        .select('failuresInRow')
        .where('targetId', '=', targetId)
        .executeTakeFirst();
      if (!target) return;
      const failuresInRow = target.failuresInRow + 1;
      await trx
        .updateTable('alertTarget')
        .set({
          failedAtMs: nowMs,
          failure: reason,
          failureDetail: detail.slice(0, 200),
          failuresInRow,
          nextTryAtMs: nowMs + retryAfterMs(failuresInRow),
        })
        .where('targetId', '=', targetId)
        .execute();
    });
  }

  /** Settled messages of long ago. One with an alert that is open is kept: its closing is sent to whom it was sent. */
  async forgetOld(): Promise<void> {
    const before = this.#deps.clock.nowMs() - KEPT_MS;
    await this.#deps.store.write((trx) =>
      trx
        .deleteFrom('notification')
        .where('createdAtMs', '<', before)
        .where((e) => e.or([e('sentAtMs', 'is not', null), e('failure', 'is not', null)]))
        .where((e) =>
          e.not(
            e.exists(
              e
                .selectFrom('notificationAlert')
                .innerJoin('alert', 'alert.alertId', 'notificationAlert.alertId')
                .select('alert.alertId')
                .whereRef('notificationAlert.notificationId', '=', 'notification.notificationId')
                .where('closedAtMs', 'is', null),
            ),
          ),
        )
        .execute(),
    );
  }
}

/** Spread, so that targets that failed together do not all come back at once. */
function retryAfterMs(failuresInRow: number): number {
  const base = RETRY_AFTER_MS[Math.min(failuresInRow, RETRY_AFTER_MS.length) - 1]!;
  return Math.round(base * (0.8 + Math.random() * 0.4));
}

async function giveUpOld(trx: AuthorityWrite, targetId: string, nowMs: number): Promise<void> {
  const target = await trx
    .selectFrom('alertTarget')
    .select('failure')
    .where('targetId', '=', targetId)
    .executeTakeFirst();
  await trx
    .updateTable('notification')
    .set({ failure: target?.failure ?? 'internal' })
    .where('targetId', '=', targetId)
    .where('sentAtMs', 'is', null)
    .where('failure', 'is', null)
    .where('tries', '>', 0)
    .where('createdAtMs', '<', nowMs - GIVE_UP_AFTER_MS)
    .execute();
}

const nextOf = (trx: AuthorityWrite, targetId: string, nowMs: number) =>
  trx
    .selectFrom('notification as next')
    .selectAll()
    .where('targetId', '=', targetId)
    .where('sentAtMs', 'is', null)
    .where('failure', 'is', null)
    .where('dueAtMs', '<=', nowMs)
    .where((e) =>
      e.or([
        e('type', '=', 'alerts.opened'),
        e.not(
          e.exists(
            e
              .selectFrom('notificationAlert as closing')
              .innerJoin('notificationAlert as opening', 'opening.alertId', 'closing.alertId')
              .innerJoin('notification as before', 'before.notificationId', 'opening.notificationId')
              .select('before.notificationId')
              .whereRef('closing.notificationId', '=', 'next.notificationId')
              .whereRef('before.targetId', '=', 'next.targetId')
              .where('before.type', '=', 'alerts.opened')
              .where('before.sentAtMs', 'is', null)
              .where('before.failure', 'is', null),
          ),
        ),
      ]),
    )
    .orderBy('tries')
    .orderBy('createdAtMs')
    .orderBy('notificationId')
    .limit(1)
    .executeTakeFirst();

async function remove(
  trx: AuthorityWrite,
  removed: readonly { notificationId: string; alertId: string }[],
): Promise<void> {
  if (removed.length === 0) return;
  for (const [notificationId, members] of Map.groupBy(removed, (each) => each.notificationId)) {
    for (const part of partsOf(members.map(({ alertId }) => alertId)))
      await trx
        .deleteFrom('notificationAlert')
        .where('notificationId', '=', notificationId)
        .where('alertId', 'in', part)
        .execute();
    const left = await trx
      .selectFrom('notificationAlert')
      .select('alertId')
      .where('notificationId', '=', notificationId)
      .executeTakeFirst();
    if (!left) await trx.deleteFrom('notification').where('notificationId', '=', notificationId).execute();
  }
}

const partsOf = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / ROWS_AT_ONCE) }, (_, n) =>
    all.slice(n * ROWS_AT_ONCE, (n + 1) * ROWS_AT_ONCE),
  );
