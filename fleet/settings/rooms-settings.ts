/**
 * Settings of the organisation, its places and rooms: changed as a whole or not at all, and what that makes of each room
 * is stored in the same transaction. A secret is encrypted before it is stored, and is in no log, audit entry or answer.
 */
import type { Logger } from 'pino';
import { InvalidStateError, ProtocolError } from '#contract/error-codes.ts';
import type { RouteOutput } from '#contract/http/route.ts';
import type { settingsApi, SettingsTrial, SettingsView } from '#contract/http/settings-api.ts';
import type { z } from '#contract/schema.ts';
import { allSettings, type SectionName } from '#contract/settings/all-settings.ts';
import type { SettingsScope } from '#contract/settings/settings-scope.ts';
import { appendAudit } from '../audit/index.ts';
import type { Broker } from '../broker/index.ts';
import type { PlaceTree } from '../people/index.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';
import { type ChangedRoom, RoomsDesired } from './rooms-desired.ts';
import { ScopedSettings, type ScopeRevision } from './scoped-settings.ts';
import { isSealedFor, sealSetting } from './seal-setting.ts';
import { settingsDraftOf, draftOfReturn, type RequestedChange, type SettingsDraft } from './settings-draft.ts';
import {
  settingsFieldsOf,
  inOrder,
  keyOfScope,
  putField,
  SettingsInForce,
  type SettingsValues,
  valuesOf,
  withoutThose,
} from './settings-in-force.ts';
import { type TriedField, tryInRoom } from './settings-trial.ts';

type Change = RouteOutput<typeof settingsApi.changeRoomSettings, 'body'>;
type Return = RouteOutput<typeof settingsApi.returnRoomSettings, 'body'>;
export type RoomsSettingsDependencies = {
  store: AuthorityStore;
  broker: Broker;
  places: PlaceTree;
  /** false: there is no such room */
  isRoom: (roomId: string) => Promise<boolean>;
  isOnline: (roomId: string) => boolean;
  /** of pictures for idle TVs. @throws UserError setting-invalid */
  checkPictures: (trx: AuthorityWrite, signageKeys: readonly string[]) => Promise<void>;
  logger: Logger;
};

/** So many rooms are worked out before others have their turn. */
const ROOMS_AT_ONCE = 125;
const LISTED_IN_TRIAL = 100;
const NO_CHANGE: RequestedChange = { set: {}, clear: {}, lock: {}, secrets: {} };

export class RoomsSettings {
  readonly #deps: RoomsSettingsDependencies;
  readonly #scopes: ScopedSettings;
  readonly #rooms: RoomsDesired;
  readonly #watchers = new Map<string, Set<() => void>>();
  /** one change after the other */
  #turn: Promise<unknown> = Promise.resolve();
  #isLookDue = false;

  constructor(deps: RoomsSettingsDependencies) {
    const { store, broker, isRoom, logger } = deps;
    this.#deps = deps;
    this.#scopes = new ScopedSettings({ store });
    const onReported = (roomId: string): void => this.#notify({ kind: 'room', roomId });
    this.#rooms = new RoomsDesired({ store, broker, isRoom, onReported, logger });
  }

  /** Once the places are read. What a crash left between a move and its rooms is worked out again. */
  async start(): Promise<void> {
    await this.#scopes.start();
    await this.#rooms.start();
    await this.#lookSoon();
    this.#deps.places.onChanged(() => void this.#lookSoon());
  }
  stop(): void {
    this.#rooms.stop();
  }

  /** @throws ProtocolError not-found */
  async view(scope: SettingsScope): Promise<SettingsView> {
    await this.#check(scope);
    return this.viewNow(scope);
  }

  viewNow(scope: SettingsScope): SettingsView {
    const { revision, own, locks } = this.#scopes.of(keyOfScope(scope));
    const view = {
      scope,
      revision,
      inForce: this.#inForce().view(scope),
      own,
      locks: Object.fromEntries(Object.entries(locks).map(([section, fields]) => [section, [...fields]])),
    };
    if (scope.kind !== 'room') return { ...view, secrets: {}, report: null };
    const { revision: desiredRevision, secrets, report, reportedAtMs } = this.#rooms.of(scope.roomId);
    const stateOf = (sealed: string) => (report && isSealedFor(sealed, report.key.kid) ? 'set' : 'enter-again');
    return {
      ...view,
      secrets: mapValues(secrets, (ofSection) => mapValues(ofSection, stateOf)),
      report: report && {
        revision: report.revision,
        desiredRevision,
        reportedAtMs,
        local: report.local,
        refused: report.refused,
      },
    };
  }

  /** A section that nobody has set in the room: as IT would. One that was set stays. */
  async preset(roomId: string, section: SectionName, values: Record<string, unknown>): Promise<void> {
    const { revision, own } = this.#scopes.of(`room:${roomId}`);
    if (own[section] !== undefined) return;
    const change = { ...NO_CHANGE, revision, set: { [section]: values }, reason: '' };
    await this.change({ kind: 'room', roomId }, change as Change, 'fleet');
  }

  /** As it is desired of a room; the default of a section that another release wrote. */
  desired<N extends SectionName>(roomId: string, section: N): z.output<(typeof allSettings)[N]['schema']> {
    const { schema } = allSettings[section];
    const parsed = schema.safeParse(this.#rooms.of(roomId).values[section] ?? {});
    return (parsed.success ? parsed.data : schema.parse({})) as z.output<(typeof allSettings)[N]['schema']>;
  }

  /** Calls back when the scope's settings, those above it or its kiosk's report change, until the result is called. */
  watch(scope: SettingsScope, onChange: () => void): () => void {
    const key = keyOfScope(scope);
    const watchers = this.#watchers.get(key) ?? new Set();
    this.#watchers.set(key, watchers);
    watchers.add(onChange);
    return () => {
      watchers.delete(onChange);
      if (watchers.size === 0) this.#watchers.delete(key);
    };
  }

  /** @throws ProtocolError not-found */
  async versions(scope: SettingsScope, query: Parameters<ScopedSettings['versions']>[1]) {
    await this.#check(scope);
    return this.#scopes.versions(scope, query);
  }

  /**
   * @throws ProtocolError not-found; UserError setting-invalid, setting-locked; InvalidStateError settings-changed,
   * not-possible-now (no kiosk to encrypt for)
   */
  change(scope: SettingsScope, change: Change, actor: string): Promise<SettingsView> {
    return this.#inTurn(async () => {
      const draft = await this.#draft(scope, change);
      const sealed = scope.kind === 'room' ? await this.#seal(scope.roomId, change.secrets) : {};
      return this.#commit(scope, draft, sealed, { actor, reason: change.reason });
    });
  }

  /** @throws as `change`; not-found also where there is no such version */
  goBack(scope: SettingsScope, { revision, toRevision, reason }: Return, actor: string): Promise<SettingsView> {
    return this.#inTurn(async () => {
      const before = await this.#checked(scope, revision);
      const draft = draftOfReturn(before, await this.#scopes.version(scope, toRevision), this.#inForce().above(scope));
      return this.#commit(scope, draft, {}, { actor, reason });
    });
  }

  /** What `change` would do. @throws as `change`, for what is wrong with it everywhere */
  async try(scope: SettingsScope, change: Change): Promise<SettingsTrial> {
    const draft = await this.#draft(scope, change);
    const now = this.#inForce();
    const then = this.#inForce(scope, draft);
    const fields: TriedField[] = settingsFieldsOf(change.set).map(({ section, field }) => ({
      section,
      field,
      set: { value: draft.own[section]![field] },
    }));
    for (const { section, field } of draft.changes)
      if (!fields.some((known) => known.section === section && known.field === field)) fields.push({ section, field });
    const trial: SettingsTrial = { changedCount: 0, changed: [], unchangedCount: 0, refusedCount: 0, refused: [] };
    for await (const roomIds of this.#inParts(this.#roomsIn(scope)))
      for (const roomId of roomIds) {
        const room: SettingsScope = { kind: 'room', roomId };
        const { secrets, report } = this.#rooms.of(roomId);
        const { changed, refused } = tryInRoom(fields, { before: now.in(room), after: then.in(room), secrets, report });
        if (changed.length > 0) trial.changedCount += 1;
        if (refused.length > 0) trial.refusedCount += 1;
        if (changed.length + refused.length === 0) trial.unchangedCount += 1;
        const named = { roomId, roomName: '', online: this.#deps.isOnline(roomId) };
        if (changed.length > 0 && trial.changed.length < LISTED_IN_TRIAL)
          trial.changed.push({ ...named, fields: changed });
        for (const { field, because } of refused)
          if (trial.refused.length < LISTED_IN_TRIAL) trial.refused.push({ roomId, roomName: '', field, because });
      }
    await this.#nameRooms([...trial.changed, ...trial.refused]);
    return trial;
  }

  /** Another box, or none: its key opens nothing that was encrypted before. */
  kioskReplaced(roomId: string): Promise<void> {
    return this.#rooms.kioskReplaced(roomId);
  }

  roomRemoved(roomId: string): Promise<void> {
    return this.#inTurn(async () => {
      const scope: SettingsScope = { kind: 'room', roomId };
      await this.#deps.store.write(async (trx) => {
        await this.#scopes.forget(trx, scope);
        await trx.deleteFrom('roomSettings').where('roomId', '=', roomId).execute();
      });
      this.#scopes.forgotten(scope);
      this.#rooms.forget(roomId);
    });
  }

  /** How many scopes show a picture. */
  usesOf(signageKey: string): number {
    return this.#scopes.all.filter(({ own }) => picturesIn(own).includes(signageKey)).length;
  }

  /** For `work` that no change of settings may come between. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  /** @throws InvalidStateError picture-in-use */
  whileUnused(signageKey: string, remove: () => Promise<void>): Promise<void> {
    return this.#inTurn(async () => {
      if (this.usesOf(signageKey) > 0) throw new InvalidStateError('picture-in-use');
      await remove();
    });
  }

  async #lookSoon(): Promise<void> {
    if (this.#isLookDue) return;
    this.#isLookDue = true;
    try {
      await this.#inTurn(async () => {
        this.#isLookDue = false;
        await this.#lookAgain();
      });
    } catch (error) {
      this.#deps.logger.error({ err: error }, 'settings not worked out again');
    }
  }

  /** With `scope` as it would be. */
  #inForce(scope?: SettingsScope, draft?: SettingsDraft): SettingsInForce {
    const changed = scope && keyOfScope(scope);
    const { places } = this.#deps;
    const tree = {
      parentOf: (placeId: string) => places.parentOf(placeId),
      placeOf: (roomId: string) => places.placeOf(roomId),
      nameOf: (placeId: string) => places.nameOf(placeId),
    };
    return new SettingsInForce({ tree, ownOf: (key) => (key === changed ? draft! : this.#scopes.of(key)) });
  }

  async #check(scope: SettingsScope): Promise<void> {
    const { places, isRoom } = this.#deps;
    if (scope.kind === 'room' && !(await isRoom(scope.roomId))) throw new ProtocolError('not-found', 'no such room');
    if (scope.kind === 'place' && places.nameOf(scope.placeId) === null)
      throw new ProtocolError('not-found', 'no such place');
  }

  async #checked(scope: SettingsScope, revision: number): Promise<ScopeRevision> {
    await this.#check(scope);
    const before = this.#scopes.of(keyOfScope(scope));
    if (before.revision !== revision) throw new InvalidStateError('settings-changed');
    return before;
  }

  async #draft(scope: SettingsScope, change: Change): Promise<SettingsDraft> {
    const before = await this.#checked(scope, change.revision);
    return settingsDraftOf(before, change, { isRoom: scope.kind === 'room', above: this.#inForce().above(scope) });
  }

  async #commit(
    scope: SettingsScope,
    draft: SettingsDraft,
    sealed: SettingsValues<string | null>,
    { actor, reason }: { actor: string; reason: string },
  ): Promise<SettingsView> {
    const { store, checkPictures } = this.#deps;
    const secretsOf = (roomId: string): SettingsValues<string> => withSecrets(this.#rooms.of(roomId).secrets, sealed);
    const known = scope.kind === 'room' ? this.#rooms.of(scope.roomId).secrets : {};
    const changes = [
      ...draft.changes,
      ...settingsFieldsOf(sealed).map(({ section, field, value }) => ({
        section,
        field,
        what: 'secret' as const,
        before: known[section]?.[field] === undefined ? undefined : 'set',
        after: value === null ? undefined : 'set',
      })),
    ];
    if (changes.length === 0) return this.viewNow(scope);
    const { own, locks } = draft;
    const now = { own, locks, revision: this.#scopes.of(keyOfScope(scope)).revision + 1 };
    const rooms = await this.#changedRooms(this.#roomsIn(scope), this.#inForce(scope, draft), secretsOf);
    await store.write(async (trx) => {
      await checkPictures(trx, picturesIn(own));
      await this.#scopes.store(trx, scope, now, { author: actor, reason, changes });
      await this.#rooms.store(trx, rooms);
      const fields = [...new Set(changes.map(({ section, field }) => `${section}.${field}`))].join(' ');
      const details = { fields, revision: now.revision, ...(reason !== '' && { reason }) };
      await appendAudit(trx, { kind: 'settings-changed', actor, subject: keyOfScope(scope), details });
    });
    this.#scopes.apply(scope, now);
    this.#rooms.apply(rooms);
    this.#notify(scope);
    return this.viewNow(scope);
  }

  /** What places and rooms make of the settings may have changed: each room as it stands now, and no scope of a place that is gone. */
  async #lookAgain(): Promise<void> {
    const { store, places } = this.#deps;
    const gone = this.#scopes.placeIds.filter((placeId) => places.nameOf(placeId) === null);
    const removed = gone.map((placeId): SettingsScope => ({ kind: 'place', placeId }));
    const rooms = await this.#changedRooms(places.roomIds, this.#inForce(), (roomId) => this.#rooms.of(roomId).secrets);
    if (removed.length + rooms.length > 0)
      await store.write(async (trx) => {
        for (const scope of removed) await this.#scopes.forget(trx, scope);
        await this.#rooms.store(trx, rooms);
      });
    for (const scope of removed) this.#scopes.forgotten(scope);
    this.#rooms.apply(rooms);
    for (const watchers of this.#watchers.values()) for (const onChange of watchers) onChange();
  }

  async #changedRooms(
    roomIds: readonly string[],
    inForce: SettingsInForce,
    secretsOf: (roomId: string) => SettingsValues<string>,
  ): Promise<ChangedRoom[]> {
    const changed: ChangedRoom[] = [];
    for await (const part of this.#inParts(roomIds))
      for (const roomId of part) {
        const values = valuesOf(inForce.in({ kind: 'room', roomId }));
        const room = this.#rooms.changeOf(roomId, { values, secrets: secretsOf(roomId) });
        if (room) changed.push(room);
      }
    return changed;
  }

  async *#inParts(roomIds: readonly string[]): AsyncGenerator<readonly string[]> {
    for (let from = 0; from < roomIds.length; from += ROOMS_AT_ONCE) {
      if (from > 0) await new Promise((resolve) => setImmediate(resolve));
      yield roomIds.slice(from, from + ROOMS_AT_ONCE);
    }
  }

  #roomsIn(scope: SettingsScope): readonly string[] {
    const { places } = this.#deps;
    if (scope.kind === 'organisation') return places.roomIds;
    return scope.kind === 'place' ? places.roomsUnder(scope.placeId) : [scope.roomId];
  }

  /** A change above a room is one of the room's view. */
  #notify(scope: SettingsScope): void {
    const key = keyOfScope(scope);
    for (const [watched, watchers] of this.#watchers)
      if (scope.kind !== 'room' || watched === key) for (const onChange of watchers) onChange();
  }

  async #seal(roomId: string, secrets: SettingsValues<string | null>): Promise<SettingsValues<string | null>> {
    const sealed: SettingsValues<string | null> = {};
    const key = this.#rooms.of(roomId).report?.key;
    for (const { section, field, value } of settingsFieldsOf(secrets)) {
      if (value !== null && !key) throw new InvalidStateError('not-possible-now', 'no kiosk has reported its key');
      const text = value === null ? null : await sealSetting(key!, { roomId, section, field, value });
      putField(sealed, section, field, text);
    }
    return sealed;
  }

  async #nameRooms(rows: { roomId: string; roomName: string }[]): Promise<void> {
    if (rows.length === 0) return;
    const ids = [...new Set(rows.map(({ roomId }) => roomId))];
    const named = await this.#deps.store.read
      .selectFrom('room')
      .select(['roomId', 'roomName'])
      .where('roomId', 'in', ids)
      .execute();
    const names = new Map(named.map(({ roomId, roomName }) => [roomId, roomName]));
    for (const row of rows) row.roomName = names.get(row.roomId) ?? '';
  }
}

export const picturesIn = (own: SettingsValues): string[] => (own.idle?.signage ?? []) as string[];

const withSecrets = (known: SettingsValues<string>, sealed: SettingsValues<string | null>): SettingsValues<string> => {
  const kept: SettingsValues<string | null> = structuredClone(known);
  for (const { section, field, value } of settingsFieldsOf(sealed)) putField(kept, section, field, value);
  return inOrder(withoutThose(kept, ({ value }) => value === null)) as SettingsValues<string>;
};

const mapValues = <A, B>(record: Record<string, A>, map: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
