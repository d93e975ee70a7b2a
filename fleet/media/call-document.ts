/**
 * The document that one call shows: who may show and steer it, in which order changes count, and when it ends. Changes are
 * applied by the contract's reducer, as each client does; pages and their files are the fleet server's.
 */
import { InvalidStateError, UserError } from '#contract/error-codes.ts';
import type { CallPermissions } from '#contract/grants.ts';
import {
  changedDocument,
  type DocumentAct,
  type DocumentChange,
  type Presenter,
  type SharedDocument,
} from '#contract/shared-document.ts';
import { TokenBucket } from '#edge/attempt-limit.ts';
import type { ExpiringMap } from './expiring-map.ts';
import type { MediaSettings } from './media-settings.ts';
import type { Peer } from './peer.ts';

/** What the fleet has said of a document: a show under way at that moment must not miss it. */
export type KnownDocument = { pageCount: number } | 'deleted';
export const DOCUMENT_KNOWN_FOR_MS = 10 * 60_000;

export type CallDocumentOptions = {
  /** who is in the call; read at each act */
  joined: () => Peer[];
  known: ExpiringMap<KnownDocument>;
  settings: Pick<MediaSettings, 'drawingActsPerSecond' | 'otherActsPerSecond'>;
  /** the state has it already */
  onChange: (change: DocumentChange) => void;
  /** a page is shown no more, and was for more than a moment */
  onPageShown: (page: { documentId: string; title: string; page: number; fromMs: number }) => void;
};

/** who leafs through a document shows no page */
const SHOWN_FOR_MS = 3_000;

/** A bucket holds as much as comes in two seconds: what waited in a slow line comes at once. */
const BURST_SECONDS = 2;

export class CallDocument {
  readonly #options: CallDocumentOptions;
  readonly #limits = new WeakMap<Peer, { drawing: TokenBucket; other: TokenBucket }>();
  #shown: SharedDocument | null = null;
  #pageShown: { documentId: string; title: string; page: number; fromMs: number } | null = null;

  constructor(options: CallDocumentOptions) {
    this.#options = options;
  }

  /** null: none, or the peer may not view it */
  seenBy(peer: Peer): SharedDocument | null {
    return mayView(peer) ? this.#shown : null;
  }

  /**
   * By a joined peer whose grant permits it.
   * @throws InvalidStateError outsider-in-call, not-possible-now; UserError too-many-attempts, not-found (the document is deleted)
   */
  present(peer: Peer, asked: DocumentAct): void {
    const isDrawing = asked.act === 'point' || asked.act === 'draw';
    if (!this.#limitsOf(peer)[isDrawing ? 'drawing' : 'other'].take())
      throw new UserError('too-many-attempts', `too many ${asked.act}`);
    const act = asked.act === 'show' ? this.#toShow(asked) : asked;
    if (act.act === 'show' && this.#options.joined().some(isOutsider))
      throw new InvalidStateError('outsider-in-call', 'somebody in the call may not view documents');
    const objection = this.#objectionTo(peer, act);
    if (objection !== null) throw new InvalidStateError('not-possible-now', objection);
    const handedTo = act.act === 'hand-over' ? presenterOf(this.#inCall(act.peerId)!) : undefined;
    this.#apply({ change: 'act', by: presenterOf(peer), act, ...(handedTo && { handedTo }) });
  }

  /** Somebody is in the call now: in front of an outsider no document is shown. */
  entered(peer: Peer): void {
    this.#withdrawBefore(peer.permissions);
  }

  /** A joined peer's permissions are to be these: it is notified like the others of what ends by that. */
  permissionsChange(peer: Peer, permissions: CallPermissions): void {
    this.#withdrawBefore(permissions);
    if (!mayPresent(permissions)) this.left(peer);
  }

  /** It may present no more, by somebody who keeps order: what it shows is shown no more. */
  stopOf({ peerId }: Peer, by: Peer): void {
    if (this.#shown?.presenter?.peerId === peerId)
      this.#apply({ change: 'act', by: presenterOf(by), act: { act: 'stop' } });
  }

  renamed({ peerId, displayName }: Peer): void {
    if (this.#shown?.presenter?.peerId === peerId) this.#apply({ change: 'presenter-renamed', displayName });
  }

  /** Its place is given up; one that is away keeps it, and goes on presenting. */
  left({ peerId }: Peer): void {
    if (this.#shown?.presenter?.peerId === peerId) this.#apply({ change: 'presenter-left' });
  }

  /** The fleet has counted it, or deleted it. */
  learned(documentId: string, known: KnownDocument): void {
    if (this.#shown?.documentId !== documentId) return;
    if (known === 'deleted') this.#apply({ change: 'withdrawn', reason: 'deleted' });
    else if (known.pageCount !== this.#shown.pageCount) this.#apply({ change: 'counted', documentId, ...known });
  }

  /** The fleet's page count goes before the asker's. */
  #toShow(act: Extract<DocumentAct, { act: 'show' }>): DocumentAct {
    const known = this.#options.known.get(act.documentId);
    if (known === 'deleted') throw new UserError('not-found', 'the document is deleted');
    return known ? { ...act, ...known } : act;
  }

  #objectionTo(peer: Peer, act: DocumentAct): string | null {
    if (act.act === 'show') return isBeyond(act.page, act.pageCount) ? 'beyond the last page' : null;
    const shown = this.#shown;
    if (!shown) return 'no document is shown';
    if (act.act === 'take') return null;
    const isPresenter = shown.presenter?.peerId === peer.peerId;
    if (act.act === 'stop') {
      // while nobody presents, everybody who could take it may end it
      return isPresenter || shown.presenter === null || peer.permissions.rights.includes('remove')
        ? null
        : 'somebody else presents';
    }
    if (!isPresenter) return 'somebody else presents';
    if (act.act === 'hand-over') {
      const target = this.#inCall(act.peerId);
      return target && mayPresent(target.permissions) ? null : 'nobody of this id who may present';
    }
    const page = act.act === 'turn-page' ? act.page : act.act === 'draw' ? act.stroke.page : shown.page;
    return isBeyond(page, shown.pageCount) ? 'beyond the last page' : null;
  }

  #withdrawBefore(permissions: CallPermissions): void {
    if (this.#shown && isOutsider({ permissions })) this.#apply({ change: 'withdrawn', reason: 'outsider-in-call' });
  }

  #followPage(): void {
    const before = this.#pageShown;
    if (isSamePage(before, this.#shown)) return;
    const nowMs = Date.now();
    if (before && nowMs - before.fromMs >= SHOWN_FOR_MS) this.#options.onPageShown(before);
    this.#pageShown = this.#shown && {
      documentId: this.#shown.documentId,
      title: this.#shown.title,
      page: this.#shown.page,
      fromMs: nowMs,
    };
  }

  #inCall(peerId: string): Peer | undefined {
    return this.#options.joined().find((peer) => peer.peerId === peerId);
  }

  #limitsOf(peer: Peer): { drawing: TokenBucket; other: TokenBucket } {
    const known = this.#limits.get(peer);
    if (known) return known;
    const { drawingActsPerSecond, otherActsPerSecond } = this.#options.settings;
    const bucket = (perSecond: number): TokenBucket =>
      new TokenBucket({ burst: perSecond * BURST_SECONDS, refillPerMinute: perSecond * 60 });
    const limits = { drawing: bucket(drawingActsPerSecond), other: bucket(otherActsPerSecond) };
    this.#limits.set(peer, limits);
    return limits;
  }

  /** Twice is harmless. */
  close(): void {
    this.#shown = null;
    this.#followPage();
  }

  #apply(change: DocumentChange): void {
    this.#shown = changedDocument(this.#shown, change);
    this.#followPage();
    this.#options.onChange(change);
  }
}

function isSamePage(a: { documentId: string; page: number } | null, b: typeof a): boolean {
  return a?.documentId === b?.documentId && a?.page === b?.page;
}

export const mayView = ({ permissions }: Pick<Peer, 'permissions'>): boolean => permissions.documents.includes('view');
/** Receives what others send, and may not view documents. A peer that only publishes sees nothing of the call. */
const isOutsider = ({ permissions }: Pick<Peer, 'permissions'>): boolean =>
  !mayView({ permissions }) && permissions.receives.length > 0;
const mayPresent = ({ documents }: CallPermissions): boolean => documents.includes('present');
const presenterOf = ({ peerId, displayName }: Peer): Presenter => ({ peerId, displayName });
const isBeyond = (page: number, pageCount: number | null): boolean => pageCount !== null && page > pageCount;
