/** One step of the agenda as it comes about: each method does one thing to one booking and says so once. */
import type {
  AgendaEffect,
  AgendaRules,
  AgendaState,
  AgendaWrite,
  BookingEvent,
  CheckInBy,
  AgendaTime,
  PlannedBooking,
  ReleasedBecause,
} from './agenda-state.ts';
import { bookingsOf, type BookingNow } from './agenda-state.ts';
import type { RememberedBooking } from './agenda-memory.ts';

/** More days than a reading reaches, of a busy room. */
const MAX_REMEMBERED = 200;
const MAX_ENDS = 20;
const MINUTE_MS = 60_000;

export class AgendaDraft {
  state: AgendaState;
  readonly effects: AgendaEffect[] = [];
  readonly moment: AgendaTime;
  readonly rules: AgendaRules;

  constructor(state: AgendaState, moment: AgendaTime, rules: AgendaRules) {
    this.state = state;
    this.moment = moment;
    this.rules = rules;
  }

  get nowMs(): number {
    return this.moment.nowMs;
  }
  get bookings(): BookingNow[] {
    return bookingsOf(this.state);
  }

  read(planned: readonly PlannedBooking[]): void {
    const byId = new Map(planned.map((each) => [each.bookingId, each]));
    this.state = {
      ...this.state,
      planned: [...byId.values()].sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs),
    };
    for (const known of this.state.remembered.values()) {
      const now = byId.get(known.bookingId);
      if (!now) continue;
      if (now.startMs !== known.startMs) this.#forget(known);
      else if (!known.ends.includes(now.endMs)) {
        // somebody has changed it in the calendar since: that holds
        this.remember(now.bookingId, { ends: [now.endMs], movedEndMs: null, released: null });
        if (known.released) this.#tell({ name: 'booking-restored', bookingId: now.bookingId });
      }
    }
  }

  checkIn({ bookingId }: BookingNow, by: CheckInBy): void {
    if (this.state.remembered.get(bookingId)?.checkedIn) return;
    this.remember(bookingId, { checkedIn: true });
    this.#tell({ name: 'booking-checked-in', bookingId, by });
  }

  moveEnd({ bookingId }: BookingNow, endMs: number): void {
    this.remember(bookingId, { movedEndMs: endMs });
    this.#write(bookingId, { name: 'move-end', endMs });
    this.#tell({ name: 'booking-moved', bookingId, endMs });
  }

  release(booking: BookingNow, because: ReleasedBecause): void {
    const { bookingId, startMs, endMs, checkedIn } = booking;
    const planned = this.#planned(bookingId);
    // what was used stays in the calendar for as long as it was; what was not is given back whole
    const endedMs = Math.floor(this.nowMs / MINUTE_MS) * MINUTE_MS;
    const wrote = planned.place === null ? null : checkedIn && endedMs > startMs ? 'end' : 'give-back';
    const besides = this.bookings
      .filter((other) => other.bookingId !== bookingId && other.startMs < endMs && other.endMs > startMs)
      .map((other) => other.bookingId)
      .slice(0, 20);
    this.remember(bookingId, { released: { because, endMs, besides, wrote } });
    if (wrote === 'end') this.#write(bookingId, { name: 'move-end', endMs: endedMs });
    if (wrote === 'give-back') {
      this.remember(bookingId, { gaveBack: true });
      this.#write(bookingId, { name: 'give-back' });
    }
    this.#tell({ name: 'booking-released', bookingId, because });
  }

  restore({ bookingId, released }: BookingNow): void {
    if (!released) return;
    this.remember(bookingId, { released: null });
    if (released.wrote === 'end') {
      // until the calendar has it again
      this.remember(bookingId, { movedEndMs: released.endMs });
      this.#write(bookingId, { name: 'move-end', endMs: released.endMs });
    }
    if (released.wrote === 'give-back') this.#write(bookingId, { name: 'take-back' });
    this.#tell({ name: 'booking-restored', bookingId });
  }

  /** Did somebody else take the room since it was given free? */
  isTaken({ bookingId, endMs, released }: BookingNow): boolean {
    return this.bookings.some(
      (other) =>
        other.bookingId !== bookingId &&
        !other.released &&
        !other.isAllDay &&
        other.startMs < endMs &&
        other.endMs > this.nowMs &&
        (other.checkedIn || !released?.besides.includes(other.bookingId)),
    );
  }

  remember(bookingId: string, changes: Partial<RememberedBooking>): void {
    const planned = this.state.planned.find((each) => each.bookingId === bookingId);
    const former = this.state.remembered.get(bookingId);
    if (!planned && !former) return;
    const first = (): RememberedBooking => ({
      bookingId,
      startMs: planned!.startMs,
      ends: [planned!.endMs],
      checkedIn: false,
      movedEndMs: null,
      released: null,
      gaveBack: false,
    });
    const remembered = new Map(this.state.remembered);
    remembered.set(bookingId, { ...(former ?? first()), ...changes });
    if (remembered.size > MAX_REMEMBERED) {
      const oldest = [...remembered.values()].sort((a, b) => a.startMs - b.startMs)[0]!;
      remembered.delete(oldest.bookingId);
    }
    this.state = { ...this.state, remembered };
  }

  #forget({ bookingId, released }: RememberedBooking): void {
    const remembered = new Map(this.state.remembered);
    remembered.delete(bookingId);
    this.state = { ...this.state, remembered };
    if (released) this.#tell({ name: 'booking-restored', bookingId });
  }

  /** What we write ourselves is nobody else's change. */
  #write(bookingId: string, write: AgendaWrite): void {
    if (this.#planned(bookingId).place === null) return;
    const ends = this.state.remembered.get(bookingId)?.ends ?? [];
    if (write.name === 'move-end' && !ends.includes(write.endMs))
      this.remember(bookingId, { ends: [...ends, write.endMs].slice(-MAX_ENDS) });
    this.effects.push({ type: 'write', bookingId, write });
  }

  #planned(bookingId: string): PlannedBooking {
    return this.state.planned.find((each) => each.bookingId === bookingId)!;
  }

  #tell(event: BookingEvent): void {
    this.effects.push({ type: 'tell', event });
  }
}
