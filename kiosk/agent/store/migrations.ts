/**
 * The room's file, version by version: `user_version` says how many of these it has seen. One that has gone out is
 * never changed, and each only adds, so that a release that was rolled back still reads the file.
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
];
