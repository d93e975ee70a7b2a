/**
 * Delivers what the outbox holds: one message after the other for each target, all targets beside each other, so that one that
 * hangs delays nobody else. A process that dies between a delivery and its mark sends the same message again, with the same
 * id; one that was acknowledged is not sent again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type AlertMessageType, type AlertNotification, MOST_ALERTS_IN_MESSAGE } from '#contract/http/alerts-api.ts';
import { toMaruError } from '#contract/error-codes.ts';
import { pagePaths } from '#contract/http/page-paths.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import { type AlertMailMessage, organisationWord } from '../mail/index.ts';
import type { PlaceTree } from '../people/index.ts';
import { type AuthorityStore, newId } from '../store/index.ts';
import type { AlertList } from './alert-list.ts';
import type { AlertOutbox, FailedDelivery, StoredTarget } from './outbox.ts';
import { postWebhook, rejectedBy } from './post-webhook.ts';
import type { TargetGate } from './target-gate.ts';
import type { WebhookSecrets } from './webhook-secrets.ts';

const LOOK_EVERY_MS = 1_000;
const FORGET_EVERY_MS = 24 * 3_600_000;
/** of a delivery that cannot be marked because the disk fails */
const MARK_AGAIN_MS = 1_000;

export type AlertDeliveryDependencies = {
  store: AuthorityStore;
  outbox: AlertOutbox;
  list: Pick<AlertList, 'shown'>;
  places: Pick<PlaceTree, 'nameOf'>;
  secrets: Pick<WebhookSecrets, 'open'>;
  gate: Pick<TargetGate, 'addressesOf'>;
  /** null: no mail server is named. @returns null: the server has it */
  sendMail: ((mailId: string, message: AlertMailMessage) => Promise<string | null>) | null;
  fleetUrl: string;
  clock: Pick<WallClock, 'nowMs'>;
  logger: Logger;
  answerWithinMs?: number;
};

type Outgoing = { messageId: string; type: AlertMessageType; createdAtMs: number; alertIds: readonly string[] };

export class AlertDelivery {
  readonly #deps: AlertDeliveryDependencies;
  readonly #running = new Map<string, Promise<void>>();
  #ending = new AbortController();
  #timers: NodeJS.Timeout[] = [];

  constructor(deps: AlertDeliveryDependencies) {
    this.#deps = deps;
    this.#ending.abort();
  }

  start(): void {
    this.#ending = new AbortController();
    this.#timers = [setInterval(() => this.look(), LOOK_EVERY_MS), setInterval(() => this.#forget(), FORGET_EVERY_MS)];
    this.#forget();
    this.look();
  }

  /** What is under way is tried again at the next start. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#ending.abort();
    await Promise.all(this.#running.values());
  }

  /** Something may be due. Nothing before the start, or after the end. */
  look(): void {
    if (this.#ending.signal.aborted) return;
    this.#deps.outbox.dueTargets().then(
      (targetIds) => {
        for (const targetId of targetIds) this.#run(targetId);
      },
      (error: unknown) => this.#failed(error, 'the outbox of alerts cannot be read'),
    );
  }

  /** Sends a test now, whatever waits; its outcome is the target's state. */
  async test(target: StoredTarget): Promise<void> {
    const messageId = newId();
    const createdAtMs = this.#deps.clock.nowMs();
    const failure = await this.#send(target, { messageId, type: 'test', createdAtMs, alertIds: [] });
    if (failure) await this.#deps.outbox.failed(target.targetId, failure);
    else await this.#deps.outbox.delivered(target.targetId, null);
    this.look();
  }

  #run(targetId: string): void {
    if (this.#running.has(targetId) || this.#ending.signal.aborted) return;
    const run = this.#deliverAll(targetId)
      .catch((error: unknown) => this.#failed(error, 'a message of alerts is not delivered'))
      .finally(() => this.#running.delete(targetId));
    this.#running.set(targetId, run);
  }

  async #deliverAll(targetId: string): Promise<void> {
    const { outbox, logger } = this.#deps;
    while (!this.#ending.signal.aborted) {
      const begun = await outbox.begin(targetId);
      if (!begun) return;
      const { notificationId: messageId, type, createdAtMs, alertIds, tries } = begun.message;
      const failure = await this.#send(begun.target, { messageId, type, createdAtMs, alertIds });
      if (failure) {
        logger.warn({ targetId, messageId, tries, ...failure }, 'message of alerts not delivered');
        await outbox.failed(targetId, failure);
        return;
      }
      await this.#mark(targetId, messageId);
      logger.info({ targetId, messageId, tries }, 'message of alerts delivered');
    }
  }

  /** Until it is kept: it was acknowledged, and is not to be sent again. */
  async #mark(targetId: string, messageId: string): Promise<void> {
    for (;;) {
      try {
        return await this.#deps.outbox.delivered(targetId, messageId);
      } catch (error) {
        this.#failed(error, 'a delivered message of alerts cannot be marked as such');
        await sleep(MARK_AGAIN_MS, undefined, { signal: this.#ending.signal });
      }
    }
  }

  /** @returns null: it was acknowledged, or nothing of it is known any more */
  async #send(target: StoredTarget, outgoing: Outgoing): Promise<FailedDelivery | null> {
    const { store, list } = this.#deps;
    const some = outgoing.alertIds.slice(0, MOST_ALERTS_IN_MESSAGE);
    const stored = await store.read
      .selectFrom('alert')
      .selectAll()
      .where('alertId', 'in', some)
      .orderBy('openedAtMs')
      .execute();
    if (stored.length === 0 && outgoing.type !== 'test') return null;
    const alerts = await list.shown(stored);
    const count = outgoing.alertIds.length;
    if (target.kind === 'webhook') return this.#webhook(target, outgoing, alerts, count);
    const { signal } = this.#ending;
    // a mail server may be slower than our end is
    return Promise.race([this.#mail(target, outgoing, alerts, count), rejectedBy(signal)]);
  }

  async #webhook(
    { destination, secret, formerSecret, formerUntilMs }: StoredTarget,
    { messageId, type, createdAtMs }: Outgoing,
    alerts: AlertNotification['data']['alerts'],
    count: number,
  ): Promise<FailedDelivery | null> {
    const { secrets, gate, fleetUrl, clock, answerWithinMs } = this.#deps;
    const isFormerGood = formerUntilMs !== null && formerUntilMs > clock.nowMs();
    const sealed = [secret, isFormerGood ? formerSecret : null].filter((each) => each !== null);
    const opened = await Promise.all(sealed.map((each) => secrets.open(each)));
    const good = opened.filter((each) => each !== null);
    if (opened[0] == null) return { reason: 'secret-unreadable', detail: '' };
    const body: AlertNotification = {
      type,
      timestamp: new Date(createdAtMs).toISOString(),
      data: { alerts, count, consoleUrl: alertsUrl(fleetUrl) },
    };
    const { signal } = this.#ending;
    return postWebhook({
      url: destination,
      webhookId: messageId,
      body: JSON.stringify(body),
      secrets: good,
      gate,
      signal,
      ...(answerWithinMs !== undefined && { answerWithinMs }),
    });
  }

  async #mail(
    { targetName, destination, language }: StoredTarget,
    { messageId, type }: Outgoing,
    alerts: AlertNotification['data']['alerts'],
    count: number,
  ): Promise<FailedDelivery | null> {
    const { sendMail, fleetUrl, places } = this.#deps;
    if (!sendMail) return { reason: 'no-mail-server', detail: '' };
    const detail = await sendMail(messageId, {
      about: 'alerts',
      to: { name: targetName, address: destination },
      language,
      type,
      count,
      consoleUrl: alertsUrl(fleetUrl),
      alerts: alerts.map(({ signal, roomId, roomName, placeId, sinceMs, closedAtMs }) => ({
        signal,
        where:
          roomId === null && placeId === null
            ? organisationWord(language)
            : (roomName ?? (placeId === null ? null : places.nameOf(placeId))),
        sinceMs,
        closedAtMs,
        url: roomId === null ? null : `${fleetUrl}${pagePaths.console}#/rooms/${roomId}`,
      })),
    });
    return detail === null ? null : { reason: 'mail-refused', detail };
  }

  #forget(): void {
    this.#deps.outbox.forgetOld().catch((error: unknown) => this.#failed(error, 'old messages of alerts are kept'));
  }

  #failed(error: unknown, what: string): void {
    // a store that ended with us
    if (this.#ending.signal.aborted) return;
    this.#deps.logger.error({ code: toMaruError(error).code, err: error }, what);
  }
}

const alertsUrl = (fleetUrl: string): string => `${fleetUrl}${pagePaths.console}#/alerts`;
