/** What the fleet's grants permit: each list is written out, so that a new source or right is granted on purpose. */
import { type MeetingRole, RIGHTS } from '#contract/call-order.ts';
import type { CallPermissions, DocumentRight } from '#contract/grants.ts';

/** As every room enters, by the fleet's grant or by its own delegation: a co-host of its own meeting. */
export const ROOM_PERMISSIONS: CallPermissions = {
  publishes: ['microphone', 'camera', 'screen', 'screen-audio'],
  receives: ['microphone', 'camera', 'screen', 'screen-audio'],
  rights: [...RIGHTS['co-host']],
  documents: ['present', 'view'],
};

/** A laptop in a room shows its screen on the stage; the room's TV is what its people see and hear. */
export const LAPTOP_PERMISSIONS: CallPermissions = {
  publishes: ['screen', 'screen-audio'],
  receives: [],
  rights: [],
  documents: [],
};

/** As people and invited rooms enter. `documents`: as the meeting's policy has it, see document-policies.ts */
export const permissionsOf = (role: MeetingRole, documents: readonly DocumentRight[]): CallPermissions => ({
  publishes: [...ROOM_PERMISSIONS.publishes],
  receives: [...ROOM_PERMISSIONS.receives],
  rights: [...RIGHTS[role]],
  documents: [...documents],
});
