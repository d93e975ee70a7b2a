/**
 * A phone's access to documents, sent after its welcome, again when its room enters or leaves a call, when the meeting's policy
 * changes, and long before it expires. A call decides which meeting's documents they are.
 */
import type { DocumentAccess } from '#contract/grants.ts';
import type { RoomPhase } from '#contract/room-state.ts';

const RENEWED_AFTER_MS = 6 * 3_600_000;
/** where the store could not be read */
const RETRY_MS = 5_000;

export type DocumentAccessFeedOptions = {
  /** of the meeting of that call, null: of the room's own meeting; answers null where there is none */
  of: (callId: string | null) => Promise<DocumentAccess | null>;
  send: (access: DocumentAccess | null) => void;
  onFailed: (error: unknown) => void;
};

export class DocumentAccessFeed {
  readonly #options: DocumentAccessFeedOptions;
  /** undefined: nothing was asked for yet */
  #callId: string | null | undefined;
  /** whose access was sent last */
  #meetingId: string | null = null;
  /** meetings whose policy has changed since access was asked for; null: none is asked for */
  #changedMeanwhile: Set<string> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #asked = 0;

  constructor(options: DocumentAccessFeedOptions) {
    this.#options = options;
  }

  /** @param phase undefined: the room has reported none */
  roomIs(phase: RoomPhase | undefined): void {
    const callId = phase?.name === 'in-call' ? phase.callId : null;
    if (callId === this.#callId) return;
    this.#callId = callId;
    this.#fetch();
  }

  policyChanged(meetingId: string): void {
    if (meetingId === this.#meetingId) this.#fetch();
    else this.#changedMeanwhile?.add(meetingId);
  }

  stop(): void {
    this.#asked += 1;
    clearTimeout(this.#timer);
  }

  #fetchIn(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fetch(), delayMs);
    this.#timer.unref();
  }

  #fetch(): void {
    this.#fetchIn(RENEWED_AFTER_MS);
    this.#asked += 1;
    const asked = this.#asked;
    const changed = new Set<string>();
    this.#changedMeanwhile = changed;
    this.#options.of(this.#callId ?? null).then(
      // the room is elsewhere meanwhile, or the phone has left
      (access) => {
        if (asked !== this.#asked) return;
        this.#changedMeanwhile = null;
        this.#meetingId = access?.meetingId ?? null;
        // it may be of the former policy
        if (this.#meetingId !== null && changed.has(this.#meetingId)) this.#fetch();
        else this.#options.send(access);
      },
      (error) => {
        this.#options.onFailed(error);
        if (asked === this.#asked) this.#fetchIn(RETRY_MS);
      },
    );
  }
}
