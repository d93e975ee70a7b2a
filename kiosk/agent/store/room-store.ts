/**
 * What the room remembers over restarts: events for the fleet, LAN pairings, kept values. Memory is what everyone reads;
 * the file follows in the same turn. While the disk fails the room goes on in memory, says so, and writes all of it
 * when the disk is back.
 */
import type { Logger } from 'pino';
import { toMaruError } from '#contract/error-codes.ts';
import { retryAfterMs } from '#contract/retry-after.ts';
import { RoomDatabase, type Statement } from './room-database.ts';
import { eventRow, LAST_SEQUENCE, type LanPairing, pairingRow, readRows, valueRow, type WaitingEvent } from './rows.ts';

export type RoomStorageState = 'working' | 'failing';
export type RoomStoreOptions = {
  path: string;
  logger: Logger;
  /** after each change; at the start only where it is `failing` */
  onStorage: (state: RoomStorageState) => void;
  /** the file could not be read and what it held is gone; its remains are at `damagedPath` */
  onDamaged: (damagedPath: string) => void;
};

const PAUSES = { firstMs: 1_000, longestMs: 60_000 };

export class RoomStore {
  readonly #options: RoomStoreOptions;
  readonly #database: RoomDatabase;
  readonly #values = new Map<string, string>();
  readonly #pairings = new Map<string, LanPairing>();
  /** by event id, in the order of their sequence */
  #events = new Map<string, WaitingEvent>();
  /** the last word for each row that is not on disk yet: no more of them than is held */
  readonly #unwritten = new Map<string, Statement>();
  #lastSequence = 0;
  #isLoaded = false;
  #state: RoomStorageState = 'working';
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #isStopped = true;

  constructor(options: RoomStoreOptions) {
    this.#options = options;
    this.#database = new RoomDatabase({ path: options.path });
  }

  get state(): RoomStorageState {
    return this.#state;
  }

  /** Never throws: without a disk it begins empty, in memory, and takes in what the file has once it can be read. */
  start(): void {
    this.#isStopped = false;
    this.#flush();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    if (this.#unwritten.size > 0) this.#flush();
    this.#database.close();
  }

  value(key: string): string | null {
    return this.#values.get(key) ?? null;
  }

  /** null forgets it. */
  keep(key: string, value: string | null): void {
    if (value === this.value(key)) return;
    if (value === null) this.#values.delete(key);
    else this.#values.set(key, value);
    this.#write(valueRow(key, value));
  }

  get pairings(): readonly LanPairing[] {
    return [...this.#pairings.values()];
  }

  keepPairing(pairing: LanPairing): void {
    this.#pairings.set(pairing.pairingId, pairing);
    this.#write(pairingRow(pairing.pairingId, pairing));
  }

  forgetPairing(pairingId: string): void {
    if (this.#pairings.delete(pairingId)) this.#write(pairingRow(pairingId, null));
  }

  get eventCount(): number {
    return this.#events.size;
  }

  /** The oldest first. */
  events(): Iterable<WaitingEvent> {
    return this.#events.values();
  }

  /**
   * @param kept a value that is on disk with the event, or neither of them
   * @returns its number: one more than the one before, also over restarts
   */
  addEvent(eventId: string, text: string, kept: Readonly<Record<string, string>> = {}): number {
    this.#lastSequence += 1;
    const event = { sequence: this.#lastSequence, eventId, text };
    this.#events.set(eventId, event);
    for (const [key, value] of Object.entries(kept)) this.#values.set(key, value);
    this.#write(
      eventRow(event.sequence, event),
      valueRow(LAST_SEQUENCE, String(event.sequence)),
      ...Object.entries(kept).map(([key, value]) => valueRow(key, value)),
    );
    return event.sequence;
  }

  /** Those that are not there are no error. */
  removeEvents(eventIds: readonly string[]): void {
    const gone = eventIds.flatMap((eventId) => this.#events.get(eventId) ?? []);
    for (const { eventId } of gone) this.#events.delete(eventId);
    this.#write(...gone.map(({ sequence }) => eventRow(sequence, null)));
  }

  #write(...rows: [key: string, statement: Statement][]): void {
    for (const [key, statement] of rows) this.#unwritten.set(key, statement);
    // while it fails the timer alone tries: a disk that hangs is not asked at each word
    if (this.#state === 'working' && this.#unwritten.size > 0) this.#flush();
  }

  #flush(): void {
    try {
      const damagedPath = this.#database.isOpen ? null : this.#database.open().damagedPath;
      if (!this.#isLoaded) this.#load();
      else if (damagedPath !== null) this.#writeAll();
      this.#database.write(this.#unwritten.values());
      this.#unwritten.clear();
      this.#working();
      if (damagedPath !== null) this.#damaged(damagedPath);
    } catch (error) {
      // the next try opens it again, looks at the whole file, and puts a damaged one aside
      this.#database.close();
      this.#failing(error);
    }
  }

  #damaged(damagedPath: string): void {
    this.#options.logger.error({ damagedPath }, 'store: the file was damaged, another is begun');
    this.#options.onDamaged(damagedPath);
  }

  /** The file broke while we ran: memory is whole, nothing is lost. */
  #writeAll(): void {
    const rows = [
      ...[...this.#values].map(([key, value]) => valueRow(key, value)),
      ...[...this.#pairings.values()].map((pairing) => pairingRow(pairing.pairingId, pairing)),
      ...[...this.#events.values()].map((event) => eventRow(event.sequence, event)),
      valueRow(LAST_SEQUENCE, String(this.#lastSequence)),
    ];
    for (const [key, statement] of rows) this.#unwritten.set(key, statement);
  }

  /** Where the disk was not there at first: what was said meanwhile stands, its events come after those of the file. */
  #load(): void {
    const { values, pairings, events } = readRows(this.#database);
    const since = [...this.#events.values()];
    let lastOfFile = 0;
    for (const { key, value } of values) {
      if (key === LAST_SEQUENCE) lastOfFile = Number(value) || 0;
      else if (!this.#unwritten.has(valueRow(key, null)[0])) this.#values.set(key, value);
    }
    for (const pairing of pairings) {
      if (!this.#unwritten.has(pairingRow(pairing.pairingId, null)[0])) this.#pairings.set(pairing.pairingId, pairing);
    }
    for (const key of [...this.#unwritten.keys()]) if (key.startsWith('event ')) this.#unwritten.delete(key);
    this.#events = new Map(events.map((event) => [event.eventId, event]));
    this.#lastSequence = Math.max(lastOfFile, since[0] === undefined ? this.#lastSequence : since[0].sequence - 1);
    for (const event of since) {
      this.#lastSequence += 1;
      const renumbered = { ...event, sequence: this.#lastSequence };
      this.#events.set(event.eventId, renumbered);
      this.#unwritten.set(...eventRow(renumbered.sequence, renumbered));
    }
    if (this.#lastSequence > lastOfFile) this.#unwritten.set(...valueRow(LAST_SEQUENCE, String(this.#lastSequence)));
    this.#isLoaded = true;
  }

  #failing(error: unknown): void {
    const { code, message } = toMaruError(error);
    if (!this.#isStopped) {
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => this.#flush(), retryAfterMs(this.#failures, PAUSES));
      this.#failures += 1;
    }
    if (this.#state === 'failing') return;
    this.#state = 'failing';
    this.#options.logger.error({ code, reason: message }, 'store: the disk fails, going on in memory');
    this.#options.onStorage('failing');
  }

  #working(): void {
    this.#failures = 0;
    if (this.#state === 'working') return;
    this.#state = 'working';
    this.#options.logger.info('store: the disk is back, everything is written');
    this.#options.onStorage('working');
  }
}
