/** Can this room hold a meeting, and if not, why: pure, from what the fleet knows of it. */
import type { ErrorCode } from '#contract/error-codes.ts';
import type { RoomSummary } from '#contract/http-api.ts';
import { isCutOff, type RoomNotice } from '#contract/room-state.ts';

/** `limited`: a meeting runs, without the room's picture or for some people only, or cannot be started anew. */
export type HealthState = 'trouble' | 'limited' | 'starting' | 'in-call' | 'ready';
export const healthStates: readonly HealthState[] = ['trouble', 'limited', 'in-call', 'starting', 'ready'];

export type Why =
  | { kind: 'fleet'; reason: 'not-enrolled' | 'offline' | 'silent' }
  | { kind: 'notice'; notice: RoomNotice }
  | { kind: 'fault'; code: ErrorCode }
  /** in the room's call: of so many the media does not get through */
  | { kind: 'blocked'; count: number };
export type RoomHealth = { state: HealthState; why: readonly Why[] };

/** With one of these nobody would be heard, or nothing shown. */
const PREVENTS: ReadonlySet<RoomNotice> = new Set(['microphone-missing', 'microphone-refused', 'screen-missing']);

export function healthOf(room: RoomSummary): RoomHealth {
  if (!room.enrolled) return { state: 'trouble', why: [{ kind: 'fleet', reason: 'not-enrolled' }] };
  if (!room.online) return { state: 'trouble', why: [{ kind: 'fleet', reason: 'offline' }] };
  if (room.state === null) return { state: 'trouble', why: [{ kind: 'fleet', reason: 'silent' }] };
  const { phase, notices } = room.state;
  const why: Why[] = notices.map((notice) => ({ kind: 'notice', notice }));
  if (phase.name === 'fault') return { state: 'trouble', why: [{ kind: 'fault', code: phase.code }, ...why] };
  if (isCutOff(notices) || notices.some((notice) => PREVENTS.has(notice))) return { state: 'trouble', why };
  const { blockedCount: count } = room;
  if (phase.name === 'in-call' && count > 0) return { state: 'limited', why: [{ kind: 'blocked', count }, ...why] };
  if (phase.name === 'in-call') return { state: 'in-call', why };
  if (phase.name === 'starting') return { state: 'starting', why };
  return { state: why.length > 0 ? 'limited' : 'ready', why };
}

/** Those in trouble first, then by name as people sort it. */
export function sortedRooms(
  rooms: readonly RoomSummary[],
  language: string,
): readonly { room: RoomSummary; health: RoomHealth }[] {
  return rooms
    .map((room) => ({ room, health: healthOf(room) }))
    .sort(
      (a, b) =>
        healthStates.indexOf(a.health.state) - healthStates.indexOf(b.health.state) ||
        a.room.roomName.localeCompare(b.room.roomName, language, { numeric: true }),
    );
}
