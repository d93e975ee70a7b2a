/** The demonstration's room and guest link, made at the first start and found again after. */
import { DEFAULT_MEETING_POLICY, type MeetingPolicy } from '#contract/meeting-policy.ts';
import type { FleetReady } from '#contract/process-ready.ts';
import type { Meetings } from '../meetings/index.ts';
import type { AuthorityStore } from '../store/index.ts';
import type { Rooms } from './rooms.ts';

const SETTING = 'demonstration-room-id';
const ROOM_NAME = 'Demonstration room';
const LINK_LIFE_MS = 30 * 86_400_000;

type Dependencies = {
  store: AuthorityStore;
  rooms: Rooms;
  meetings: Meetings;
  /** of a room, unless its section was ever set */
  presetBroadcasts: (roomId: string, values: { mayBroadcast: boolean; mayRecord: boolean }) => Promise<void>;
};

export async function ensureDemonstration({
  store,
  rooms,
  meetings,
  presetBroadcasts,
}: Dependencies): Promise<NonNullable<FleetReady['demonstration']>> {
  const known = await store.read.selectFrom('setting').select('value').where('name', '=', SETTING).executeTakeFirst();
  // it may have been removed since
  const isThere = known !== undefined && (await rooms.registry.byId(known.value)) !== null;
  const roomId = isThere ? known.value : await create({ store, rooms });
  const meetingId = (await meetings.ofRoom(roomId))!.meetingId;
  await letEverybodyIn(store, meetingId);
  await presetBroadcasts(roomId, { mayBroadcast: true, mayRecord: true });
  const link =
    (await meetings.invites.findUsable(meetingId)) ??
    (await meetings.invites.create(meetingId, { displayName: null, seats: null, lifeMs: LINK_LIFE_MS }, 'fleet'));
  return { roomId, claim: await rooms.registry.claimUnlessEnrolled(roomId), joinUrl: link.joinUrl };
}

/** Nobody waits in the demonstration, unless somebody has chosen otherwise. */
async function letEverybodyIn(store: AuthorityStore, meetingId: string): Promise<void> {
  // a transcript counts only where the organisation permits it, too
  const policy: MeetingPolicy = { ...DEFAULT_MEETING_POLICY, admission: 'all-enter', transcript: true };
  await store.write((trx) =>
    trx
      .updateTable('meeting')
      .set({ policy: JSON.stringify(policy) })
      .where('meetingId', '=', meetingId)
      .where('policy', 'is', null)
      .execute(),
  );
}

async function create({ store, rooms }: Pick<Dependencies, 'store' | 'rooms'>): Promise<string> {
  const { roomId } = await rooms.registry.create({ roomName: ROOM_NAME, placeId: null }, 'fleet');
  await store.write((trx) =>
    trx
      .insertInto('setting')
      .values({ name: SETTING, value: roomId })
      .onConflict((c) => c.column('name').doUpdateSet({ value: roomId }))
      .execute(),
  );
  return roomId;
}
