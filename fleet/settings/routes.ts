/** Settings of the organisation, a place and a room: read, followed, tried, changed, taken back. */
import { settingsApi } from '#contract/http/settings-api.ts';
import type { SettingsScope } from '#contract/settings/settings-scope.ts';
import { actorOf, type ServedRoute, serve } from '../http/route.ts';
import type { RoomsSettings } from './rooms-settings.ts';

export function settingsRoutes({ settings }: { settings: RoomsSettings }): ServedRoute[] {
  const organisation = (): SettingsScope => ({ kind: 'organisation' });
  const place = ({ placeId }: { placeId: string }): SettingsScope => ({ kind: 'place', placeId });
  const room = ({ roomId }: { roomId: string }): SettingsScope => ({ kind: 'room', roomId });
  const changesOf = async (scope: SettingsScope) => {
    await settings.view(scope);
    return (wake: () => void) => {
      let isPending = true;
      const close = settings.watch(scope, () => {
        isPending = true;
        wake();
      });
      const take = () => {
        if (!isPending) return [];
        isPending = false;
        return [{ name: 'settings' as const, data: settings.viewNow(scope) }];
      };
      return { take, close };
    };
  };
  return serve(settingsApi, {
    organisationSettings: async () => settings.view(organisation()),
    organisationSettingsChanges: async () => changesOf(organisation()),
    changeOrganisationSettings: async (context) => settings.change(organisation(), context.body, actorOf(context)),
    tryOrganisationSettings: async ({ body }) => settings.try(organisation(), body),
    organisationSettingsVersions: async ({ query }) => settings.versions(organisation(), query),
    returnOrganisationSettings: async (context) => settings.goBack(organisation(), context.body, actorOf(context)),
    placeSettings: async ({ params }) => settings.view(place(params)),
    placeSettingsChanges: async ({ params }) => changesOf(place(params)),
    changePlaceSettings: async (context) => settings.change(place(context.params), context.body, actorOf(context)),
    tryPlaceSettings: async ({ params, body }) => settings.try(place(params), body),
    placeSettingsVersions: async ({ params, query }) => settings.versions(place(params), query),
    returnPlaceSettings: async (context) => settings.goBack(place(context.params), context.body, actorOf(context)),
    roomSettings: async ({ params }) => settings.view(room(params)),
    roomSettingsChanges: async ({ params }) => changesOf(room(params)),
    changeRoomSettings: async (context) => settings.change(room(context.params), context.body, actorOf(context)),
    tryRoomSettings: async ({ params, body }) => settings.try(room(params), body),
    roomSettingsVersions: async ({ params, query }) => settings.versions(room(params), query),
    returnRoomSettings: async (context) => settings.goBack(room(context.params), context.body, actorOf(context)),
  });
}
