/** Can this room hold a meeting, and if not, why: pure, from what the fleet knows of it. */
import type { HealthReason, HealthState } from '#contract/http/rooms-api.ts';
import { negotiate, PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { signalOf, type SignalName } from '#contract/signals.ts';
import { isCutOff, type RoomNotice, type RoomState } from '#contract/room-state.ts';

export type RoomFacts = {
  enrolled: boolean;
  online: boolean;
  state: RoomState | null;
  /** of a kiosk that is connected, and whose protocol this server does not serve; null: it serves it */
  unservedProtocol: number | null;
  /** in the room's call: of so many the media does not get through */
  blockedCount: number;
  /** see fleet/health: those that are raised */
  signals: readonly SignalName[];
};
export type RoomHealth = { health: HealthState; reasons: HealthReason[] };

/** With one of these nobody would be heard, or nothing shown. */
const PREVENTS: ReadonlySet<RoomNotice> = new Set(['microphone-missing', 'microphone-refused', 'screen-missing']);

export function healthOf(facts: RoomFacts): RoomHealth {
  const { enrolled, online, state, unservedProtocol, blockedCount: count } = facts;
  if (!enrolled) return { health: 'trouble', reasons: [{ kind: 'fleet', reason: 'not-enrolled' }] };
  if (unservedProtocol !== null) return { health: 'trouble', reasons: [otherProtocol(unservedProtocol)] };
  if (!online) return { health: 'trouble', reasons: [{ kind: 'fleet', reason: 'offline' }] };
  if (state === null) return { health: 'trouble', reasons: [{ kind: 'fleet', reason: 'silent' }] };
  const { phase, notices } = state;
  const signals = facts.signals.filter((signal) => !isShown(signal, state));
  const [preventing, otherNotices] = parted(notices, prevents);
  const [critical, otherSignals] = parted(signals, (signal) => signalOf(signal).severity === 'critical');
  // a list has place for the first alone: what prevents a meeting now stands before what an alert remembers
  const reasons: HealthReason[] = [
    ...preventing.map(ofNotice),
    ...[...critical, ...otherSignals].map((signal): HealthReason => ({ kind: 'signal', signal })),
    ...otherNotices.map(ofNotice),
  ];
  if (phase.name === 'fault') return { health: 'trouble', reasons: [{ kind: 'fault', code: phase.code }, ...reasons] };
  if (preventing.length > 0 || critical.length > 0) return { health: 'trouble', reasons };
  if (phase.name === 'in-call' && count > 0)
    return { health: 'limited', reasons: [{ kind: 'blocked', count }, ...reasons] };
  if (phase.name === 'in-call') return { health: 'in-call', reasons };
  if (phase.name === 'starting') return { health: 'starting', reasons };
  return { health: reasons.length > 0 ? 'limited' : 'ready', reasons };
}

const prevents = (notice: RoomNotice): boolean => isCutOff([notice]) || PREVENTS.has(notice);
const ofNotice = (notice: RoomNotice): HealthReason => ({ kind: 'notice', notice });
const parted = <T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] => [
  all.filter(isFirst),
  all.filter((one) => !isFirst(one)),
];

/** By a notice or by the phase, which have words of their own. */
const isShown = (signal: SignalName, { notices, phase }: RoomState): boolean =>
  (SHOWN_BY_NOTICES.get(signal) ?? []).some((notice) => notices.includes(notice)) ||
  (signal === 'call-fault' && phase.name === 'fault') ||
  signal === 'kiosk-offline' ||
  signal === 'protocol-refused';
const SHOWN_BY_NOTICES: ReadonlyMap<SignalName, readonly RoomNotice[]> = new Map([
  ['camera-failing', ['camera-missing', 'camera-refused']],
  ['microphone-failing', ['microphone-missing', 'microphone-refused']],
  ['screen-missing', ['screen-missing']],
  ['speakerphone-failing', ['speakerphone-faulty', 'speakerphone-unsupported']],
  ['tv-failing', ['tv-faulty']],
  ['calendar-failing', ['calendar-faulty']],
  ['storage-failing', ['storage-failing']],
  ['part-failing', ['part-failing']],
  ['media-blocked', ['media-unreachable', 'signaling-unreachable', 'signaling-untrusted', 'media-blocked']],
]);

const otherProtocol = (kioskProtocol: number): HealthReason => ({
  kind: 'protocol',
  tooOld: negotiate(kioskProtocol) === 'client-too-old' ? 'kiosk' : 'server',
  kioskProtocol,
  serverProtocol: PROTOCOL_VERSION,
});
