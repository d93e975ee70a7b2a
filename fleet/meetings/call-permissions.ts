/** What the fleet's grants permit: each list is written out, so that a new source or right is granted on purpose. */
import type { DocumentPolicy } from '#contract/document-policy.ts';
import type { CallPermissions } from '#contract/grants.ts';
import { documentRightsBy } from './document-policies.ts';

/** As what somebody is let into a call. */
export type CallRole = 'room' | 'guest' | 'laptop';

/** As every room enters, by the fleet's grant or by its own delegation: it may end what it started. */
export const ROOM_PERMISSIONS: CallPermissions = {
  publishes: ['microphone', 'camera', 'screen', 'screen-audio'],
  receives: ['microphone', 'camera', 'screen', 'screen-audio'],
  rights: ['end', 'mute', 'remove'],
  documents: ['present', 'view', 'view-unmarked'],
};

/** A laptop in a room shows its screen on the stage; the room's TV is what its people see and hear. */
const LAPTOP_PERMISSIONS: CallPermissions = {
  publishes: ['screen', 'screen-audio'],
  receives: [],
  rights: [],
  documents: [],
};

const GUEST_PERMISSIONS: Omit<CallPermissions, 'documents'> = {
  publishes: ['microphone', 'camera', 'screen', 'screen-audio'],
  receives: ['microphone', 'camera', 'screen', 'screen-audio'],
  rights: [],
};

/** @param policy null: the meeting is over, and has no documents */
export function permissionsBy(role: CallRole, policy: DocumentPolicy | null): CallPermissions {
  if (role === 'laptop') return LAPTOP_PERMISSIONS;
  const documents = policy ? [...documentRightsBy(policy, role === 'guest')] : [];
  return { ...(role === 'guest' ? GUEST_PERMISSIONS : ROOM_PERMISSIONS), documents };
}
