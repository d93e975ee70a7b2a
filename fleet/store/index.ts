/** What the aggregates see of the store. */
import { join } from 'node:path';
import type { Transaction } from 'kysely';
import * as authorityFirst from './migrations/authority-0001-first.ts';
import * as authorityBookingMeetings from './migrations/authority-0002-booking-meetings.ts';
import * as authorityTablets from './migrations/authority-0003-tablets.ts';
import * as authorityInviteSeats from './migrations/authority-0004-invite-seats.ts';
import * as telemetryFirst from './migrations/telemetry-0001-first.ts';
import * as telemetryRoomEvents from './migrations/telemetry-0002-room-events.ts';
import type { AuthorityTables, TelemetryTables } from './schema.ts';
import { Store } from './store.ts';

export { hashOf, newCode, newId, newToken, sameHash } from './secret.ts';
export type { AuthorityTables } from './schema.ts';
export type AuthorityStore = Store<AuthorityTables>;
export type TelemetryStore = Store<TelemetryTables>;
export type AuthorityWrite = Transaction<AuthorityTables>;

type Place = { dataDir: string; onFatal: (error: Error) => void };

export function authorityStore({ dataDir, onFatal }: Place): AuthorityStore {
  return new Store<AuthorityTables>({
    path: join(dataDir, 'authority.sqlite'),
    synchronous: 'FULL',
    migrations: {
      '0001-first': authorityFirst,
      '0002-booking-meetings': authorityBookingMeetings,
      '0003-tablets': authorityTablets,
      '0004-invite-seats': authorityInviteSeats,
    },
    onFatal,
  });
}

export function telemetryStore({ dataDir, onFatal }: Place): TelemetryStore {
  return new Store<TelemetryTables>({
    path: join(dataDir, 'telemetry.sqlite'),
    synchronous: 'NORMAL',
    migrations: { '0001-first': telemetryFirst, '0002-room-events': telemetryRoomEvents },
    onFatal,
  });
}
