/** Rooms name the event of joining a call `call-joined`; stored rows that have the earlier name, `call-entered`, follow. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    update room_event set event = json_set(event, '$.name', 'call-joined')
    where json_extract(event, '$.name') = 'call-entered'
  `.execute(db);
}
