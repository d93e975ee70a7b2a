/**
 * Which of the people who wait have their page open. A page that is gone for LEASE_MS is listed no more, and is back in its place when it
 * returns. Held in memory by a clock that only goes forward, and saved now and then for the next start.
 */
import type { AuthorityStore } from '../store/index.ts';

export const LEASE_MS = 60_000;
const TICK_MS = 1_000;
/** well below LEASE_MS */
const SAVE_INTERVAL_MS = 20_000;

/** Whom a limit counts together. `isKnown`: an account, a room or a named invite, which no flood of others may keep out. */
export type Waiter = {
  ticketId: string;
  meetingId: string;
  inviteId: string | null;
  network: string;
  isKnown: boolean;
};
type Lease = Waiter & { seenAtMs: number /** one of each that follows */; pages: Set<symbol>; isSaved: boolean };

export type TicketLeasesDependencies = {
  store: AuthorityStore;
  /** another set of people is there */
  onChanged: (meetingId: string) => void;
  onFailed: (error: unknown) => void;
  nowMs?: () => number;
};

export class TicketLeases {
  readonly #deps: TicketLeasesDependencies;
  readonly #nowMs: () => number;
  /** by meeting, then by ticket */
  readonly #meetings = new Map<string, Map<string, Lease>>();
  #timer: NodeJS.Timeout | undefined;
  #savedAtMs = 0;

  constructor(deps: TicketLeasesDependencies) {
    this.#deps = deps;
    this.#nowMs = deps.nowMs ?? (() => performance.now());
  }

  /** Those who waited when we ended are there for as long as a page needs to come back. */
  async start(): Promise<void> {
    const rows = await this.#deps.store.read
      .selectFrom('ticket')
      .leftJoin('invite', 'invite.inviteId', 'ticket.inviteId')
      .select([
        'ticketId',
        'ticket.meetingId',
        'ticket.inviteId',
        'ticket.network',
        'ticket.accountId',
        'ticket.person',
      ])
      .select('invite.displayName as invitedName')
      .where('ticket.state', '=', 'waiting')
      .where('ticket.seenAtMs', '>', Date.now() - LEASE_MS - SAVE_INTERVAL_MS)
      .execute();
    for (const { invitedName, accountId, person, ...row } of rows)
      this.touch({ ...row, isKnown: accountId !== null || invitedName !== null || person.startsWith('room:') });
    this.#timer = setInterval(() => this.tick(), TICK_MS);
    this.#timer.unref();
  }
  stop(): void {
    clearInterval(this.#timer);
  }

  hasAny(meetingId: string): boolean {
    return (this.#meetings.get(meetingId)?.size ?? 0) > 0;
  }
  isThere(ticket: Pick<Waiter, 'ticketId' | 'meetingId'>): boolean {
    return this.#leaseOf(ticket) !== undefined;
  }
  of(meetingId: string): readonly Waiter[] {
    return [...(this.#meetings.get(meetingId)?.values() ?? [])];
  }
  get meetingIds(): string[] {
    return [...this.#meetings.keys()];
  }

  /** Its page has asked something. */
  touch(waiter: Waiter): void {
    const leases = this.#meetings.get(waiter.meetingId) ?? new Map<string, Lease>();
    this.#meetings.set(waiter.meetingId, leases);
    const former = leases.get(waiter.ticketId);
    leases.set(waiter.ticketId, {
      ...waiter,
      seenAtMs: this.#nowMs(),
      pages: former?.pages ?? new Set(),
      isSaved: false,
    });
    if (!former) this.#deps.onChanged(waiter.meetingId);
  }

  /** While its page follows. @returns ends it */
  hold(waiter: Waiter): () => void {
    this.touch(waiter);
    const page = Symbol(waiter.ticketId);
    this.#leaseOf(waiter)?.pages.add(page);
    return () => {
      const lease = this.#leaseOf(waiter);
      if (lease?.pages.delete(page)) Object.assign(lease, { seenAtMs: this.#nowMs(), isSaved: false });
    };
  }

  /** It waits no more. */
  end(meetingId: string, ticketId: string): void {
    const leases = this.#meetings.get(meetingId);
    if (!leases?.delete(ticketId)) return;
    if (leases.size === 0) this.#meetings.delete(meetingId);
    this.#deps.onChanged(meetingId);
  }

  tick(): void {
    const nowMs = this.#nowMs();
    for (const lease of this.#all())
      if (lease.pages.size > 0) lease.seenAtMs = nowMs;
      else if (nowMs - lease.seenAtMs >= LEASE_MS) this.end(lease.meetingId, lease.ticketId);
    if (nowMs - this.#savedAtMs < SAVE_INTERVAL_MS) return;
    this.#savedAtMs = nowMs;
    const leases = this.#all().filter(({ pages, isSaved }) => pages.size > 0 || !isSaved);
    for (const lease of leases) lease.isSaved = true;
    if (leases.length === 0) return;
    void this.#save(leases, nowMs).catch((error: unknown) => {
      for (const lease of leases) lease.isSaved = false;
      this.#deps.onFailed(error);
    });
  }

  async #save(leases: readonly Lease[], nowMs: number): Promise<void> {
    const seen = leases.map(({ ticketId, seenAtMs }) => ({ ticketId, seenAtMs: Date.now() - (nowMs - seenAtMs) }));
    await this.#deps.store.write(async (trx) => {
      for (const { ticketId, seenAtMs } of seen)
        await trx.updateTable('ticket').set({ seenAtMs }).where('ticketId', '=', ticketId).execute();
    });
  }

  #leaseOf({ meetingId, ticketId }: Pick<Waiter, 'ticketId' | 'meetingId'>): Lease | undefined {
    return this.#meetings.get(meetingId)?.get(ticketId);
  }

  #all(): Lease[] {
    return [...this.#meetings.values()].flatMap((leases) => [...leases.values()]);
  }
}
