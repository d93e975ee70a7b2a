/**
 * The notes over the browser's own WebSocket, woken by the page being seen and the network coming back. A client whose page was
 * left lives until what was written in it is saved: a link within the page asks nobody.
 */
import { NOTES_LINK_PATH } from '#contract/notes-link.ts';
import { NotesClient, type NotesSocket } from './notes-client.ts';

type Kept = { client: NotesClient; users: number; end: () => void };
const all = new Map<string, Kept>();

/** Starts at once, or goes on with what is not saved yet. The returned `stop` ends client and listeners as soon as all is saved. */
export function openNotesClient(meetingId: string): { client: NotesClient; stop: () => void } {
  const kept = all.get(meetingId) ?? begin(meetingId);
  kept.users += 1;
  let isStopped = false;
  return {
    client: kept.client,
    stop: () => {
      if (isStopped) return;
      isStopped = true;
      kept.users -= 1;
      endUnused(kept);
    },
  };
}

function begin(meetingId: string): Kept {
  const url = new URL(NOTES_LINK_PATH, location.href.replace(/^http/, 'ws')).href;
  const client = new NotesClient({ meetingId, openSocket: () => new WebSocket(url) as NotesSocket });
  const wake = () => {
    if (document.visibilityState === 'visible') client.wake();
  };
  const warn = (event: BeforeUnloadEvent) => {
    // the browser asks in its own words
    if (client.getSnapshot().isUnsaved) event.preventDefault();
  };
  const kept: Kept = {
    client,
    users: 0,
    end: () => {
      all.delete(meetingId);
      unsubscribe();
      document.removeEventListener('visibilitychange', wake);
      window.removeEventListener('online', wake);
      window.removeEventListener('pageshow', wake);
      window.removeEventListener('beforeunload', warn);
      client.stop();
    },
  };
  const unsubscribe = client.subscribe(() => endUnused(kept));
  all.set(meetingId, kept);
  document.addEventListener('visibilitychange', wake);
  window.addEventListener('online', wake);
  window.addEventListener('pageshow', wake);
  window.addEventListener('beforeunload', warn);
  client.start();
  return kept;
}

function endUnused({ client, users, end }: Kept): void {
  const { isUnsaved, phase } = client.getSnapshot();
  if (users === 0 && (!isUnsaved || phase === 'ended')) end();
}
