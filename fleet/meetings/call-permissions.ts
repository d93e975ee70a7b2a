/** What the fleet's grants permit: each list is written out, so that a new source or right is granted on purpose. */
import { type MeetingRole, RIGHTS } from '#contract/call-order.ts';
import type { DocumentPolicy } from '#contract/document-policy.ts';
import type { CallPermissions } from '#contract/grants.ts';
import { documentRightsBy } from './document-policies.ts';

/** As what somebody is let into a call: a room as one of the meeting's or as a guest of it. */
export type CallRole = MeetingRole | 'laptop' | 'program';

/** As every room enters, by the fleet's grant or by its own delegation: a co-host of its own meeting. */
export const ROOM_PERMISSIONS: CallPermissions = {
  publishes: ['microphone', 'camera', 'screen', 'screen-audio'],
  receives: ['microphone', 'camera', 'screen', 'screen-audio'],
  rights: [...RIGHTS['co-host']],
  documents: ['present', 'view', 'view-unmarked'],
};

/** A laptop in a room shows its screen on the stage; the room's TV has sound and picture for its people. */
const LAPTOP_PERMISSIONS: CallPermissions = {
  publishes: ['screen', 'screen-audio'],
  receives: [],
  rights: [],
  documents: [],
};

/** A program draws the call for viewers: it gets what the people of the meeting get, and adds what it makes of it. */
const PROGRAM_PERMISSIONS: CallPermissions = {
  publishes: ['program', 'program-sound'],
  receives: ['microphone', 'camera', 'screen', 'screen-audio'],
  rights: [],
  documents: ['view', 'view-unmarked'],
};

/** @param policy null: the meeting is over, and has no documents */
export function permissionsBy(role: CallRole, policy: DocumentPolicy | null): CallPermissions {
  if (role === 'laptop') return LAPTOP_PERMISSIONS;
  if (role === 'program') return PROGRAM_PERMISSIONS;
  return {
    publishes: ['microphone', 'camera', 'screen', 'screen-audio'],
    receives: ['microphone', 'camera', 'screen', 'screen-audio'],
    rights: [...RIGHTS[role]],
    documents: policy ? [...documentRightsBy(policy, role === 'guest' ? 'guest' : 'insider')] : [],
  };
}
