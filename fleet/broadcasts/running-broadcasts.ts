/**
 * What runs of broadcasts and recordings: program, packager, what the call shows follow each row as broadcast-desk.ts has
 * decided it, and are told all of it again when one of them has started anew. Decides nothing.
 */
import type { Logger } from 'pino';
import {
  type BroadcastDesk as DeskView,
  type BroadcastKind,
  type CallAir,
  isOnAir,
  isRunning,
  OFF_AIR,
} from '#contract/broadcast.ts';
import { type ErrorCode, InvalidStateError } from '#contract/error-codes.ts';
import type { CallGrant } from '#contract/grants.ts';
import type { FromProgram, ProgramShow } from '#contract/program-link.ts';
import type { Language } from '#contract/schema.ts';
import type { Meetings } from '../meetings/index.ts';
import type { AuthorityStore } from '../store/index.ts';
import { dueAtMs } from './broadcast-phases.ts';
import {
  chaptersIn,
  currentIn,
  inPhases,
  insertChapter,
  presenterIn,
  type StoredBroadcast,
  updateBroadcast,
} from './broadcast-rows.ts';
import { CallAirs } from './call-airs.ts';
import type { PackagerEvent } from './packager/client.ts';
import type { Packaging } from './packaging.ts';
import { ProgramRuns } from './program-runs.ts';

export type RunningDependencies = {
  store: AuthorityStore;
  meetings: Pick<Meetings, 'commandNodes' | 'onNodeCame' | 'isCallRunning' | 'grantForProgram'>;
  packaging: Packaging;
  dataDir: string;
  /** of a room's TV; null: no room */
  languageOf: (roomId: string | null) => Language;
  /** the clock has something to do for it */
  onDue: (broadcastId: string) => void;
  logger: Logger;
};
type Preview = { broadcastId: string; jpeg: string };
export type AirWatcher = {
  /** `isAtOnce`: by an act; else a count or a level, which may wait */
  onChanged?: (meetingId: string, isAtOnce: boolean) => void;
  onPreview?: (meetingId: string, preview: Preview) => void;
};
/** What runs, beside its row. Times by performance.now(). */
export type RunningBroadcast = {
  broadcast: StoredBroadcast;
  timer: NodeJS.Timeout | undefined;
  /** since when its call is over; null: it runs */
  callOverSinceMs: number | null;
  /** since when the packager is not there; null: it is */
  packagerAwaySinceMs: number | null;
  startedAtMs: number;
  peakWritten: number;
  /** kinds of which the program's newest page has sent no chapter yet: it may send again what the one before it sent */
  repeatable: Set<SentChapter['kind']>;
};
type SentChapter = Extract<FromProgram, { name: 'chapter' }>;

const END_CARD_MS = 1_500;
/** what is away for less is nobody's trouble yet */
const TROUBLE_AFTER_MS = 5_000;
/** a node may still show one of before our start that ended so long ago */
const OVER_SINCE_MS = 3_600_000;

export class RunningBroadcasts {
  readonly programs: ProgramRuns;
  readonly #deps: RunningDependencies;
  readonly #airs: CallAirs;
  readonly #runs = new Map<string, RunningBroadcast>();
  readonly #watchers = new Set<AirWatcher>();
  readonly #endCards = new Set<NodeJS.Timeout>();

  constructor(deps: RunningDependencies) {
    this.#deps = deps;
    const { dataDir, meetings, logger } = deps;
    this.#airs = new CallAirs({ send: (command) => meetings.commandNodes(command) });
    this.programs = new ProgramRuns({
      dataDir,
      grantFor: (broadcastId, endedCallId) => this.#grantFor(broadcastId, endedCallId),
      onEvent: (event) => this.#onProgram(event),
      onStatus: () => this.#changedAll(),
      logger,
    });
  }

  async start(): Promise<void> {
    const { store, packaging, meetings } = this.#deps;
    packaging.onEvent((event) => this.#onPackager(event));
    packaging.onHello(() => this.#packagerCame());
    packaging.onStatus(() => this.#changedAll());
    meetings.onNodeCame(() => this.#airs.sendAll());
    for (const broadcast of await inPhases(store.read, ['green-room', 'countdown', 'live', 'hold']))
      await this.follow(broadcast);
    await this.#endInterrupted();
    this.programs.start();
  }
  stop(): void {
    for (const timer of this.#endCards) clearTimeout(timer);
    for (const { timer } of this.#runs.values()) clearTimeout(timer);
    this.programs.stop();
  }

  get all(): readonly RunningBroadcast[] {
    return [...this.#runs.values()];
  }
  of(broadcastId: string): RunningBroadcast | null {
    return this.#runs.get(broadcastId) ?? null;
  }

  /** @returns ends it */
  watch(watcher: AirWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
  changed(meetingId: string, isAtOnce: boolean): void {
    for (const { onChanged } of this.#watchers) onChanged?.(meetingId, isAtOnce);
  }

  /** What runs becomes as its row says. */
  async follow(broadcast: StoredBroadcast): Promise<void> {
    const { broadcastId, meetingId, phase } = broadcast;
    const former = this.#runs.get(broadcastId);
    clearTimeout(former?.timer);
    if (isRunning(phase)) {
      await this.#run(broadcast, former);
    } else if (former) {
      this.#runs.delete(broadcastId);
      await this.#end(broadcast, former);
    }
    this.#airs.set(meetingId, this.#airOf(meetingId));
    this.changed(meetingId, true);
  }

  /** Called often: counts go out, whether the call and the packager are there is seen. */
  async look(run: RunningBroadcast): Promise<void> {
    const { meetings, packaging, store } = this.#deps;
    const { broadcast } = run;
    const { broadcastId, meetingId, phase } = broadcast;
    const nowMs = performance.now();
    run.callOverSinceMs = (await meetings.isCallRunning(meetingId)) ? null : (run.callOverSinceMs ?? nowMs);
    run.packagerAwaySinceMs = packaging.status.is === 'there' ? null : (run.packagerAwaySinceMs ?? nowMs);
    this.#airs.set(meetingId, this.#airOf(meetingId));
    if (isOnAir(phase)) broadcast.peakWatching = Math.max(broadcast.peakWatching, this.watchingOf(broadcastId));
    const { peakWatching } = broadcast;
    if (peakWatching > run.peakWritten) {
      run.peakWritten = peakWatching;
      await store.write((trx) => updateBroadcast(trx, broadcastId, { peakWatching }));
    }
    this.changed(meetingId, false);
  }

  /** null: none is planned or runs */
  async viewOf(meetingId: string, kind: BroadcastKind): Promise<DeskView | null> {
    const broadcast = await currentIn(this.#deps.store.read, meetingId, kind);
    if (!broadcast) return null;
    const { broadcastId, title, phase, startsAtMs, liveAtMs, stage, peakWatching } = broadcast;
    const run = this.#runs.get(broadcastId);
    const program = this.programs.stateOf(broadcastId);
    const health = this.#deps.packaging.healthOf(broadcastId);
    const watching = health?.watching ?? 0;
    return {
      broadcastId,
      meetingId,
      kind,
      title,
      phase,
      startsAtMs,
      liveAtMs,
      stage,
      picture: !program ? null : program.silentMs > 0 ? 'none' : (health?.picture ?? 'none'),
      loudnessDb: program?.loudnessDb ?? null,
      isOnSlate: isOnAir(phase) && (health?.isOnSlate ?? false),
      watching,
      peakWatching: Math.max(peakWatching, run?.broadcast.peakWatching ?? 0, watching),
      troubles: run ? this.#troublesOf(run) : [],
    };
  }

  watchingOf(broadcastId: string): number {
    return this.#deps.packaging.healthOf(broadcastId)?.watching ?? 0;
  }

  async #run(broadcast: StoredBroadcast, former: RunningBroadcast | undefined): Promise<void> {
    const { packaging, onDue } = this.#deps;
    const { broadcastId, meetingId, phase, liveAtMs, quality } = broadcast;
    const nowMs = performance.now();
    const run: RunningBroadcast = former ?? {
      broadcast,
      timer: undefined,
      callOverSinceMs: null,
      packagerAwaySinceMs: packaging.status.is === 'there' ? null : nowMs,
      startedAtMs: nowMs,
      peakWritten: broadcast.peakWatching,
      repeatable: new Set(),
    };
    run.broadcast = { ...broadcast, peakWatching: Math.max(broadcast.peakWatching, run.broadcast.peakWatching) };
    this.#runs.set(broadcastId, run);
    // everybody in the call is told before anything is shown or kept of it
    this.#airs.set(meetingId, this.#airOf(meetingId));
    packaging.open(broadcast);
    if (isOnAir(phase) && liveAtMs !== null) packaging.goLive(broadcastId, liveAtMs);
    this.programs.show(broadcastId, quality.height, await this.#showOf(broadcast));
    const dueMs = dueAtMs(broadcast);
    if (dueMs !== null) run.timer = setTimeout(() => onDue(broadcastId), Math.max(0, dueMs - Date.now()));
  }

  async #end(
    broadcast: StoredBroadcast,
    { broadcast: { peakWatching }, peakWritten }: RunningBroadcast,
  ): Promise<void> {
    const { packaging, store } = this.#deps;
    const { broadcastId, meetingId, kind, quality, phase } = broadcast;
    const stopProgram = (): void => {
      this.programs.end(broadcastId);
      this.#airs.forward(meetingId, broadcastId, null);
    };
    if (phase !== 'ended') {
      packaging.drop(broadcastId);
      stopProgram();
      return;
    }
    if (peakWatching > peakWritten) await store.write((trx) => updateBroadcast(trx, broadcastId, { peakWatching }));
    const end = (): void => {
      packaging.end(broadcastId);
      stopProgram();
    };
    if (kind === 'recording') return end();
    this.programs.show(broadcastId, quality.height, await this.#showOf(broadcast));
    const timer = setTimeout(() => {
      this.#endCards.delete(timer);
      end();
    }, END_CARD_MS);
    this.#endCards.add(timer);
  }

  /** Those that ended while the nodes did not learn of it. */
  async #endInterrupted(): Promise<void> {
    const sinceMs = Date.now() - OVER_SINCE_MS;
    for (const { meetingId, broadcastId, endedAtMs } of await inPhases(this.#deps.store.read, ['ended', 'cancelled']))
      if ((endedAtMs ?? 0) > sinceMs) this.#airs.wasOn(meetingId, broadcastId);
  }

  async #showOf({ meetingId, kind, title, phase, liveAtMs, stage }: StoredBroadcast): Promise<ProgramShow> {
    const { name, roomId } = await presenterIn(this.#deps.store.read, meetingId);
    const isRecording = kind === 'recording';
    const cards = { planned: null, 'green-room': 'title', countdown: 'title', live: null, hold: 'hold' } as const;
    const card = phase === 'ended' || phase === 'cancelled' ? 'end' : cards[phase];
    return {
      title,
      presenterName: name,
      language: this.#deps.languageOf(roomId),
      card: isRecording ? null : card,
      liveAtMs: phase === 'countdown' ? liveAtMs : null,
      stage,
      isLive: !isRecording && isOnAir(phase),
    };
  }

  #troublesOf({ broadcast: { broadcastId }, packagerAwaySinceMs }: RunningBroadcast): ErrorCode[] {
    const { packaging } = this.#deps;
    const silentMs = this.programs.stateOf(broadcastId)?.silentMs ?? 0;
    const awayMs = packagerAwaySinceMs === null ? 0 : performance.now() - packagerAwaySinceMs;
    const isOff = (status: { is: string }): boolean => status.is === 'unavailable';
    const troubles: ErrorCode[] = [];
    if (silentMs > TROUBLE_AFTER_MS || isOff(this.programs.status)) troubles.push('program-unavailable');
    if (awayMs > TROUBLE_AFTER_MS || isOff(packaging.status)) troubles.push('packager-unavailable');
    if (packaging.healthOf(broadcastId)?.isDiskFull) troubles.push('rewind-off');
    return troubles;
  }

  #airOf(meetingId: string): CallAir {
    const runs = this.all.map(({ broadcast }) => broadcast).filter((each) => each.meetingId === meetingId);
    const broadcast = runs.find(({ kind }) => kind === 'broadcast');
    // a recording runs no program but to record
    const isRecorded = runs.some(({ kind, phase }) => isOnAir(phase) || kind === 'recording');
    const phase = broadcast?.phase;
    if (phase !== 'green-room' && phase !== 'countdown' && phase !== 'live' && phase !== 'hold')
      return { ...OFF_AIR, isRecorded };
    const { broadcastId, liveAtMs } = broadcast!;
    return { phase, liveAtMs, watching: isOnAir(phase) ? this.watchingOf(broadcastId) : null, isRecorded };
  }

  async #grantFor(broadcastId: string, endedCallId: string | null): Promise<CallGrant> {
    const run = this.#runs.get(broadcastId);
    if (!run) throw new InvalidStateError('call-ended');
    const { meetingId, kind } = run.broadcast;
    const displayName = kind === 'recording' ? 'Recording' : 'Broadcast';
    return this.#deps.meetings.grantForProgram({ broadcastId, meetingId, displayName }, endedCallId);
  }

  /** It opens others of its ports. */
  #packagerCame(): void {
    for (const { broadcast } of this.all) this.#airs.forward(broadcast.meetingId, broadcast.broadcastId, null);
  }

  #onPackager(event: PackagerEvent): void {
    const run = this.#runs.get(event.broadcastId);
    switch (event.name) {
      case 'opened':
        this.programs.opened(event.broadcastId);
        if (run) this.#airs.forward(run.broadcast.meetingId, event.broadcastId, event.mediaPort);
        return;
      case 'health':
        this.programs.arrives(event.broadcastId, event.picture);
        if (run) this.changed(run.broadcast.meetingId, false);
        return;
    }
  }

  #onProgram(event: Exclude<FromProgram, { name: 'hello' }>): void {
    const run = this.#runs.get(event.broadcastId);
    if (!run) return;
    const { meetingId, phase, kind } = run.broadcast;
    if (event.name === 'publishing') run.repeatable = new Set(['speaker', 'page']);
    switch (event.name) {
      case 'publishing':
      case 'lost':
        if (event.name === 'publishing') run.repeatable = new Set(['speaker', 'page']);
        if (kind === 'recording') this.#deps.onDue(event.broadcastId);
        this.changed(meetingId, true);
        return;
      case 'level':
        if (event.preview !== null && phase === 'green-room')
          for (const { onPreview } of this.#watchers)
            onPreview?.(meetingId, { broadcastId: event.broadcastId, jpeg: event.preview });
        this.changed(meetingId, false);
        return;
      case 'chapter':
        this.#keepChapter(run, event);
        return;
    }
  }

  #keepChapter({ broadcast, repeatable }: RunningBroadcast, { atMs, kind, title }: SentChapter): void {
    const { broadcastId, phase, liveAtMs } = broadcast;
    if (!isOnAir(phase) || liveAtMs === null) return;
    const chapter = { atMs: Math.max(0, atMs - liveAtMs), kind, title };
    const mayRepeat = repeatable.delete(kind);
    void this.#deps.store
      .write(async (trx) => {
        const last = mayRepeat ? (await chaptersIn(trx, broadcastId)).findLast((each) => each.kind === kind) : null;
        if (last?.title !== title) await insertChapter(trx, broadcastId, chapter);
      })
      .catch((error: unknown) => this.#deps.logger.warn({ err: error, broadcastId }, 'a chapter is not kept'));
  }

  #changedAll(): void {
    for (const { broadcast } of this.all) this.changed(broadcast.meetingId, false);
  }
}
