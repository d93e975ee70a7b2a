/**
 * Which state the TV shows. Pure: from the agent's state and the call's own. The agent's decides; the call's only fills
 * the moment before the agent's has caught up with it.
 */
import type { CallPhase } from '#call/call-state.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { RoomPhase } from '#contract/room-state.ts';
import type { NotEnrolledView } from '#contract/waiting-kiosk.ts';
import type { ScreenSnapshot } from '../session/screen-session.ts';

type PhaseOf<N extends RoomPhase['name']> = Extract<RoomPhase, { name: N }>;
export type Scene =
  | { name: 'boot' }
  | { name: 'gone' }
  | { name: 'not-enrolled'; code: ErrorCode; view: NotEnrolledView | null }
  | { name: 'keyless' }
  | { name: 'elsewhere' }
  | { name: 'idle' }
  /** idle, and the TV shows a document */
  | { name: 'document' }
  /** idle, and the TV shows a broadcast */
  | { name: 'broadcast' }
  | {
      name: 'starting';
      meetingTitle: string;
      words: 'connecting' | 'returning' | 'slow' | 'ending';
      waitsFor?: ErrorCode | null | undefined;
    }
  | { name: 'call'; call: Extract<CallPhase, { name: 'joined' }> }
  | { name: 'ended'; phase: PhaseOf<'ended'> }
  | { name: 'fault'; code: ErrorCode }
  /** a newer agent is in a phase that this page does not know */
  | { name: 'unknown' };

/** A restarting agent is back before this; after it, the TV shows that the room does not respond. */
export const GONE_AFTER_MS = 15_000;

export function sceneOf(screen: ScreenSnapshot, call: CallPhase, downForMs: number): Scene {
  if (screen.notEnrolledCode !== null)
    return { name: 'not-enrolled', code: screen.notEnrolledCode, view: screen.notEnrolledView };
  if (screen.yielded) return { name: 'elsewhere' };
  if (screen.refusedCode !== null) return { name: 'fault', code: screen.refusedCode };
  const gone = !screen.linkUp && downForMs >= GONE_AFTER_MS;
  if (screen.keyless && call.name !== 'joined') return { name: 'keyless' };
  if (screen.view === null) return gone ? { name: 'gone' } : { name: 'boot' };
  const { phase } = screen.view.state;
  if (gone && call.name !== 'joined') return { name: 'gone' };
  switch (phase.name) {
    case 'idle':
      if (screen.showsDocument) return { name: 'document' };
      return { name: screen.showsBroadcast ? 'broadcast' : 'idle' };
    case 'starting':
      if (call.name === 'joined') return { name: 'call', call };
      return {
        name: 'starting',
        meetingTitle: phase.meetingTitle,
        words: phase.cancelOffered ? 'slow' : 'connecting',
        waitsFor: phase.waitsFor,
      };
    case 'in-call':
      if (call.name === 'joined') return { name: 'call', call };
      return {
        name: 'starting',
        meetingTitle: phase.meetingTitle,
        words: call.name === 'ended' ? 'ending' : 'returning',
      };
    case 'ended':
      return { name: 'ended', phase };
    case 'fault':
      return { name: 'fault', code: phase.code };
    case 'unknown':
      return call.name === 'joined' ? { name: 'call', call } : { name: 'unknown' };
  }
}
