/** What the fleet server answers by HTTP: a line for each feature. */
import { waitingKioskRoutes } from './devices/index.ts';
import { AuditList, auditRoutes } from './audit/index.ts';
import { peopleRoutes } from './people/index.ts';
import { admissionRoutes, meetingRoutes, PeopleFinder, RoomFinder } from './meetings/index.ts';
import { chatRoutes } from './chat/index.ts';
import { broadcastRoutes } from './broadcasts/index.ts';
import { pollRoutes } from './polls/index.ts';
import { transcriptRoutes } from './transcript/index.ts';
import { documentRoutes } from './documents/index.ts';
import { alertRoutes, alertTargetRoutes } from './alerts/index.ts';
import { HistoryReader, historyRoutes } from './history/index.ts';
import { roomRoutes, roomServiceRoutes } from './rooms/index.ts';
import { guestRecordRoutes, recordRoutes, seriesRoutes } from './record/index.ts';
import { updateRoutes } from './updates/index.ts';
import { helpRoutes } from './help/index.ts';
import { notesRoutes } from './notes/index.ts';
import { settingsRoutes, signageRoutes } from './settings/index.ts';
import type { FleetParts, Ground } from './parts.ts';
import type { ServedRoute } from './http/route.ts';

type Served = Pick<Ground, 'store' | 'telemetry' | 'clock' | 'authority' | 'fleetUrl' | 'liveUrlAt' | 'logger'>;

export function servedRoutes(parts: FleetParts, ground: Served): ServedRoute[] {
  const {
    polls,
    pdf,
    people,
    waitingKiosks,
    meetings,
    chat,
    documents,
    broadcasts,
    notes,
    alerts,
    alertList,
    notifications,
    rooms,
    bookingsOf,
    peopleMeetings,
    staffHomes,
    settings,
    help,
    updates,
    record,
    erasures,
    removeFiles,
    signage,
  } = parts;
  const { store, telemetry, clock, authority, fleetUrl, liveUrlAt, logger } = ground;
  return [
    ...peopleRoutes(people),
    ...roomRoutes({ rooms, places: people.places }),
    ...meetingRoutes({
      meetings,
      peopleMeetings,
      peopleFinder: new PeopleFinder({ store }),
      roomFinder: new RoomFinder({ store, bookingsOf }),
      staffHomes,
    }),
    ...admissionRoutes({
      meetings,
      onFailed: (error) => logger.error({ err: error }, 'who waits cannot be listed'),
    }),
    ...chatRoutes({ chat }),
    ...notesRoutes({ store }),
    ...roomServiceRoutes({ services: rooms.services }),
    ...historyRoutes({
      history: new HistoryReader({ telemetry, rooms, places: people.places, nowMs: () => clock.nowMs() }),
      rooms,
      places: people.places,
    }),
    ...alertRoutes({ book: alerts, list: alertList, logger }),
    ...alertTargetRoutes(notifications),
    ...settingsRoutes({ settings }),
    ...helpRoutes({ help, rooms, store }),
    ...updateRoutes({ updates }),
    ...signageRoutes({ signage }),
    ...waitingKioskRoutes({ waiting: waitingKiosks, caSha256: authority.sha256 }),
    ...documentRoutes({ documents }),
    ...pollRoutes({ polls }),
    ...transcriptRoutes({ store, onChanged: (meetingId) => meetings.chatChanged(meetingId) }),
    ...broadcastRoutes({
      broadcasts,
      store,
      fleetUrl,
      liveUrl: liveUrlAt,
      onFailed: (error) => logger.error({ err: error }, 'the air of a meeting not read'),
    }),
    ...recordRoutes({
      store,
      minutes: record.minutes,
      pdf,
      notes,
      accounts: people.changes,
      erasures,
      removeFiles,
      onChanged: (meetingId) => meetings.changed(meetingId),
    }),
    ...guestRecordRoutes({
      store,
      visits: meetings.guestVisits,
      pdf,
      polls,
      documentPage: (bearer, of) => documents.page(bearer, of),
      nowMs: () => clock.nowMs(),
      logger,
    }),
    ...seriesRoutes({ store, notes, logger }),
    ...auditRoutes({ audit: new AuditList({ store }) }),
  ];
}
