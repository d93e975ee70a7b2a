/** Notifications of alerts as a whole: targets, outbox and delivery, tied to the alert book. */
import type { Logger } from 'pino';
import type { WallClock } from '#edge/wall-clock.ts';
import type { MailDelivery } from '../mail/index.ts';
import type { PlaceTree } from '../people/index.ts';
import type { AuthorityStore } from '../store/index.ts';
import type { AlertBook } from './alert-book.ts';
import { AlertDelivery } from './alert-delivery.ts';
import type { AlertList } from './alert-list.ts';
import { AlertTargets } from './alert-targets.ts';
import { AlertOutbox } from './outbox.ts';
import { TargetGate } from './target-gate.ts';
import { WebhookSecrets } from './webhook-secrets.ts';

export type AlertNotificationsDependencies = {
  store: AuthorityStore;
  book: AlertBook;
  list: AlertList;
  places: PlaceTree;
  /** null: no mail server is named */
  mail: Pick<MailDelivery, 'sendAlerts'> | null;
  dataDir: string;
  fleetUrl: string;
  /** names and addresses at which the fleet is reached */
  ownHosts: () => readonly string[];
  clock: WallClock;
  logger: Logger;
};

export class AlertNotifications {
  readonly targets: AlertTargets;
  readonly delivery: AlertDelivery;
  readonly canMail: boolean;
  readonly #secrets: WebhookSecrets;

  constructor({ mail, dataDir, ownHosts, book, ...deps }: AlertNotificationsDependencies) {
    this.#secrets = new WebhookSecrets({ dataDir });
    this.canMail = mail !== null;
    const shared = { ...deps, secrets: this.#secrets, gate: new TargetGate({ ownHosts }) };
    const outbox = new AlertOutbox(shared);
    this.targets = new AlertTargets(shared);
    const sendMail = mail && ((...message: Parameters<typeof mail.sendAlerts>) => mail.sendAlerts(...message));
    this.delivery = new AlertDelivery({ ...shared, outbox, sendMail });
    book.onChangedIn((trx, changes) => outbox.queue(trx, changes));
    book.onChanged(() => this.delivery.look());
  }

  start(): void {
    this.#secrets.start();
    this.delivery.start();
  }

  stop(): Promise<void> {
    return this.delivery.stop();
  }
}
