/**
 * Asks to come in and opens the signalling socket before the page's scripts are there, so that the round trips run beside
 * the download. It is inline in join.html (early-plugin.ts), hence no import; where the inline script did not run,
 * way-in.ts calls it.
 */

/** By an invite, which stands in the fragment; or as who is signed in, to the meeting that the query names. */
export type WayByAddress = { kind: 'invite'; invite: string; entryId: string } | { kind: 'member'; meetingId: string };
export type Early = {
  way: WayByAddress;
  /** status and body of the first answer; rejects where the server cannot be reached. null: a knock of before goes on */
  entry: Promise<{ status: number; body: unknown }> | null;
  /** null: the page has no signalling address */
  socket: WebSocket | null;
};

/** Names this browser to the fleet: its next entry by the same link takes the place of this one. */
function keptEntryId(): string {
  const keptAs = 'maru-entry';
  const fresh = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
  try {
    const kept = localStorage.getItem(keptAs);
    // EntryId in the contract
    if (kept !== null && /^[\w-]{16,64}$/.test(kept)) return kept;
    localStorage.setItem(keptAs, fresh);
  } catch {
    // lasts as long as the page
  }
  return fresh;
}

/** Under which name a page keeps its knock, until the tab is closed: a reload goes on with it. */
export function ticketKeptAs(way: WayByAddress): string {
  return `maru-ticket ${way.kind === 'invite' ? way.invite.slice(-86) : way.meetingId}`;
}

function hasTicket(way: WayByAddress): boolean {
  try {
    return sessionStorage.getItem(ticketKeptAs(way)) !== null;
  } catch {
    return false;
  }
}

/** null: the address names no way in */
export function startEarly(): Early | null {
  const invite = location.hash.slice(1);
  const meetingId = new URLSearchParams(location.search).get('meeting');
  if (invite === '' && meetingId === null) return null;
  const way: WayByAddress =
    meetingId === null || invite !== ''
      ? { kind: 'invite', invite, entryId: keptEntryId() }
      : { kind: 'member', meetingId };
  const path =
    way.kind === 'invite' ? '/api/v1/guest-entries' : `/api/v1/meetings/${encodeURIComponent(way.meetingId)}/entries`;
  const body = way.kind === 'invite' ? { invite: way.invite, entryId: way.entryId } : {};
  const entry = hasTicket(way)
    ? null
    : fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).then(async (response) => ({ status: response.status, body: await response.json() }));
  entry?.catch(() => {});
  const url = document.querySelector<HTMLMetaElement>('meta[name="maru-signaling"]')?.content;
  return { way, entry, socket: url?.startsWith('ws') ? new WebSocket(url) : null };
}
