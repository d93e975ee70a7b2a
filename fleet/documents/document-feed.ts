/** A meeting's documents for one client: all of them at first, and again when one has changed. */
import type { documentsApi, MeetingDocument } from '#contract/http/documents-api.ts';
import type { RouteEvent } from '#contract/http/route.ts';
import type { EventFeed } from '../http/route.ts';

type Feed = EventFeed<RouteEvent<typeof documentsApi.documentChanges>>;
/** The pictures of a page come together; a first page waits no longer than this behind the count of pages. */
const INTERVAL_MS = 30;

export class DocumentChanges {
  readonly #watchers = new Map<string, Set<() => void>>();

  changed(meetingId: string): void {
    for (const watcher of this.#watchers.get(meetingId) ?? []) watcher();
  }

  /** @param list the documents as they are now; one that fails is tried again at the next change */
  feedOf(meetingId: string, list: () => Promise<MeetingDocument[]>): (wake: () => void) => Feed {
    return (wake) => {
      let pending: MeetingDocument[] | null = null;
      let state: 'quiet' | 'reading' | 'changed' = 'quiet';
      const read = (): void => {
        if (state !== 'quiet') {
          state = 'changed';
          return;
        }
        state = 'reading';
        void list()
          .then((documents) => {
            pending = documents;
            wake();
          })
          .catch(() => {})
          .finally(() =>
            setTimeout(() => {
              const again = state === 'changed';
              state = 'quiet';
              if (again) read();
            }, INTERVAL_MS).unref(),
          );
      };
      const watchers = this.#watchers.get(meetingId) ?? new Set();
      this.#watchers.set(meetingId, watchers.add(read));
      read();
      return {
        take: () => {
          const documents = pending;
          pending = null;
          return documents ? [{ name: 'documents', data: { documents } }] : [];
        },
        close: () => {
          watchers.delete(read);
          if (watchers.size === 0 && this.#watchers.get(meetingId) === watchers) this.#watchers.delete(meetingId);
        },
      };
    };
  }
}
