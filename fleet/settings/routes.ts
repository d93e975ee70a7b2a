/** A room's settings: read, followed, changed section by section. */
import { settingsApi } from '#contract/http/settings-api.ts';
import { actorOf, type ServedRoute, serve } from '../http/route.ts';
import type { RoomsSettings } from './rooms-settings.ts';

export function settingsRoutes({ settings }: { settings: RoomsSettings }): ServedRoute[] {
  return serve(settingsApi, {
    roomSettings: async ({ params }) => settings.view(params.roomId),
    roomSettingsChanges: async ({ params: { roomId } }) => {
      await settings.view(roomId);
      return (wake) => {
        let isPending = true;
        const close = settings.watch(roomId, () => {
          isPending = true;
          wake();
        });
        const take = () => {
          if (!isPending) return [];
          isPending = false;
          return [{ name: 'settings' as const, data: settings.viewNow(roomId) }];
        };
        return { take, close };
      };
    },
    changeRoomSettings: async (context) =>
      settings.change({ ...context.params, ...context.body, actor: actorOf(context) }),
  });
}
