/** For tests: a participant of the roster with what every test leaves alone, so that a field of the contract is added in one place. */
import type { Participant } from './room-state.ts';

/** A person who is in, with microphone and camera on; `of` names what the test is about. */
export const participantUnderTest = (of: Partial<Participant> & Pick<Participant, 'peerId'>): Participant => ({
  displayName: 'Mina',
  peerKind: 'person',
  microphone: 'on',
  camera: 'on',
  sharesScreen: false,
  role: 'member',
  isGuest: false,
  organisation: null,
  handRaisedAtMs: null,
  staysMuted: false,
  connection: 'connected',
  ...of,
});
