/**
 * What is wrong with the box at the moment: who owns a part tells its fault or that it is well, and from that follow the
 * room's notices and the events for IT. Calendar and devices tell their own events; here they are notices alone.
 */
import type { ErrorCode } from '#contract/error-codes.ts';
import type { RoomNotice } from '#contract/room-state.ts';
import type { RoomEventDraft } from './room-event-outbox.ts';

const NOTICE_OF = {
  storage: 'storage-failing',
  speakerphone: 'speakerphone-faulty',
  tv: 'tv-faulty',
} as const satisfies Record<string, RoomNotice>;
/** One of these has its own remedy. */
const noticeOf = (part: WatchedPart, code: ErrorCode): RoomNotice =>
  part === 'speakerphone' && code === 'device-unsupported' ? 'speakerphone-unsupported' : NOTICE_OF[part];
export type WatchedPart = keyof typeof NOTICE_OF;

export type PeripheralHealthOptions = {
  onNotices: (notices: readonly RoomNotice[]) => void;
  onEvent: (draft: RoomEventDraft) => void;
};

export class PeripheralHealth {
  readonly #options: PeripheralHealthOptions;
  readonly #faults = new Map<WatchedPart, ErrorCode>();
  #others: readonly RoomNotice[] = [];
  #told = '';

  constructor(options: PeripheralHealthOptions) {
    this.#options = options;
  }

  /** @param code null: it is well */
  report(part: WatchedPart, code: ErrorCode | null): void {
    const before = this.#faults.get(part) ?? null;
    if (before === code) return;
    if (code === null) this.#faults.delete(part);
    else this.#faults.set(part, code);
    this.#options.onEvent(
      code === null ? { name: 'device-mended', device: part } : { name: 'device-faulty', device: part, code },
    );
    this.#update();
  }

  /** Notices of parts that tell their events themselves. */
  reportOthers(notices: readonly RoomNotice[]): void {
    this.#others = notices;
    this.#update();
  }

  #update(): void {
    const notices = [...[...this.#faults].map(([part, code]) => noticeOf(part, code)), ...this.#others];
    const text = JSON.stringify(notices);
    if (text === this.#told) return;
    this.#told = text;
    this.#options.onNotices(notices);
  }
}
