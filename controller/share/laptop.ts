/**
 * One laptop's way onto a TV: the code, the browser's choice of a screen, the call, and out again. Whatever ends the
 * sharing (a button here, the browser's own bar, the room), the laptop leaves the call and its tracks stop. Draws nothing.
 */
import type { CallClient } from '#call/call-client.ts';
import { Observable } from '#call/observable.ts';
import { type ErrorCode, toMaruError } from '#contract/error-codes.ts';
import type { CallGrant } from '#contract/grants.ts';
import { NoServer } from '#contract/http/answer.ts';
import { roomsApi } from '#contract/http/rooms-api.ts';
import type { View } from '#contract/signaling.ts';
import { callApi } from '#ui/http-client.ts';

export type Problem =
  | { kind: 'error'; code: ErrorCode }
  | {
      kind:
        | 'no-server'
        /** the browser or its person gave no screen */
        | 'refused'
        | 'failed'
        /** the pairing has ended: a code of now is needed */
        | 'over'
        | 'removed'
        | 'meeting-ended';
    };
export type LaptopState =
  | { step: 'code'; isPending: boolean; problem: Problem | null }
  | { step: 'ready'; roomName: string; waitsFor: 'browser' | 'room' | null; problem: Problem | null }
  /** `isBlocked`: the network lets no picture through */
  | { step: 'sharing'; roomName: string; isReconnecting: boolean; isBlocked: boolean };

type Call = Pick<CallClient, 'getSnapshot' | 'subscribe' | 'join' | 'leave' | 'leaveWithPage' | 'setScreen'>;
export type LaptopDependencies = {
  createCall: (requestGrant: () => Promise<CallGrant>) => Call;
  /** as the browser asks it of the person; to be called in a click */
  chooseScreen?: () => Promise<MediaStream>;
};

/** few frames, full size: what is shown is read more than watched */
const fromBrowser = (): Promise<MediaStream> =>
  navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: true });
/** the room gives up its own start before */
const ROOM_AWAITED_MS = 20_000;
const PAIRING_ENDED: ReadonlySet<ErrorCode> = new Set(['pairing-revoked', 'token-invalid', 'forbidden']);

export class Laptop {
  readonly state = new Observable<LaptopState>({ step: 'code', isPending: false, problem: null });
  readonly #call: Call;
  readonly #chooseScreen: () => Promise<MediaStream>;
  /** until the page goes: nobody who opens it later shares by it */
  #paired: { laptopToken: string; roomName: string } | null = null;
  #screen: MediaStream | null = null;
  /** the call's phase is of this screen, not of one before */
  #isJoining = false;
  /** the room has been in */
  #isSeen = false;
  #roomAwaited: ReturnType<typeof setTimeout> | undefined;

  constructor({ createCall, chooseScreen = fromBrowser }: LaptopDependencies) {
    this.#chooseScreen = chooseScreen;
    this.#call = createCall(() => this.#enter());
    this.#call.subscribe(() => this.#followCall());
  }

  /** @param code as typed, whole */
  async pair(code: string): Promise<void> {
    const state = this.state.getSnapshot();
    if (state.step !== 'code' || state.isPending) return;
    this.state.set({ ...state, isPending: true, problem: null });
    try {
      this.#paired = await callApi(roomsApi.pairLaptop, { body: { code } });
      this.#ready(null);
    } catch (error) {
      this.state.set({ step: 'code', isPending: false, problem: problemOf(error) });
    }
  }

  /** To be called in a click: the browser asks for the screen at once. */
  async share(displayName: string): Promise<void> {
    const state = this.state.getSnapshot();
    if (state.step !== 'ready' || state.waitsFor !== null) return;
    this.state.set({ ...state, waitsFor: 'browser', problem: null });
    let screen: MediaStream;
    try {
      screen = await this.#chooseScreen();
    } catch (error) {
      const isRefused = error instanceof DOMException && error.name === 'NotAllowedError';
      this.#ready({ kind: isRefused ? 'refused' : 'failed' });
      return;
    }
    this.#screen = screen;
    this.state.set({ ...state, waitsFor: 'room', problem: null });
    const [video] = screen.getVideoTracks();
    video?.addEventListener('ended', () => this.stop());
    try {
      const grant = await this.#enter();
      if (this.#screen !== screen) return;
      this.#call.setScreen(video ?? null, screen.getAudioTracks()[0] ?? null);
      const nothing: View = { kind: 'exact', tiles: [] };
      const joining = this.#call.join({ displayName, microphone: null, camera: null, view: nothing }, grant);
      this.#isJoining = true;
      this.#roomAwaited = setTimeout(() => this.#leave({ kind: 'error', code: 'room-not-answering' }), ROOM_AWAITED_MS);
      await joining;
    } catch (error) {
      // a failed join is in the call's phase too, and was followed
      if (this.#screen === screen) this.#end(problemOf(error));
    }
  }

  stop(): void {
    this.#leave(null);
  }

  leaveWithPage(): void {
    this.#end(null);
    this.#call.leaveWithPage();
  }

  async #enter(): Promise<CallGrant> {
    const { grant } = await callApi(roomsApi.enterWithLaptop, {
      body: { laptopToken: this.#paired?.laptopToken ?? '' },
    });
    return grant;
  }

  #followCall(): void {
    if (!this.#screen) return;
    const { phase, local, blocked, participants } = this.#call.getSnapshot();
    const isOver = phase.name === 'ended' || phase.name === 'failed';
    if (isOver && !this.#isJoining) return;
    if (phase.name === 'ended') this.#end({ kind: phase.reason === 'removed' ? 'removed' : 'meeting-ended' });
    else if (phase.name === 'failed')
      this.#end(phase.code === 'removed-from-call' ? { kind: 'removed' } : { kind: 'error', code: phase.code });
    if (phase.name !== 'joined' || !this.#paired) return;
    if (!local.sharesScreen) {
      // the node refused the track for good
      this.#leave({ kind: 'failed' });
      return;
    }
    // two laptops alone in the call would keep each other there
    if (!participants.some(({ peerKind }) => peerKind === 'room')) {
      if (this.#isSeen) this.#leave({ kind: 'meeting-ended' });
      return;
    }
    this.#isSeen = true;
    clearTimeout(this.#roomAwaited);
    this.state.set({
      step: 'sharing',
      roomName: this.#paired.roomName,
      isReconnecting: phase.connection === 'reconnecting',
      isBlocked: blocked !== null,
    });
  }

  #leave(problem: Problem | null): void {
    this.#end(problem);
    this.#call.leave();
  }

  /** Twice is harmless: the first one's reason stays. */
  #end(problem: Problem | null): void {
    if (!this.#screen) return;
    for (const track of this.#screen.getTracks()) track.stop();
    this.#screen = null;
    this.#isJoining = false;
    this.#isSeen = false;
    clearTimeout(this.#roomAwaited);
    this.#call.setScreen(null);
    this.#ready(problem);
  }

  #ready(problem: Problem | null): void {
    const needsCode = problem?.kind === 'over' || problem?.kind === 'removed';
    if (needsCode) this.#paired = null;
    if (this.#paired) this.state.set({ step: 'ready', roomName: this.#paired.roomName, waitsFor: null, problem });
    else this.state.set({ step: 'code', isPending: false, problem });
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof NoServer) return { kind: 'no-server' };
  const { code } = toMaruError(error);
  return PAIRING_ENDED.has(code) ? { kind: 'over' } : { kind: 'error', code };
}
