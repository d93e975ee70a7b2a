/** Pictures for idle TVs: listed, added, seen, removed. */
import { signageApi } from '#contract/http/signage-api.ts';
import { actorOf, type ServedRoute, serve } from '../http/route.ts';
import type { Signage } from './signage.ts';

export function signageRoutes({ signage }: { signage: Signage }): ServedRoute[] {
  return serve(signageApi, {
    listSignage: async () => ({ pictures: await signage.list() }),
    addSignage: async (context) =>
      signage.add({ stream: context.body.stream, fileName: context.query.fileName, actor: actorOf(context) }),
    signagePicture: async ({ params }) => ({ contentType: 'image/webp', ...(await signage.open(params.signageKey)) }),
    removeSignage: async ({ params }) => {
      await signage.remove(params.signageKey);
      return {};
    },
  });
}
