/**
 * The TV's remote control as the last controller: which of its keys become which command of the room. Pure. One press
 * never ends a meeting: it has to be held, or pressed again within three seconds. Nor does one call IT for help.
 */
import type { RoomCommand } from '#contract/room-command.ts';
import type { RoomState } from '#contract/room-state.ts';
import type { CecKey } from './cec-adapter.ts';
import { KEY } from './cec-frame.ts';

const LEAVE_AGAIN_WITHIN_MS = 3_000;
/** Two that come faster are one press that the TV sent twice. */
const LEAVE_AGAIN_AFTER_MS = 150;
const LEAVE_HELD_MS = 1_500;
/** CEC 13.13: a key that is held is repeated within 500 ms; one that comes later was pressed anew. */
const REPEAT_WITHIN_MS = 600;
const CALL_HELD_MS = 3_000;
const VOLUME_STEP_PERCENT = 5;

export type RemoteState = {
  /** null: none is down */
  down: { key: number; sinceMs: number; lastMs: number } | null;
  /** the one press that asks to leave, and the call that it was in */
  leaveAsked: { atMs: number; callId: string } | null;
};
export const firstRemote: RemoteState = { down: null, leaveAsked: null };
export type RemoteStep = { remote: RemoteState; command: RoomCommand | null };

export function onKey(remote: RemoteState, event: CecKey, room: RoomState, nowMs: number): RemoteStep {
  if (event.action === 'released') return { remote: { ...remote, down: null }, command: null };
  const { key } = event;
  const { down } = remote;
  const isRepeat = down !== null && down.key === key && nowMs - down.lastMs <= REPEAT_WITHIN_MS;
  const pressed = isRepeat ? { ...down, lastMs: nowMs } : { key, sinceMs: nowMs, lastMs: nowMs };
  const kept: RemoteState = { ...remote, down: pressed };
  if (isLeaveKey(key) && room.phase.name === 'in-call') return leaving(kept, room.phase.callId, isRepeat, nowMs);
  if (key === KEY.yellow)
    return { remote: { ...kept, leaveAsked: null }, command: helpBy(isRepeat ? down : null, nowMs) };
  return { remote: { ...kept, leaveAsked: null }, command: commandOf(key, room, isRepeat) };
}

/** Once, when it was held for long enough. */
function helpBy(down: RemoteState['down'], nowMs: number): RoomCommand | null {
  if (down === null || down.lastMs - down.sinceMs >= CALL_HELD_MS || nowMs - down.sinceMs < CALL_HELD_MS) return null;
  return { name: 'call-for-help', topic: 'other', text: '' };
}

const isLeaveKey = (key: number): boolean => key === KEY.red || key === KEY.back;

function leaving(remote: RemoteState, callId: string, isRepeat: boolean, nowMs: number): RemoteStep {
  const { down, leaveAsked } = remote;
  const leave: RemoteStep = { remote: { down: null, leaveAsked: null }, command: { name: 'leave-call' } };
  if (isRepeat) {
    const heldMs = nowMs - (down?.sinceMs ?? nowMs);
    return heldMs >= LEAVE_HELD_MS ? leave : { remote, command: null };
  }
  const agoMs = leaveAsked?.callId === callId ? nowMs - leaveAsked.atMs : Number.POSITIVE_INFINITY;
  if (agoMs >= LEAVE_AGAIN_AFTER_MS && agoMs <= LEAVE_AGAIN_WITHIN_MS) return leave;
  if (agoMs < LEAVE_AGAIN_AFTER_MS) return { remote, command: null };
  return { remote: { ...remote, leaveAsked: { atMs: nowMs, callId } }, command: null };
}

function commandOf(key: number, room: RoomState, isRepeat: boolean): RoomCommand | null {
  const { phase, microphone, volumePercent } = room;
  if (phase.name === 'idle') {
    if ((key === KEY.select || key === KEY.enter) && !isRepeat) return { name: 'join-call' };
  } else if (phase.name === 'starting') {
    if (isLeaveKey(key) && !isRepeat) return { name: 'cancel-join' };
  } else if (phase.name === 'in-call') {
    if (key === KEY.mute && !isRepeat && microphone !== 'absent')
      return { name: 'set-microphone', on: microphone !== 'on' };
    if (key === KEY.volumeUp) return volumeTo(volumePercent + VOLUME_STEP_PERCENT);
    if (key === KEY.volumeDown) return volumeTo(volumePercent - VOLUME_STEP_PERCENT);
  }
  return null;
}

const volumeTo = (percent: number): RoomCommand => ({
  name: 'set-volume',
  percent: Math.max(0, Math.min(100, percent)),
});
