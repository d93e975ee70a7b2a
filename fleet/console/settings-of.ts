/** The routes of a scope's settings: the same at each scope but for their paths. */
import { useEffect, useState } from 'react';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import { settingsApi, type SettingsChange, type SettingsView } from '#contract/http/settings-api.ts';
import type { z } from '#contract/schema.ts';
import type { SettingsScope } from '#contract/settings/settings-scope.ts';
import { callApi, followEvents } from '#ui/http-client.ts';

export type DraftedChange = Omit<z.input<typeof SettingsChange>, 'revision'>;

const ofRoom = {
  view: settingsApi.roomSettings,
  changes: settingsApi.roomSettingsChanges,
  change: settingsApi.changeRoomSettings,
  try: settingsApi.tryRoomSettings,
  versions: settingsApi.roomSettingsVersions,
  goBack: settingsApi.returnRoomSettings,
};
/** By the type of a room's: only the path is another. */
const ROUTES: Record<SettingsScope['kind'], typeof ofRoom> = {
  organisation: {
    view: settingsApi.organisationSettings,
    changes: settingsApi.organisationSettingsChanges,
    change: settingsApi.changeOrganisationSettings,
    try: settingsApi.tryOrganisationSettings,
    versions: settingsApi.organisationSettingsVersions,
    goBack: settingsApi.returnOrganisationSettings,
  } as unknown as typeof ofRoom,
  place: {
    view: settingsApi.placeSettings,
    changes: settingsApi.placeSettingsChanges,
    change: settingsApi.changePlaceSettings,
    try: settingsApi.tryPlaceSettings,
    versions: settingsApi.placeSettingsVersions,
    goBack: settingsApi.returnPlaceSettings,
  } as unknown as typeof ofRoom,
  room: ofRoom,
};

export function settingsOf(scope: SettingsScope): { routes: typeof ofRoom; params: { roomId: string } } {
  const { kind, ...ids } = scope;
  return { routes: ROUTES[kind], params: ids as { roomId: string } };
}

/** Kept up to date by events. `view` null: not there yet. */
export function useSettings(scope: SettingsScope): {
  view: SettingsView | null;
  problem: MaruError | null;
  take: (view: SettingsView) => void;
} {
  const [view, setView] = useState<SettingsView | null>(null);
  const [problem, setProblem] = useState<MaruError | null>(null);
  const key = JSON.stringify(scope);
  useEffect(() => {
    const { routes, params } = settingsOf(JSON.parse(key) as SettingsScope);
    return followEvents(routes.changes, {
      params,
      onEvent: ({ data }) => setView(data),
      onConnected: () => {},
      onRefused: setProblem,
    });
  }, [key]);
  useEffect(() => {
    const { routes, params } = settingsOf(JSON.parse(key) as SettingsScope);
    const ending = new AbortController();
    // an answer that comes after the stream's first event is as new
    callApi(routes.view, { params, signal: ending.signal }).then(
      (answer) => setView((known) => known ?? answer),
      (error: unknown) => {
        if (!ending.signal.aborted) setProblem(toMaruError(error));
      },
    );
    return () => ending.abort();
  }, [key]);
  return { view, problem, take: setView };
}
