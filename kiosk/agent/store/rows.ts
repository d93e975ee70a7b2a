/** The rows of the room's file, each with the statement that makes or removes it. The key names a row among all tables. */
import type { RoomDatabase, Statement } from './room-database.ts';

export type LanPairing = {
  pairingId: string;
  /** hex, of the token that the phone keeps */
  tokenSha256: string;
  createdAtMs: number;
  lastUsedAtMs: number;
  revokedAtMs: number | null;
};
/** `text`: the event as JSON, without its number */
export type WaitingEvent = { sequence: number; eventId: string; text: string };
type Row = [key: string, statement: Statement];

/** A value of our own among the kept ones: the number of the last event, which outlives the event. */
export const LAST_SEQUENCE = 'last-event-sequence';

export const valueRow = (key: string, value: string | null): Row => [
  `value ${key}`,
  value === null
    ? { sql: 'delete from kept_value where key = ?', parameters: [key] }
    : { sql: 'insert or replace into kept_value (key, value) values (?, ?)', parameters: [key, value] },
];

export const eventRow = (sequence: number, event: WaitingEvent | null): Row => [
  `event ${sequence}`,
  event === null
    ? { sql: 'delete from room_event where sequence = ?', parameters: [sequence] }
    : {
        sql: 'insert or replace into room_event (sequence, event_id, event) values (?, ?, ?)',
        parameters: [sequence, event.eventId, event.text],
      },
];

export const pairingRow = (pairingId: string, pairing: LanPairing | null): Row => [
  `pairing ${pairingId}`,
  pairing === null
    ? { sql: 'delete from lan_pairing where pairing_id = ?', parameters: [pairingId] }
    : {
        sql: `insert or replace into lan_pairing
                (pairing_id, token_sha256, created_at_ms, last_used_at_ms, revoked_at_ms) values (?, ?, ?, ?, ?)`,
        parameters: [pairingId, pairing.tokenSha256, pairing.createdAtMs, pairing.lastUsedAtMs, pairing.revokedAtMs],
      },
];

/** All that the file holds, events by their number. @throws OperationalError `storage-failed` */
export function readRows(database: RoomDatabase) {
  return {
    values: database.read<{ key: string; value: string }>('select key, value from kept_value'),
    pairings: database.read<LanPairing>(
      `select pairing_id as pairingId, token_sha256 as tokenSha256, created_at_ms as createdAtMs,
              last_used_at_ms as lastUsedAtMs, revoked_at_ms as revokedAtMs from lan_pairing`,
    ),
    events: database.read<WaitingEvent>(
      'select sequence, event_id as eventId, event as text from room_event order by sequence',
    ),
  };
}
