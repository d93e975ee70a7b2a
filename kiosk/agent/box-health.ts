/**
 * What is wrong with the box at the moment: the store and each part of the agent report a fault or that they are well,
 * and from that follow the room's notices and the events for IT.
 */
import type { ErrorCode } from '#contract/error-codes.ts';
import type { RoomDevice } from '#contract/room-events.ts';
import type { RoomNotice } from '#contract/room-state.ts';
import type { RoomEventDraft } from './room-event-outbox.ts';

const NOTICE_OF: Record<string, RoomNotice> = {
  storage: 'storage-failing',
  speakerphone: 'speakerphone-faulty',
  tv: 'tv-faulty',
  calendar: 'calendar-faulty',
};
/** One of these has its own remedy. */
const noticeOf = (part: string, code: ErrorCode): RoomNotice =>
  part === 'speakerphone' && code === 'device-unsupported'
    ? 'speakerphone-unsupported'
    : (NOTICE_OF[part] ?? 'part-failing');

export type BoxHealthOptions = {
  onNotices: (notices: readonly RoomNotice[]) => void;
  onEvent: (draft: RoomEventDraft) => void;
};

export class BoxHealth {
  readonly #options: BoxHealthOptions;
  readonly #faults = new Map<string, ErrorCode>();
  readonly #notices = new Map<string, readonly RoomNotice[]>();
  #reported = '';

  constructor(options: BoxHealthOptions) {
    this.#options = options;
  }

  /** @param code null: it is well */
  report(part: string, code: ErrorCode | null): void {
    const before = this.#faults.get(part) ?? null;
    if (before === code) return;
    if (code === null) this.#faults.delete(part);
    else this.#faults.set(part, code);
    // an open word: a fleet that does not know the part reads it as unknown
    const device = part as RoomDevice;
    this.#options.onEvent(code === null ? { name: 'device-mended', device } : { name: 'device-faulty', device, code });
    this.#update();
  }

  /** All notices of a part that records its events itself. */
  reportNotices(part: string, notices: readonly RoomNotice[]): void {
    this.#notices.set(part, notices);
    this.#update();
  }

  #update(): void {
    const ofFaults = [...this.#faults].map(([part, code]) => noticeOf(part, code));
    const notices = [...new Set([...ofFaults, ...[...this.#notices.values()].flat()])];
    const text = JSON.stringify(notices);
    if (text === this.#reported) return;
    this.#reported = text;
    this.#options.onNotices(notices);
  }
}
