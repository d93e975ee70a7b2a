/**
 * The document as its presenter sees it: what others share, and over it what this person has just done, at once. The own
 * pointer and the own line do not jump when they come back. Owns nothing of the truth: `follow` brings that.
 */
import {
  changedDocument,
  type DocumentAct,
  type DocumentHeading,
  type PageRegion,
  type PagePoint,
  type SharedDocument,
  type Stroke,
  WHOLE_PAGE,
} from '#contract/shared-document.ts';
import type { WatchedDocument } from './stage-document.ts';

const SELF = { peerId: '00000000-0000-7000-8000-000000000000', displayName: '-' };

export class OwnDocument implements WatchedDocument {
  readonly #listeners = new Set<() => void>();
  #shared: SharedDocument | null = null;
  /** own strokes that have not come back; of a heading, all */
  #strokes: readonly Stroke[] = [];
  /** turned to by this person, where the others are not yet; its region and pointer are its own too */
  #page: number | null = null;
  #region: PageRegion | null = null;
  /** while the own finger points */
  #pointer: PagePoint | null = null;
  #snapshot: SharedDocument | null = null;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  readonly getSnapshot = (): SharedDocument | null => this.#snapshot;

  /** A heading has no strokes: own ones are kept until the document or the presenter changes. */
  follow(shared: SharedDocument | DocumentHeading | null): void {
    const before = this.#shared;
    const isSame = shared?.documentId === before?.documentId && shared?.presenter?.peerId === before?.presenter?.peerId;
    if (!isSame) this.#strokes = [];
    if (!isSame || shared?.page === this.#page) this.#page = null;
    if (!isSame || (this.#page ?? shared?.page) !== this.#snapshot?.page) {
      this.#pointer = null;
      this.#region = null;
    }
    const whole = shared !== null && 'strokes' in shared;
    this.#shared = shared === null ? null : whole ? shared : { ...shared, strokes: [], pointer: null };
    if (whole) this.#strokes = this.#strokes.filter((own) => !isIn(shared.strokes, own));
    if (this.#region !== null && sameRegion(this.#region, shared!.region)) this.#region = null;
    this.#publish();
  }

  /** What this person does: pages, drawing, pointer and zoom are seen at once; for the rest `follow` is awaited. */
  act(act: DocumentAct): void {
    if (this.#shared === null) return;
    const page = this.#page ?? this.#shared.page;
    switch (act.act) {
      case 'turn-page':
        this.#page = act.page;
        this.#region = null;
        this.#pointer = null;
        break;
      case 'draw':
      case 'undo-stroke':
      case 'clear-strokes': {
        const own: SharedDocument = { ...this.#shared, page, strokes: [...this.#strokes] };
        this.#strokes = changedDocument(own, { change: 'act', by: SELF, act })?.strokes ?? [];
        break;
      }
      case 'point':
        this.#pointer = act.at;
        break;
      case 'zoom':
        this.#region = act.region;
        break;
      default:
        return;
    }
    this.#publish();
  }

  /** A page that this person turned to was refused: what others share is shown again. */
  giveUp(): void {
    this.#page = null;
    this.#region = null;
    this.#publish();
  }

  #publish(): void {
    const shared = this.#shared;
    const isAhead = this.#page !== null;
    this.#snapshot = shared && {
      ...shared,
      page: this.#page ?? shared.page,
      region: this.#region ?? (isAhead ? WHOLE_PAGE : shared.region),
      pointer: this.#pointer ?? (isAhead ? null : shared.pointer),
      strokes: this.#strokes.length === 0 ? shared.strokes : withOwn(shared.strokes, this.#strokes),
    };
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Come back whole: up to its last point. A room's published drawing leaves out some in between. */
const isIn = (strokes: readonly Stroke[], own: Stroke): boolean =>
  strokes.some(
    ({ strokeId, points }) =>
      strokeId === own.strokeId && points.at(-2) === own.points.at(-2) && points.at(-1) === own.points.at(-1),
  );

function withOwn(strokes: readonly Stroke[], own: readonly Stroke[]): Stroke[] {
  const ownIds = new Set(own.map(({ strokeId }) => strokeId));
  return [...strokes.filter(({ strokeId }) => !ownIds.has(strokeId)), ...own];
}

const sameRegion = (a: PageRegion, b: PageRegion): boolean =>
  a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
