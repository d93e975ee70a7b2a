/** Who is notified of alerts: added, changed, removed and tested by administrators, each with how its delivery goes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { MaruError, ProtocolError } from '#contract/error-codes.ts';
import type { AlertTarget, NewAlertTarget } from '#contract/http/alerts-api.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import { appendAudit } from '../audit/index.ts';
import { type AuthorityStore, type AuthorityWrite, newId } from '../store/index.ts';
import type { StoredTarget } from './outbox.ts';
import type { TargetGate } from './target-gate.ts';
import type { WebhookSecrets } from './webhook-secrets.ts';

const MOST_TARGETS = 100;
/** both secrets sign meanwhile */
const FORMER_SIGNS_MS = 24 * 3_600_000;
/** a name that is not known in time is judged when it is sent to */
const RESOLVE_WITHIN_MS = 3_000;

export type AlertTargetsDependencies = {
  store: AuthorityStore;
  secrets: Pick<WebhookSecrets, 'make' | 'seal'>;
  gate: Pick<TargetGate, 'addressesOf'>;
  clock: Pick<WallClock, 'nowMs'>;
};

export class AlertTargets {
  readonly #deps: AlertTargetsDependencies;

  constructor(deps: AlertTargetsDependencies) {
    this.#deps = deps;
  }

  async list(): Promise<AlertTarget[]> {
    const { read } = this.#deps.store;
    const stored = await read.selectFrom('alertTarget').selectAll().orderBy('targetName').orderBy('targetId').execute();
    const waiting = await read
      .selectFrom('notification')
      .select(['targetId', ({ fn }) => fn.countAll<number>().as('count')])
      .where('sentAtMs', 'is', null)
      .where('failure', 'is', null)
      .groupBy('targetId')
      .execute();
    const counts = new Map(waiting.map(({ targetId, count }) => [targetId, Number(count)]));
    return stored.map((target) => shown(target, counts.get(target.targetId) ?? 0));
  }

  /** @throws ProtocolError not-found */
  async one(targetId: string): Promise<AlertTarget> {
    const found = (await this.list()).find((target) => target.targetId === targetId);
    if (!found) throw noSuchTarget();
    return found;
  }

  /** @throws ProtocolError not-found */
  async stored(targetId: string): Promise<StoredTarget> {
    const { read } = this.#deps.store;
    const found = await read.selectFrom('alertTarget').selectAll().where('targetId', '=', targetId).executeTakeFirst();
    if (!found) throw noSuchTarget();
    return found;
  }

  /**
   * @returns the secret of a webhook, which is shown once; null: of a mail address
   * @throws UserError target-not-allowed; ProtocolError not-found: no such place, bad-message: there are too many
   */
  async add(target: NewAlertTarget, actor: string): Promise<{ targetId: string; secret: string | null }> {
    const { store, secrets, clock } = this.#deps;
    await this.#check(target);
    const targetId = newId();
    const secret = target.kind === 'webhook' ? secrets.make() : null;
    const sealed = secret === null ? null : await secrets.seal(secret);
    await store.write(async (trx) => {
      const { count } = await trx
        .selectFrom('alertTarget')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      if (Number(count) >= MOST_TARGETS) throw new ProtocolError('bad-message', `at most ${MOST_TARGETS} targets`);
      await checkPlace(trx, target.placeId);
      await trx
        .insertInto('alertTarget')
        .values({
          targetId,
          kind: target.kind,
          ...columnsOf(target),
          secret: sealed,
          formerSecret: null,
          formerUntilMs: null,
          createdBy: actor,
          createdAtMs: clock.nowMs(),
          deliveredAtMs: null,
          failedAtMs: null,
          failure: null,
          failureDetail: '',
          failuresInRow: 0,
          nextTryAtMs: 0,
        })
        .execute();
      await audit(trx, 'alert-target-added', targetId, actor, detailsOf(target));
    });
    return { targetId, secret };
  }

  /** @throws as `add`; ProtocolError not-found, bad-message: it is of the other kind */
  async change(targetId: string, target: NewAlertTarget, actor: string): Promise<void> {
    await this.#check(target);
    await this.#deps.store.write(async (trx) => {
      const { kind } = await targetIn(trx, targetId);
      if (kind !== target.kind) throw new ProtocolError('bad-message', `this target is a ${kind}`);
      await checkPlace(trx, target.placeId);
      await trx
        .updateTable('alertTarget')
        .set({ ...columnsOf(target), failuresInRow: 0, nextTryAtMs: 0 })
        .where('targetId', '=', targetId)
        .execute();
      await audit(trx, 'alert-target-changed', targetId, actor, detailsOf(target));
    });
  }

  /** What waits for it goes with it. @throws ProtocolError not-found */
  async remove(targetId: string, actor: string): Promise<void> {
    await this.#deps.store.write(async (trx) => {
      const { targetName } = await targetIn(trx, targetId);
      await trx.deleteFrom('alertTarget').where('targetId', '=', targetId).execute();
      await audit(trx, 'alert-target-removed', targetId, actor, { targetName });
    });
  }

  /** @returns the new secret, shown once. @throws ProtocolError not-found, bad-message: a mail address has none */
  async renewSecret(targetId: string, actor: string): Promise<string> {
    const { store, secrets, clock } = this.#deps;
    const made = secrets.make();
    const sealed = await secrets.seal(made);
    await store.write(async (trx) => {
      const { kind, secret, targetName } = await targetIn(trx, targetId);
      if (kind !== 'webhook') throw new ProtocolError('bad-message', 'a mail address has no secret');
      await trx
        .updateTable('alertTarget')
        .set({ secret: sealed, formerSecret: secret, formerUntilMs: clock.nowMs() + FORMER_SIGNS_MS, nextTryAtMs: 0 })
        .where('targetId', '=', targetId)
        .execute();
      await audit(trx, 'alert-target-renewed', targetId, actor, { targetName });
    });
    return made;
  }

  /** A name that nobody knows yet may be known when it is sent to. */
  async #check(target: NewAlertTarget): Promise<void> {
    if (target.kind !== 'webhook') return;
    const { hostname, username, password } = new URL(target.url);
    // it would stand in the list for all administrators, and no receiver needs it: the message is signed
    if (username !== '' || password !== '') throw new ProtocolError('bad-message', 'a URL without a password');
    const ending = new AbortController();
    const late = sleep(RESOLVE_WITHIN_MS, undefined, { signal: ending.signal }).catch(() => {});
    try {
      await Promise.race([this.#deps.gate.addressesOf(hostname), late]);
    } catch (error) {
      if (error instanceof MaruError) throw error;
    } finally {
      ending.abort();
    }
  }
}

const noSuchTarget = (): ProtocolError => new ProtocolError('not-found', 'no such target');

async function targetIn(trx: AuthorityWrite, targetId: string): Promise<StoredTarget> {
  const found = await trx.selectFrom('alertTarget').selectAll().where('targetId', '=', targetId).executeTakeFirst();
  if (!found) throw noSuchTarget();
  return found;
}

async function checkPlace(trx: AuthorityWrite, placeId: string | null): Promise<void> {
  if (placeId === null) return;
  const found = await trx.selectFrom('place').select('placeId').where('placeId', '=', placeId).executeTakeFirst();
  if (!found) throw new ProtocolError('not-found', 'no such place');
}

const columnsOf = (target: NewAlertTarget) => ({
  targetName: target.targetName,
  destination: target.kind === 'mail' ? target.address : target.url,
  placeId: target.placeId,
  atLeast: target.atLeast,
  language: target.language,
});

/** The path and query of a URL may be a secret of its receiver. */
const detailsOf = (target: NewAlertTarget): Record<string, string | null> => ({
  targetName: target.targetName,
  destination: target.kind === 'mail' ? target.address : new URL(target.url).host,
  placeId: target.placeId,
  atLeast: target.atLeast,
});

type TargetAct = 'alert-target-added' | 'alert-target-changed' | 'alert-target-removed' | 'alert-target-renewed';
const audit = (
  trx: AuthorityWrite,
  kind: TargetAct,
  targetId: string,
  actor: string,
  details: Record<string, string | null>,
): Promise<void> => appendAudit(trx, { kind, actor, subject: `alert-target:${targetId}`, details });

const shown = (target: StoredTarget, waitingCount: number): AlertTarget => ({
  targetId: target.targetId,
  kind: target.kind,
  targetName: target.targetName,
  destination: target.destination,
  placeId: target.placeId,
  atLeast: target.atLeast,
  language: target.language,
  createdBy: target.createdBy,
  createdAtMs: target.createdAtMs,
  delivery: {
    deliveredAtMs: target.deliveredAtMs,
    failed:
      target.failedAtMs === null || target.failure === null
        ? null
        : { atMs: target.failedAtMs, reason: target.failure, detail: target.failureDetail },
    waitingCount,
    nextTryAtMs: target.failuresInRow > 0 ? target.nextTryAtMs : null,
  },
});
