/** Who is notified of alerts, for administrators. */
import { alertTargetsApi } from '#contract/http/alerts-api.ts';
import { actorOf, type ServedRoute, serve } from '../http/route.ts';
import type { AlertNotifications } from './alert-notifications.ts';

export function alertTargetRoutes({ targets, delivery, canMail }: AlertNotifications): ServedRoute[] {
  return serve(alertTargetsApi, {
    listAlertTargets: async () => ({ targets: await targets.list(), canMail }),
    addAlertTarget: async (context) => {
      const { targetId, secret } = await targets.add(context.body, actorOf(context));
      return { target: await targets.one(targetId), secret };
    },
    changeAlertTarget: async (context) => {
      const { targetId } = context.params;
      await targets.change(targetId, context.body, actorOf(context));
      delivery.look();
      return { target: await targets.one(targetId) };
    },
    removeAlertTarget: async (context) => {
      await targets.remove(context.params.targetId, actorOf(context));
      return {};
    },
    renewAlertSecret: async (context) => ({
      secret: await targets.renewSecret(context.params.targetId, actorOf(context)),
    }),
    testAlertTarget: async ({ params: { targetId } }) => {
      await delivery.test(await targets.stored(targetId));
      return { target: await targets.one(targetId) };
    },
  });
}
