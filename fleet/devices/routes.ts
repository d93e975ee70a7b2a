/** Kiosks that wait: seen, claimed, let back, refused. */
import { kiosksApi } from '#contract/http/kiosks-api.ts';
import { reaches } from '#contract/http/permissions.ts';
import { actorOf, type ServedRoute, serve } from '../http/route.ts';
import type { WaitingKiosks } from './waiting-kiosks.ts';

export function waitingKioskRoutes({ waiting, caSha256 }: { waiting: WaitingKiosks; caSha256: string }): ServedRoute[] {
  return serve(kiosksApi, {
    listWaitingKiosks: async ({ reach }) => ({ kiosks: waiting.list((roomId) => reaches(reach, roomId)), caSha256 }),
    waitingKioskChanges: async ({ reach }) => {
      return (wake) => {
        let isPending = true;
        const close = waiting.watch(() => {
          isPending = true;
          wake();
        });
        const take = () => {
          if (!isPending) return [];
          isPending = false;
          const kiosks = waiting.list((roomId) => reaches(reach, roomId));
          return [{ name: 'kiosks' as const, data: { kiosks, caSha256 } }];
        };
        return { take, close };
      };
    },
    lookUpWaitingKiosk: async (context) =>
      waiting.lookUp(context.body.claimCode, { actor: actorOf(context), network: context.network }),
    claimKiosk: async (context) => {
      const { roomId } = context.params;
      await waiting.claim({ roomId, ...context.body }, { actor: actorOf(context), network: context.network });
      return {};
    },
    letKioskReturn: async (context) => {
      const { roomId } = context.params;
      await waiting.letReturn({ roomId, ...context.body }, actorOf(context));
      return {};
    },
    refuseWaitingKiosk: async (context) => {
      await waiting.refuse(context.params, actorOf(context));
      return {};
    },
  });
}
