/**
 * One person's way by this page, a guest's or a member's: the way in, a knock where one is needed, preparation while they
 * read, the call, and out again. Connects the call with the devices and reports where the person stands; draws nothing.
 */
import { CallClient, type JoinOptions } from '#call/call-client.ts';
import { warmUp } from '#call/rtc-device.ts';
import { Observable } from '#call/observable.ts';
import { type ErrorCode, toMaruError, UserError } from '#contract/error-codes.ts';
import type { CallGrant } from '#contract/grants.ts';
import type { EntryAnswer } from '#contract/http/admission-api.ts';
import type { GuestRecord } from '#contract/http/guest-record-api.ts';
import { TILES_PER_PAGE } from '#contract/limits.ts';
import type { View } from '#contract/signaling.ts';
import type { Knock, TicketState } from '#contract/waiting.ts';
import { followTicket, type TicketChange } from './followed-ticket.ts';
import { SeenDocument } from './seen-document.ts';
import { GuestDevices, type GuestDevicesState } from './guest-devices.ts';
import { type KnownEntry, WayIn } from './way-in.ts';

type Admitted = Extract<EntryAnswer, { kind: 'admitted' }>;
type Heading = Pick<Admitted, 'meetingId' | 'meetingTitle' | 'hostName' | 'displayName'>;
export type EntryState =
  | { name: 'checking' }
  /** trying again by itself */
  | { name: 'unreachable' }
  | { name: 'refused'; code: ErrorCode }
  | ({ name: 'admitted'; admission: Admitted['admission']; agenda: string; recordDays: number | null } & Heading)
  /** the meeting is over: what it left behind; `mayJoin`: its call can be entered again all the same */
  | { name: 'after'; record: GuestRecord; mayJoin: boolean }
  /** who comes in here asks first */
  | ({ name: 'knock' } & Heading)
  /** asked, and not answered yet; `isConnected` false: the line is lost, and the knock waits on at the server */
  | ({ name: 'waiting'; state: TicketState; sinceMs: number; isConnected: boolean } & Heading);

/** Before it is known who is there: as many as a page holds, as large as one alone. */
const firstView = (): View => ({
  kind: 'auto',
  maxTiles: TILES_PER_PAGE,
  tileHeightPx: Math.round(innerHeight * devicePixelRatio),
});

/** Nobody gets in any more: who was in may read what is left. */
const OVER: ReadonlySet<ErrorCode> = new Set(['call-ended', 'invite-expired']);
/** Why it is not shown to a guest who could have read it: these words take the place of the former. */
const NOT_SHOWN: ReadonlySet<ErrorCode> = new Set(['record-not-for-guests', 'guest-record-over']);
const RETRY_MS = 2_000;
const PREPARE_AGAIN_MS = 3_000;

type Given = { microphone: MediaStreamTrack | null; muted: boolean; camera: MediaStreamTrack | null };
const givenOf = ({ microphone, camera }: GuestDevicesState): Given => ({
  microphone: microphone.track,
  muted: microphone.muted,
  camera: camera.track,
});

export class Guest {
  readonly way: WayIn;
  readonly devices = new GuestDevices();
  readonly entry = new Observable<EntryState>({ name: 'checking' });
  /** why there is no way in yet, while it is asked for again by itself */
  readonly waitsFor = new Observable<ErrorCode | null>(null);
  readonly call = new CallClient({
    requestGrant: ({ endedCallId }) => this.#enterPatiently(endedCallId),
    onMuted: () => this.devices.setMuted(true),
    openSocket: (url) => this.way.takeSocket(url) ?? new WebSocket(url),
  });
  readonly document = new SeenDocument({
    call: this.call,
    requestAccess: async () => admittedBy(await this.way.enter(null)).grant.documents,
  });
  #displayName: string | null = null;
  #wasIn = false;
  #firstEntry: Promise<void> = Promise.resolve();
  #preparedAtMs = Number.NEGATIVE_INFINITY;
  /** the tracks that the call was given last */
  #given: Given = { microphone: null, muted: false, camera: null };
  #stopFollowing: (() => void) | null = null;

  constructor(way: WayIn = new WayIn()) {
    this.way = way;
  }

  start(): void {
    warmUp();
    this.#firstEntry = this.#prepareFirst();
    void this.devices.start();
    this.devices.subscribe(this.#followDevices);
    this.document.start();
    for (const sign of ['pointerdown', 'keydown', 'focusin', 'visibilitychange', 'pageshow']) {
      addEventListener(sign, this.#keepPrepared, { passive: true });
    }
    addEventListener('pagehide', () => this.#pageGoes());
    addEventListener('pageshow', ({ persisted }) => {
      if (persisted) this.#pageIsBack();
    });
  }

  #pageGoes(): void {
    const { name } = this.call.getSnapshot().phase;
    this.#wasIn = name === 'joined' || name === 'joining';
    this.call.leaveWithPage();
  }

  /** The browser had kept the page, as for the Back button: a guest who was in the call joins again. */
  #pageIsBack(): void {
    const { name } = this.call.getSnapshot().phase;
    if (this.#wasIn && this.#displayName !== null && name !== 'joined' && name !== 'joining')
      void this.join(this.#displayName);
  }

  /** Resolves in the call. An error is in the call's phase, or in `entry`. */
  async join(displayName: string, grant: CallGrant | null = null): Promise<void> {
    this.#displayName = displayName;
    if (grant === null) await this.#firstEntry;
    if (this.entry.getSnapshot().name === 'refused') return;
    const { microphone, camera } = this.devices.getSnapshot();
    this.#given = givenOf(this.devices.getSnapshot());
    const options: JoinOptions = {
      displayName,
      microphone: microphone.track,
      camera: camera.track,
      cameraWithoutTrack: camera.on || camera.problem ? 'absent' : 'off',
      view: firstView(),
    };
    // the phase has it: `failed` with its code
    await this.call.join(options, grant).catch(() => {});
  }

  /** Resolves once it waits, or is in the call. @throws MaruError the server's refusal */
  async knock(knock: Knock): Promise<void> {
    this.#displayName = knock.displayName;
    const answer = await this.way.knock(knock);
    this.#follow(answer);
    // nobody needs to be asked any more
    if (answer.kind === 'admitted') await this.join(answer.displayName ?? knock.displayName);
  }

  /** The person goes away from the waiting page, or asks once more after a refusal. */
  async stopWaiting(): Promise<void> {
    this.#stopFollowing?.();
    await this.way.stopWaiting().catch(() => {});
    this.entry.set({ name: 'checking' });
    this.#firstEntry = this.#prepareFirst();
  }

  /** From what the meeting left behind into its call, which goes on or begins again. */
  joinAgain(): void {
    this.entry.set({ name: 'checking' });
    void this.devices.wake();
    this.#firstEntry = this.#prepareFirst({ readsFirst: false });
  }

  async #prepareFirst({ readsFirst } = { readsFirst: true }): Promise<void> {
    for (;;) {
      try {
        const answer = await this.way.enter(null);
        const isOver = readsFirst && answer.kind !== 'waiting' && answer.isAfter === true;
        if (isOver && (await this.#showRecord(true)) === 'shown') return;
        this.#follow(answer);
        if (answer.kind !== 'admitted') return;
        this.#preparedAtMs = performance.now();
        // a node that cannot be reached now is tried again by Join
        void this.call.prepare(answer.grant, firstView()).catch(() => {});
        return;
      } catch (error) {
        const { code, kind } = toMaruError(error);
        if (kind !== 'operational') {
          const instead = this.way.kind === 'invite' && OVER.has(code) ? await this.#showRecord(false) : code;
          if (instead !== 'shown') this.entry.set({ name: 'refused', code: NOT_SHOWN.has(instead) ? instead : code });
          return;
        }
        this.entry.set({ name: 'unreachable' });
        this.waitsFor.set(code === 'call-unreachable' ? code : null);
        await pause(RETRY_MS);
      }
    }
  }

  /** @returns why it is not shown */
  async #showRecord(mayJoin: boolean): Promise<'shown' | ErrorCode> {
    try {
      const record = await this.way.readRecord();
      this.devices.rest();
      this.entry.set({ name: 'after', record, mayJoin });
      return 'shown';
    } catch (error) {
      return toMaruError(error).code;
    }
  }

  /** Where the person stands by an answer of the server. */
  #follow(answer: KnownEntry): void {
    this.#stopFollowing?.();
    this.#stopFollowing = null;
    this.waitsFor.set(null);
    const { meetingId, meetingTitle, hostName, displayName } = answer;
    const heading: Heading = { meetingId, meetingTitle, hostName, displayName };
    if (answer.kind === 'admitted') {
      const { admission, agenda = '', recordDays = null } = answer;
      this.entry.set({ name: 'admitted', ...heading, admission, agenda, recordDays });
    } else if (answer.kind === 'knock') this.entry.set({ name: 'knock', ...heading });
    else this.#wait(heading, answer);
  }

  #wait(heading: Heading, { ticket, state }: Extract<KnownEntry, { kind: 'waiting' }>): void {
    this.#displayName = heading.displayName ?? this.#displayName;
    this.entry.set({ name: 'waiting', ...heading, state, sinceMs: Date.now(), isConnected: true });
    const set = (change: Partial<TicketChange> & { isConnected?: boolean }): void => {
      const entry = this.entry.getSnapshot();
      if (entry.name === 'waiting') this.entry.set({ ...entry, ...change });
    };
    this.#stopFollowing = followTicket(ticket, {
      onChange: (change) => {
        set(change);
        if (change.state === 'admitted') void this.#enterAdmitted();
      },
      onConnected: (isConnected) => set({ isConnected }),
      // it has forgotten us: ask anew
      onRefused: () => {
        this.way.forgetTicket();
        this.#firstEntry = this.#prepareFirst();
      },
    });
  }

  /** Somebody let this person in: they are in the call without another tap. */
  async #enterAdmitted(): Promise<void> {
    this.#stopFollowing?.();
    this.#stopFollowing = null;
    for (;;) {
      try {
        const answer = await this.way.enter(null);
        this.#follow(answer);
        if (answer.kind === 'admitted') await this.join(answer.displayName ?? this.#displayName ?? '', answer.grant);
        return;
      } catch (error) {
        const { code, kind } = toMaruError(error);
        if (kind !== 'operational') {
          this.entry.set({ name: 'refused', code });
          return;
        }
        await pause(RETRY_MS);
      }
    }
  }

  /** Asks until the call can be reached or is given up, as long as somebody waits for it. */
  async #enterPatiently(endedCallId: string | null): Promise<CallGrant> {
    for (;;) {
      try {
        return await this.#enter(endedCallId);
      } catch (error) {
        const { code } = toMaruError(error);
        const { name } = this.call.getSnapshot().phase;
        if (code !== 'call-unreachable' || (name !== 'joining' && name !== 'joined')) {
          this.waitsFor.set(null);
          throw error;
        }
        this.waitsFor.set(code);
        await pause(RETRY_MS);
      }
    }
  }

  /** @throws UserError not-admitted: the person has to ask first, or waits */
  async #enter(endedCallId: string | null): Promise<CallGrant> {
    const answer = await this.way.enter(endedCallId);
    this.#follow(answer);
    return admittedBy(answer).grant;
  }

  /** The node closes a prepared place after half a minute unused: any sign of life prepares again. */
  readonly #keepPrepared = (): void => {
    const idle = this.call.getSnapshot().phase.name === 'idle' && this.entry.getSnapshot().name === 'admitted';
    const due = performance.now() - this.#preparedAtMs > PREPARE_AGAIN_MS;
    if (!idle || !due || document.visibilityState === 'hidden') return;
    this.#preparedAtMs = performance.now();
    this.#firstEntry = this.#enter(null).then(
      (grant) => {
        if (this.call.getSnapshot().phase.name === 'idle') void this.call.prepare(grant, firstView()).catch(() => {});
      },
      () => {},
    );
  };

  readonly #followDevices = (): void => {
    const { name } = this.call.getSnapshot().phase;
    if (name !== 'joined' && name !== 'joining') return;
    const { microphone, camera } = this.devices.getSnapshot();
    const before = this.#given;
    this.#given = givenOf(this.devices.getSnapshot());
    if (microphone.track !== before.microphone || microphone.muted !== before.muted)
      this.call.setMicrophone(microphone.track);
    if (camera.track !== before.camera) this.call.setCamera(camera.track, camera.problem ? 'absent' : 'off');
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function admittedBy(answer: KnownEntry): Admitted {
  if (answer.kind !== 'admitted') throw new UserError('not-admitted');
  return answer;
}
