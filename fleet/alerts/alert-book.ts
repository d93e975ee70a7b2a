/**
 * The alerts of the fleet: one that is open for each signal and room or place, in memory and in the store. Whoever watches
 * brings what is raised; the book opens, changes and closes what differs, so that a write that failed is made up for
 * by the next one, and a restart opens nothing again. Who is notified is decided in the same transaction (`onChangedIn`).
 */
import type { Selectable } from 'kysely';
import { ProtocolError } from '#contract/error-codes.ts';
import { signalOf, type SignalName } from '#contract/signals.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import { appendAudit } from '../audit/index.ts';
import { type AuthorityStore, type AuthorityTables, type AuthorityWrite, newId } from '../store/index.ts';

type AlertFacts = Record<string, string | number | null>;
/** `facts` as JSON */
export type StoredAlert = Selectable<AuthorityTables['alert']>;
/** A room, a place as a whole, or the organisation (OF_ORGANISATION). */
export type AlertSubject = { roomId: string; placeId: null } | { roomId: null; placeId: string | null };
/** `sinceMs`: since when its cause lasts, by the fleet's clock. */
export type Raised = { facts: AlertFacts; sinceMs: number };
/** All that is raised for a subject, of the signals that the watch decides. */
export type WatchedSubject = { subject: AlertSubject; raised: ReadonlyMap<SignalName, Raised> };

export type AlertChange = {
  /** `released`: nothing explains it any more */
  kind: 'opened' | 'changed' | 'inhibited' | 'released' | 'acknowledged' | 'unacknowledged' | 'closed';
  alert: StoredAlert;
};
/** Within the transaction of the changes: what it throws undoes them. */
type ChangedIn = (trx: AuthorityWrite, changes: readonly AlertChange[]) => Promise<void>;

export type AlertBookDependencies = {
  store: AuthorityStore;
  clock: Pick<WallClock, 'nowMs'>;
  /** the place of a room and those above it, the nearest first */
  placesOf: (roomId: string) => readonly string[];
};

/** Signals that others raise and clear by name. */
const BY_NAME: ReadonlySet<SignalName> = new Set([
  'help-called',
  'rollout-halted',
  'feed-refused',
  'audit-broken',
  'node-clock-off',
  'erasures-unreadable',
]);
/** of those that are closed */
const KEPT_MS = 400 * 86_400_000;

export class AlertBook {
  readonly #deps: AlertBookDependencies;
  /** by subject, then by signal */
  #open = new Map<string, Map<SignalName, StoredAlert>>();
  readonly #changedIn: ChangedIn[] = [];
  readonly #handlers: ((changes: readonly AlertChange[]) => void)[] = [];
  /** one change after the other: each is worked out from what the former left */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: AlertBookDependencies) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const open = await this.#deps.store.read.selectFrom('alert').selectAll().where('closedAtMs', 'is', null).execute();
    for (const alert of open) put(this.#open, alert);
  }

  get all(): readonly StoredAlert[] {
    return [...this.#open.values()].flatMap((alerts) => [...alerts.values()]);
  }
  openOf(subject: AlertSubject): ReadonlyMap<SignalName, StoredAlert> {
    return this.#open.get(keyOf(subject)) ?? NONE;
  }
  openCountOf(roomId: string): number {
    return this.openOf(ofRoom(roomId)).size;
  }

  /** Who notifies writes down here what is to be sent. */
  onChangedIn(handler: ChangedIn): void {
    this.#changedIn.push(handler);
  }
  /** After the commit. */
  onChanged(handler: (changes: readonly AlertChange[]) => void): void {
    this.#handlers.push(handler);
  }

  /** From here on what is open for these subjects is what is raised there. */
  settle(watched: readonly WatchedSubject[]): Promise<void> {
    return this.#change(async (draft) => {
      for (const { subject, raised } of watched) {
        const open = draft.openOf(subject);
        for (const [signal, alert] of open) if (!BY_NAME.has(signal) && !raised.has(signal)) draft.close(alert);
        for (const [signal, { facts, sinceMs }] of raised) draft.open(signal, subject, facts, sinceMs);
      }
    });
  }

  /** Where it is open already its facts are these. `within`: what belongs to it, in the same transaction. */
  raise(
    signal: SignalName,
    subject: AlertSubject,
    facts: AlertFacts,
    within?: (trx: AuthorityWrite) => Promise<void>,
  ): Promise<void> {
    return this.#change(async (draft, trx) => {
      await within?.(trx);
      draft.open(signal, subject, facts, this.#deps.clock.nowMs());
    });
  }

  /** Nothing where it is not open. */
  clear(signal: SignalName, subject: AlertSubject, within?: (trx: AuthorityWrite) => Promise<void>): Promise<void> {
    return this.#change(async (draft, trx) => {
      await within?.(trx);
      const alert = draft.openOf(subject).get(signal);
      if (alert) draft.close(alert);
    });
  }

  /** The subject is no more. */
  closeAllOf(subject: AlertSubject): Promise<void> {
    return this.#change(async (draft) => {
      for (const alert of draft.openOf(subject).values()) draft.close(alert);
    });
  }

  /** Again by somebody else: it is theirs from then on. @throws ProtocolError not-found: not open */
  async acknowledge(alertId: string, actor: string, note: string): Promise<StoredAlert> {
    const acknowledged = { acknowledgedBy: actor, acknowledgedAtMs: this.#deps.clock.nowMs(), acknowledgedNote: note };
    return this.#amend(alertId, 'acknowledged', actor, acknowledged);
  }
  /** @throws ProtocolError not-found: not open */
  async takeAcknowledgementBack(alertId: string, actor: string): Promise<StoredAlert> {
    const none = { acknowledgedBy: null, acknowledgedAtMs: null, acknowledgedNote: null };
    return this.#amend(alertId, 'unacknowledged', actor, none);
  }

  /** Closed ones that nobody needs any more. */
  async forgetOld(): Promise<void> {
    const before = this.#deps.clock.nowMs() - KEPT_MS;
    await this.#deps.store.write((trx) => trx.deleteFrom('alert').where('closedAtMs', '<', before).execute());
  }

  async #amend(
    alertId: string,
    kind: 'acknowledged' | 'unacknowledged',
    actor: string,
    fields: Partial<StoredAlert>,
  ): Promise<StoredAlert> {
    let amended: StoredAlert | null = null;
    await this.#change(async (draft, trx) => {
      const alert = draft.byId(alertId);
      if (!alert) throw new ProtocolError('not-found', 'no such open alert');
      amended = { ...alert, ...fields };
      draft.change(kind, amended);
      const details = {
        signal: alert.signal,
        is: kind === 'acknowledged' ? 1 : 0,
        note: fields.acknowledgedNote ?? '',
      };
      await appendAudit(trx, { kind: 'alert-acknowledged', actor, subject: subjectKey(alert), details });
    });
    return amended!;
  }

  #change(work: (draft: Draft, trx: AuthorityWrite) => Promise<void>): Promise<void> {
    const done = this.#turn.then(() => this.#write(work));
    this.#turn = done.catch(() => {});
    return done;
  }

  async #write(work: (draft: Draft, trx: AuthorityWrite) => Promise<void>): Promise<void> {
    const { store, clock, placesOf } = this.#deps;
    const draft = await store.write(async (trx) => {
      const made = new Draft(this.#open, clock.nowMs());
      await work(made, trx);
      made.explain(placesOf);
      for (const { kind, alert } of made.changes) {
        if (kind === 'opened') await trx.insertInto('alert').values(alert).execute();
        else await trx.updateTable('alert').set(alert).where('alertId', '=', alert.alertId).execute();
        if (kind === 'opened' || kind === 'closed')
          await appendAudit(trx, {
            kind: kind === 'opened' ? 'alert-opened' : 'alert-closed',
            actor: 'fleet',
            subject: subjectKey(alert),
            details: { signal: alert.signal },
          });
      }
      if (made.changes.length > 0) for (const handler of this.#changedIn) await handler(trx, made.changes);
      return made;
    });
    if (draft.changes.length === 0) return;
    this.#open = draft.all;
    for (const handler of this.#handlers) handler(draft.changes);
  }
}

type Open = Map<string, Map<SignalName, StoredAlert>>;
const NONE: ReadonlyMap<SignalName, StoredAlert> = new Map();

/** What a change leaves, worked out before it is written. */
class Draft {
  readonly all: Open;
  readonly changes: AlertChange[] = [];
  readonly #nowMs: number;

  constructor(open: Open, nowMs: number) {
    this.all = new Map(open);
    this.#nowMs = nowMs;
  }

  openOf(subject: AlertSubject): ReadonlyMap<SignalName, StoredAlert> {
    return new Map(this.all.get(keyOf(subject)) ?? NONE);
  }
  byId(alertId: string): StoredAlert | null {
    for (const alerts of this.all.values())
      for (const alert of alerts.values()) if (alert.alertId === alertId) return alert;
    return null;
  }

  open(signal: SignalName, subject: AlertSubject, facts: AlertFacts, sinceMs: number): void {
    const present = this.openOf(subject).get(signal);
    const text = JSON.stringify(facts);
    if (present) {
      if (present.facts !== text) this.change('changed', { ...present, facts: text });
      return;
    }
    this.change('opened', {
      alertId: newId(),
      signal,
      severity: signalOf(signal).severity,
      ...subject,
      facts: text,
      sinceMs,
      openedAtMs: this.#nowMs,
      closedAtMs: null,
      inhibitedBy: null,
      acknowledgedBy: null,
      acknowledgedAtMs: null,
      acknowledgedNote: null,
    });
  }

  close(alert: StoredAlert): void {
    const closed = { ...alert, closedAtMs: this.#nowMs };
    this.changes.push({ kind: 'closed', alert: closed });
    const left = new Map(this.all.get(keyOf(alert)));
    left.delete(alert.signal);
    if (left.size === 0) this.all.delete(keyOf(alert));
    else this.all.set(keyOf(alert), left);
  }

  change(kind: AlertChange['kind'], alert: StoredAlert): void {
    const opened = this.changes.findIndex((each) => each.kind === 'opened' && each.alert.alertId === alert.alertId);
    // it was never without what explains it
    if (opened >= 0) this.changes[opened] = { kind: 'opened', alert };
    else this.changes.push({ kind, alert });
    this.all.set(keyOf(alert), new Map(this.all.get(keyOf(alert))).set(alert.signal, alert));
  }

  /** Sets what explains what, after all the other changes. */
  explain(placesOf: (roomId: string) => readonly string[]): void {
    const touched = new Set(this.changes.map(({ alert }) => keyOf(alert)));
    const isOfSite = this.changes.some(
      ({ kind, alert }) => alert.roomId === null && (kind === 'opened' || kind === 'closed'),
    );
    for (const [key, alerts] of [...this.all]) {
      if (!isOfSite && !touched.has(key)) continue;
      for (const alert of alerts.values()) {
        const inhibitedBy = this.#explanationOf(alert, placesOf);
        if (inhibitedBy !== alert.inhibitedBy)
          this.change(inhibitedBy === null ? 'released' : 'inhibited', { ...alert, inhibitedBy });
      }
    }
  }

  #explanationOf({ roomId, signal }: StoredAlert, placesOf: (roomId: string) => readonly string[]): string | null {
    if (roomId === null) return null;
    for (const cause of signalOf(signal).inhibitedBy) {
      const subjects: AlertSubject[] =
        cause === 'site-offline' ? placesOf(roomId).map((placeId) => ({ roomId: null, placeId })) : [ofRoom(roomId)];
      for (const subject of subjects) {
        const found = this.all.get(keyOf(subject))?.get(cause);
        if (found) return found.alertId;
      }
    }
    return null;
  }
}

export const ofRoom = (roomId: string): AlertSubject => ({ roomId, placeId: null });
export const ofPlace = (placeId: string): AlertSubject => ({ roomId: null, placeId });
export const OF_ORGANISATION: AlertSubject = { roomId: null, placeId: null };
const keyOf = ({ roomId, placeId }: Pick<StoredAlert, 'roomId' | 'placeId'>): string =>
  roomId ?? (placeId === null ? 'organisation' : `place:${placeId}`);
const subjectKey = (alert: StoredAlert): string => (alert.roomId === null ? keyOf(alert) : `room:${alert.roomId}`);

function put(open: Open, alert: StoredAlert): void {
  open.set(keyOf(alert), new Map(open.get(keyOf(alert))).set(alert.signal, alert));
}
