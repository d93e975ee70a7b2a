/** Who comes into a meeting, who waits, and who is refused: the one function that decides. Pure; admission-facts.ts reads its facts. */
import type { MeetingRole } from '#contract/call-order.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { MeetingPolicy } from '#contract/meeting-policy.ts';
import type { TicketState } from '#contract/waiting.ts';

/** Who asks. `isOfMeeting`: its own, its booking's, or one that its host asked for; others come by an invite in their calendar. */
export type Asker =
  | { kind: 'account' /** null: none of its people */; role: Exclude<MeetingRole, 'guest'> | null }
  | { kind: 'guest' /** by an invite of their own; else by a link */; isNamed: boolean }
  | { kind: 'room'; isOfMeeting: boolean };

export type MeetingFacts = {
  policy: Pick<MeetingPolicy, 'admission' | 'joinBeforeHost' | 'guestsAllowed'>;
  /** over for good, or cancelled */
  isOver: boolean;
  isLocked: boolean;
  /** a host, a co-host or a room of the meeting is in its call */
  isHostThere: boolean;
};

export type PersonFacts = {
  asker: Asker;
  /** from the call, by somebody who has the right */
  wasRemoved: boolean;
  /** somebody who may decide let this person in */
  isLetIn: boolean;
  /** was in this call, and was not removed */
  isReturning: boolean;
  /** the invite lets nobody new in */
  isInviteClosed: boolean;
};

export type Decision =
  | { kind: 'enter' }
  | { kind: 'wait'; state: Extract<TicketState, 'waiting' | 'no-host' | 'locked'> }
  | {
      kind: 'refused';
      code: Extract<ErrorCode, 'call-ended' | 'removed-from-call' | 'invite-closed' | 'guests-not-allowed'>;
    };

const ENTER: Decision = { kind: 'enter' };
const wait = (state: Extract<Decision, { kind: 'wait' }>['state']): Decision => ({ kind: 'wait', state });
const refused = (code: Extract<Decision, { kind: 'refused' }>['code']): Decision => ({ kind: 'refused', code });

export function decideAdmission(meeting: MeetingFacts, person: PersonFacts): Decision {
  const { policy, isOver, isLocked, isHostThere } = meeting;
  const { asker } = person;
  if (isOver) return refused('call-ended');
  // nobody locks these out, not even themselves
  if (isHost(asker)) return ENTER;
  if (person.wasRemoved) return refused('removed-from-call');
  if (person.isLetIn || person.isReturning || isCoHost(asker)) return ENTER;
  if (person.isInviteClosed) return refused('invite-closed');
  if (asker.kind === 'guest' && !policy.guestsAllowed) return refused('guests-not-allowed');
  if (isLocked) return wait('locked');
  if (mustAsk(asker, policy.admission)) return wait(isHostThere ? 'waiting' : 'no-host');
  return policy.joinBeforeHost || isHostThere ? ENTER : wait('no-host');
}

const isHost = (asker: Asker): boolean =>
  asker.kind === 'account' ? asker.role === 'host' : asker.kind === 'room' && asker.isOfMeeting;
const isCoHost = (asker: Asker): boolean => asker.kind === 'account' && asker.role === 'co-host';

function mustAsk(asker: Asker, admission: MeetingPolicy['admission']): boolean {
  if (admission !== 'links-wait') return admission === 'all-wait';
  switch (asker.kind) {
    case 'account':
      return asker.role === null;
    case 'guest':
      return !asker.isNamed;
    case 'room':
      // its calendar has the invite, and it is one of ours
      return false;
  }
}
