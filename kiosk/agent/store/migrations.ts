/**
 * The room's file, version by version: `user_version` says how many of these it has seen. One that has gone out is
 * never changed, and none removes a table or a column, so that a release that was rolled back still reads the file.
 */
export const migrations: readonly string[] = [
  // 1: what waits for the fleet, who is paired on the LAN, what is remembered
  `create table room_event (
     sequence integer primary key,
     event_id text not null,
     event text not null
   ) strict;
   create table lan_pairing (
     pairing_id text primary key,
     token_sha256 text not null unique,
     created_at_ms integer not null,
     last_used_at_ms integer not null,
     revoked_at_ms integer
   ) strict;
   create table kept_value (
     key text primary key,
     value text not null
   ) strict;`,
  // 2: the earlier name of an event that waits; the fleet server does not know it
  `update room_event set event = json_set(event, '$.name', 'call-joined')
     where json_valid(event) and json_extract(event, '$.name') = 'call-entered'`,
];
