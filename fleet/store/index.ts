/** What the aggregates see of the store. */
import { join } from 'node:path';
import type { Transaction } from 'kysely';
import type { Migration } from 'kysely/migration';
import * as authorityFirst from './migrations/authority-0001-first.ts';
import * as authorityBookingMeetings from './migrations/authority-0002-booking-meetings.ts';
import * as authorityTablets from './migrations/authority-0003-tablets.ts';
import * as authorityInviteSeats from './migrations/authority-0004-invite-seats.ts';
import * as authorityRemovedRooms from './migrations/authority-0005-removed-rooms.ts';
import * as authorityJoinedEntries from './migrations/authority-0006-joined-entries.ts';
import * as authorityRoleGrants from './migrations/authority-0007-role-grants.ts';
import * as authorityRoomSettings from './migrations/authority-0008-room-settings.ts';
import * as authorityDocuments from './migrations/authority-0009-documents.ts';
import * as authorityPeople from './migrations/authority-0010-people.ts';
import * as authorityBroadcasts from './migrations/authority-0011-broadcasts.ts';
import * as authorityFleet from './migrations/authority-0012-fleet.ts';
import * as authorityUpdates from './migrations/authority-0013-updates.ts';
import * as authorityChat from './migrations/authority-0014-chat.ts';
import * as authorityPolls from './migrations/authority-0015-polls.ts';
import * as authorityNotes from './migrations/authority-0016-notes.ts';
import * as authorityRecord from './migrations/authority-0017-record.ts';
import * as authoritySeries from './migrations/authority-0018-series.ts';
import * as authorityTranscript from './migrations/authority-0019-transcript.ts';
import * as authorityRetention from './migrations/authority-0020-retention.ts';
import * as authorityChatReads from './migrations/authority-0021-chat-reads.ts';
import * as authorityMinutes from './migrations/authority-0022-minutes.ts';
import * as authorityLateEvents from './migrations/authority-0023-late-events.ts';
import * as authorityErasures from './migrations/authority-0024-erasures.ts';
import * as authorityRepeatedMeetings from './migrations/authority-0025-repeated-meetings.ts';
import * as authorityCalendarPeople from './migrations/authority-0026-calendar-people.ts';
import * as authorityRefusedGuests from './migrations/authority-0027-refused-guests.ts';
import * as authorityTranscriptClock from './migrations/authority-0028-transcript-clock.ts';
import * as authorityFollowingChanges from './migrations/authority-0029-following-changes.ts';
import * as telemetryFirst from './migrations/telemetry-0001-first.ts';
import * as telemetryRoomEvents from './migrations/telemetry-0002-room-events.ts';
import * as telemetryRoomProjections from './migrations/telemetry-0003-room-projections.ts';
import * as telemetryJoinedEvents from './migrations/telemetry-0004-joined-events.ts';
import * as telemetryFleet from './migrations/telemetry-0005-fleet.ts';
import type { AuthorityTables, TelemetryTables } from './schema.ts';
import { Store, type StoreOptions } from './store.ts';

export { BEFORE_UPGRADE_FOLDER, upgradeCopies } from './before-upgrade.ts';
export type { UpgradeCopy } from './before-upgrade.ts';
export { hasPart } from './find-text.ts';
export { moveStoredTimes } from './stored-times.ts';
export { hashOf, newCode, newId, newToken, sameHash } from './secret.ts';
export type { AuthorityTables } from './schema.ts';
export type AuthorityStore = Store<AuthorityTables>;
export type TelemetryStore = Store<TelemetryTables>;
export type AuthorityWrite = Transaction<AuthorityTables>;

export type { StorageState } from './store.ts';

type Place = Pick<StoreOptions, 'onStorage' | 'onFatal' | 'writeDeadlineMs' | 'commitWithinMs'> & { dataDir: string };

/** In their order. */
export const authorityMigrations: Record<string, Migration> = {
  '0001-first': authorityFirst,
  '0002-booking-meetings': authorityBookingMeetings,
  '0003-tablets': authorityTablets,
  '0004-invite-seats': authorityInviteSeats,
  '0005-removed-rooms': authorityRemovedRooms,
  '0006-joined-entries': authorityJoinedEntries,
  '0007-role-grants': authorityRoleGrants,
  '0008-room-settings': authorityRoomSettings,
  '0009-documents': authorityDocuments,
  '0010-people': authorityPeople,
  '0011-broadcasts': authorityBroadcasts,
  '0012-fleet': authorityFleet,
  '0013-updates': authorityUpdates,
  '0014-chat': authorityChat,
  '0015-polls': authorityPolls,
  '0016-notes': authorityNotes,
  '0017-record': authorityRecord,
  '0018-series': authoritySeries,
  '0019-transcript': authorityTranscript,
  '0020-retention': authorityRetention,
  '0021-chat-reads': authorityChatReads,
  '0022-minutes': authorityMinutes,
  '0023-late-events': authorityLateEvents,
  '0024-erasures': authorityErasures,
  '0025-repeated-meetings': authorityRepeatedMeetings,
  '0026-calendar-people': authorityCalendarPeople,
  '0027-refused-guests': authorityRefusedGuests,
  '0028-transcript-clock': authorityTranscriptClock,
  '0029-following-changes': authorityFollowingChanges,
};

export function authorityStore({ dataDir, ...events }: Place): AuthorityStore {
  return new Store<AuthorityTables>({
    path: join(dataDir, 'authority.sqlite'),
    synchronous: 'FULL',
    migrations: authorityMigrations,
    isReplaceable: false,
    ...events,
  });
}

/** `onSetAside`: its file was damaged and lies at `damagedPath`; a new one is begun. */
export function telemetryStore({ dataDir, ...events }: Place & Pick<StoreOptions, 'onSetAside'>): TelemetryStore {
  return new Store<TelemetryTables>({
    path: join(dataDir, 'telemetry.sqlite'),
    synchronous: 'NORMAL',
    migrations: {
      '0001-first': telemetryFirst,
      '0002-room-events': telemetryRoomEvents,
      '0003-room-projections': telemetryRoomProjections,
      '0004-joined-events': telemetryJoinedEvents,
      '0005-fleet': telemetryFleet,
    },
    isReplaceable: true,
    ...events,
  });
}
