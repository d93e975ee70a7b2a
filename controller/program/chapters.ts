/** What is worth a chapter: a person who speaks for a while, a document's page that is shown for more than a moment. Pure. */
import type { DocumentHeading } from '#contract/shared-document.ts';

/** Shorter is an interjection. */
export const SPEAKS_FOR_MS = 4_000;
/** Shorter was turned past. */
export const SHOWN_FOR_MS = 1_500;

export type NewChapter = { atMs: number; kind: 'speaker' | 'page'; title: string };
type Moment = { speaker: { peerId: string; displayName: string } | null; document: DocumentHeading | null };
type Since = { key: string; sinceMs: number; title: string };

const MAX_TITLE = 300;

export class Chapters {
  #speaks: Since | null = null;
  #shown: Since | null = null;
  /** keys of the last chapter of each kind */
  readonly #last = new Map<NewChapter['kind'], string>();

  /** Called often, with the time of the wall clock. @returns what has become a chapter, since when */
  follow({ speaker, document }: Moment, nowMs: number): NewChapter[] {
    const page = document && {
      key: `${document.documentId}/${document.page}`,
      title: `${document.title}, ${document.page}`,
    };
    this.#speaks = since(this.#speaks, speaker && { key: speaker.peerId, title: speaker.displayName }, nowMs);
    this.#shown = since(this.#shown, page, nowMs);
    // the same page after another document, or after none, is a chapter again
    if (document === null) this.#last.delete('page');
    return [
      ...this.#due('speaker', this.#speaks, SPEAKS_FOR_MS, nowMs),
      ...this.#due('page', this.#shown, SHOWN_FOR_MS, nowMs),
    ];
  }

  #due(kind: NewChapter['kind'], current: Since | null, afterMs: number, nowMs: number): NewChapter[] {
    if (current === null || nowMs - current.sinceMs < afterMs || this.#last.get(kind) === current.key) return [];
    this.#last.set(kind, current.key);
    return [{ kind, atMs: current.sinceMs, title: current.title.slice(0, MAX_TITLE) }];
  }
}

function since(before: Since | null, now: { key: string; title: string } | null, nowMs: number): Since | null {
  if (now === null) return null;
  return before?.key === now.key ? before : { ...now, sinceMs: nowMs };
}
