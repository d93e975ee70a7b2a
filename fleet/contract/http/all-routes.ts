/** The fleet server's whole HTTP API for browsers. Errors are `{ error: WireError }` with the status of their code. */
import { admissionApi } from './admission-api.ts';
import { alertsApi, alertTargetsApi } from './alerts-api.ts';
import { auditApi } from './audit-api.ts';
import { broadcastsApi } from './broadcasts-api.ts';
import { chatApi } from './chat-api.ts';
import { documentsApi } from './documents-api.ts';
import { fleetApi, roomServiceApi } from './fleet-api.ts';
import { guestRecordApi } from './guest-record-api.ts';
import { helpApi } from './help-api.ts';
import { kiosksApi } from './kiosks-api.ts';
import { meetingsApi } from './meetings-api.ts';
import { notesApi } from './notes-api.ts';
import { peopleApi } from './people-api.ts';
import { placesApi } from './places-api.ts';
import { recordApi } from './record-api.ts';
import { pollsApi } from './polls-api.ts';
import { roomsApi } from './rooms-api.ts';
import { seriesApi } from './series-api.ts';
import { settingsApi } from './settings-api.ts';
import { signageApi } from './signage-api.ts';
import { tokensApi } from './tokens-api.ts';
import { transcriptApi } from './transcript-api.ts';
import { updatesApi } from './updates-api.ts';

export const allRoutes = {
  ...peopleApi,
  ...tokensApi,
  ...placesApi,
  ...roomsApi,
  ...roomServiceApi,
  ...fleetApi,
  ...alertsApi,
  ...alertTargetsApi,
  ...kiosksApi,
  ...meetingsApi,
  ...admissionApi,
  ...chatApi,
  ...notesApi,
  ...settingsApi,
  ...signageApi,
  ...documentsApi,
  ...pollsApi,
  ...transcriptApi,
  ...broadcastsApi,
  ...helpApi,
  ...updatesApi,
  ...auditApi,
  ...recordApi,
  ...guestRecordApi,
  ...seriesApi,
} as const;
export type RouteName = keyof typeof allRoutes;
