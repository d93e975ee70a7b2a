/** Alerts for those who look after rooms: the list, its changes, and who looks after one. */
import { alertsApi } from '#contract/http/alerts-api.ts';
import { ProtocolError, toMaruError } from '#contract/error-codes.ts';
import type { Reach } from '#contract/http/permissions.ts';
import type { Logger } from 'pino';
import { actorOf, type ServedRoute, serve } from '../http/route.ts';
import type { AlertBook, StoredAlert } from './alert-book.ts';
import { AlertChanges } from './alert-changes.ts';
import type { AlertList } from './alert-list.ts';

type Served = { book: AlertBook; list: AlertList; logger: Logger };

export function alertRoutes({ book, list, logger }: Served): ServedRoute[] {
  const changes = new AlertChanges(list);
  let shown: Promise<void> = Promise.resolve();
  book.onChanged((changed) => {
    if (!changes.isWatched) return;
    const alerts = [...new Map(changed.map(({ alert }) => [alert.alertId, alert])).values()];
    // in their order, whatever the disk does in between
    shown = shown
      .then(async () => changes.changed(alerts, await list.shown(alerts)))
      .catch((error: unknown) =>
        logger.error({ code: toMaruError(error).code, err: error }, 'changed alerts not shown'),
      );
  });
  /** @throws ProtocolError not-found, also for one that the caller does not see */
  const within = (reach: Reach, alertId: string): void => {
    const alert = book.all.find((each) => each.alertId === alertId);
    if (!alert || !list.reaches(reach, alert)) throw new ProtocolError('not-found', 'no such open alert');
  };
  const one = async (alert: StoredAlert) => (await list.shown([alert]))[0]!;
  return serve(alertsApi, {
    listAlerts: ({ query, reach }) => list.page(query, reach),
    alertChanges:
      async ({ reach }) =>
      (wake) =>
        changes.open(reach, wake),
    acknowledgeAlert: async (context) => {
      within(context.reach, context.params.alertId);
      return one(await book.acknowledge(context.params.alertId, actorOf(context), context.body.note));
    },
    takeAcknowledgementBack: async (context) => {
      within(context.reach, context.params.alertId);
      return one(await book.takeAcknowledgementBack(context.params.alertId, actorOf(context)));
    },
  });
}
