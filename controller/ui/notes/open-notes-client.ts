/** The notes over the browser's own WebSocket, woken by the page being seen and the network coming back. */
import { NOTES_LINK_PATH } from '#contract/notes-link.ts';
import { NotesClient, type NotesSocket } from './notes-client.ts';

/** Starts at once. The returned `stop` ends client and listeners. */
export function openNotesClient(meetingId: string): { client: NotesClient; stop: () => void } {
  const url = new URL(NOTES_LINK_PATH, location.href.replace(/^http/, 'ws')).href;
  const client = new NotesClient({ meetingId, openSocket: () => new WebSocket(url) as NotesSocket });
  const wake = () => {
    if (document.visibilityState === 'visible') client.wake();
  };
  const warn = (event: BeforeUnloadEvent) => {
    // the browser asks in its own words
    if (client.getSnapshot().isUnsaved) event.preventDefault();
  };
  document.addEventListener('visibilitychange', wake);
  window.addEventListener('online', wake);
  window.addEventListener('pageshow', wake);
  window.addEventListener('beforeunload', warn);
  client.start();
  return {
    client,
    stop: () => {
      document.removeEventListener('visibilitychange', wake);
      window.removeEventListener('online', wake);
      window.removeEventListener('pageshow', wake);
      window.removeEventListener('beforeunload', warn);
      client.stop();
    },
  };
}
