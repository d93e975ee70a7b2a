/**
 * The ways into a call, each with its round trips counted: over what is prepared (one), from a grant (two, back to
 * back), and back to the place after a drop. `call-client.ts` decides what the outcome means for the page.
 */
import { type ErrorCode, InvalidStateError, type MaruError, toMaruError } from '#contract/error-codes.ts';
import type { CallGrant } from '#contract/grants.ts';
import { RESUME_GRACE_MS } from '#contract/timing.ts';
import type { EndReason } from '#contract/room-state.ts';
import type { ResumeTicket } from '#contract/screen-link.ts';
import type { CallSnapshot, View } from '#contract/signaling.ts';
import type { ClientMedia } from './client-media.ts';
import type { LocalMedia } from './local-media.ts';
import { pauseBeforeTryMs } from './open-socket.ts';
import { consequenceOf } from './refusals.ts';
import type { ResumableConnection } from './resumable-connection.ts';

/** Our own tracks wait for the answer to `join`, and no longer than this. */
const LONGEST_UNPRODUCED_MS = 300;
/** The first pictures of the others come before our devices and encoders start: a frame of theirs may be a tenth of a second away. */
export const OTHERS_FIRST_MS = 120;
/** How many grants a first join tries; on the way back there is no such limit. */
const GRANTS_TO_TRY = 4;

/** A fresh grant, when the place is lost. Rejects with a UserError where there is none to be had. */
export type RequestGrant = (why: { code: ErrorCode; endedCallId: string | null }) => Promise<CallGrant>;

export type AdmissionDependencies = {
  connection: ResumableConnection;
  media: ClientMedia;
  local: LocalMedia;
  requestGrant: RequestGrant;
  /** name and view, read at the moment of joining */
  intent: () => { displayName: string; view: View };
  /** we are in; resolves when all shown participants are set up */
  onIn: (call: CallSnapshot) => Promise<unknown>;
};

export type Return = { name: 'in' } | { name: 'ended'; reason: EndReason } | { name: 'failed'; error: MaruError };

export class CallAdmission {
  readonly #dependencies: AdmissionDependencies;

  constructor(dependencies: AdmissionDependencies) {
    this.#dependencies = dependencies;
  }

  /** One round trip: after it the transports connect by themselves. */
  async enter(grant: CallGrant, signal: AbortSignal): Promise<void> {
    const { connection, media } = this.#dependencies;
    const { admission } = await connection.enter(grant, signal);
    if (admission.kind === 'kept') throw new InvalidStateError('internal', 'a token was answered with kept');
    media.start(admission.media);
  }

  /** The view is negotiated, and paused at the node until `join`. Without it `join` needs longer, no more. */
  async consumeAhead(view: View, signal: AbortSignal): Promise<void> {
    const { connection, media } = this.#dependencies;
    const { current } = media;
    if (!current) return;
    const rtpCapabilities = await current.rtpCapabilities();
    if (signal.aborted || media.current !== current) return;
    const { consumers } = await connection.ask('prepare-call', { rtpCapabilities, view });
    if (!signal.aborted && media.current === current) media.expect(consumers);
  }

  /** false: the prepared place is gone, and another way may lead in; rejects where none does */
  async joinOver(entered: Promise<void>, signal: AbortSignal): Promise<boolean> {
    try {
      await entered;
      await this.#sayJoin(signal);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (consequenceOf(toMaruError(error).code, false).step === 'failed') throw error;
      return false;
    }
  }

  /** @param held we come back, and do not give up while there is hope */
  async joinAfresh(
    signal: AbortSignal,
    start: { grant: CallGrant | null; code: ErrorCode; held: boolean },
  ): Promise<void> {
    let { grant, code } = start;
    let callId: string | null = null;
    for (let tries = 1; ; tries++) {
      try {
        grant ??= await this.#dependencies.requestGrant({ code, endedCallId: code === 'call-ended' ? callId : null });
        signal.throwIfAborted();
        callId = grant.callId;
        await this.enter(grant, signal);
        return await this.#sayJoin(signal);
      } catch (error) {
        signal.throwIfAborted();
        const refusal = toMaruError(error);
        if (refusal.code === 'internal') console.error('call: joining failed', error);
        const { step } = consequenceOf(refusal.code, false);
        if (step === 'failed' || step === 'ended' || (!start.held && tries >= GRANTS_TO_TRY)) throw refusal;
        code = refusal.code;
        grant = null;
        await pause(pauseBeforeTryMs(tries, Math.random));
        signal.throwIfAborted();
      }
    }
  }

  /** Until the place is ours again, or the node refuses it. Rejects only with the signal's reason. */
  async comeBack(ticket: ResumeTicket, signal: AbortSignal): Promise<Return> {
    const graceEndsAtMs = performance.now() + RESUME_GRACE_MS;
    for (let tries = 1; ; tries++) {
      const graceLeftMs = graceEndsAtMs - performance.now();
      let refusal: MaruError = new InvalidStateError('peer-unknown', 'the grace time is over');
      if (graceLeftMs > 0) {
        try {
          await within(graceLeftMs, refusal, signal, (bounded) => this.#takeSeatAgain(ticket, bounded));
          return { name: 'in' };
        } catch (error) {
          signal.throwIfAborted();
          refusal = toMaruError(error);
        }
      }
      const consequence = consequenceOf(refusal.code, true);
      switch (consequence.step) {
        case 'ended':
          return { name: 'ended', reason: consequence.reason };
        case 'failed':
          return { name: 'failed', error: refusal };
        case 'try-again':
          await pause(pauseBeforeTryMs(tries, Math.random));
          signal.throwIfAborted();
          continue;
        case 'ask-for-grant':
          try {
            await this.joinAfresh(signal, { grant: null, code: refusal.code, held: true });
            return { name: 'in' };
          } catch (error) {
            signal.throwIfAborted();
            return { name: 'failed', error: toMaruError(error) };
          }
      }
    }
  }

  async #takeSeatAgain(ticket: ResumeTicket, signal: AbortSignal): Promise<void> {
    const { connection, media, local, onIn, intent } = this.#dependencies;
    const { admission } = await connection.resume(ticket, media.current?.transportId, signal);
    switch (admission.kind) {
      case 'fresh':
        // the node knows the peer, which never joined: as after a token
        media.start(admission.media);
        return this.#sayJoin(signal);
      case 'kept':
        media.current!.resume(admission.sendIceParameters, admission.recvIceParameters);
        local.reaffirm();
        break;
      case 'restarted':
        local.attach(media.start(admission.media), null);
        break;
    }
    void onIn(admission.call);
    connection.ask('show', { view: intent().view }).catch(() => {});
  }

  async #sayJoin(signal: AbortSignal): Promise<void> {
    const { connection, media, local, intent, onIn } = this.#dependencies;
    const current = media.current!;
    const rtpCapabilities = await current.rtpCapabilities();
    signal.throwIfAborted();
    const told = local.state;
    const { microphone, camera } = told;
    const { displayName, view } = intent();
    const answer = connection.ask('join-call', { displayName, rtpCapabilities, microphone, camera, view });
    let produced = false;
    const produce = (): void => {
      if (produced || media.current !== current) return;
      produced = true;
      local.attach(current, told);
    };
    // our tracks come after the pictures of the answer, because negotiating them would delay drawing those
    const patience = setTimeout(produce, LONGEST_UNPRODUCED_MS);
    const call = await answer.finally(() => clearTimeout(patience));
    signal.throwIfAborted();
    const drawn = onIn(call);
    void drawn.then(() => pause(OTHERS_FIRST_MS)).then(produce);
    const now = intent().view;
    if (now !== view) connection.ask('show', { view: now }).catch(() => {});
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs with a signal that also ends after `ms`, with `reason`. */
async function within<T>(
  ms: number,
  reason: Error,
  signal: AbortSignal,
  work: (bounded: AbortSignal) => Promise<T>,
): Promise<T> {
  const bounded = new AbortController();
  const forward = (): void => bounded.abort(signal.reason);
  signal.addEventListener('abort', forward);
  const timer = setTimeout(() => bounded.abort(reason), ms);
  try {
    return await work(bounded.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', forward);
  }
}
