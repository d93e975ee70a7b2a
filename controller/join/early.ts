/**
 * Exchanges the invite and opens the signalling socket before the page's scripts are there, so that the round trips run
 * beside the download. It is inline in join.html (early-plugin.ts), hence no import; where the inline script did not
 * run, entry.ts calls it.
 */

export type Early = {
  invite: string;
  entryId: string;
  /** status and body of the exchange; rejects where the server cannot be reached */
  entry: Promise<{ status: number; body: unknown }>;
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

export function startEarly(): Early {
  const invite = location.hash.slice(1);
  const entryId = keptEntryId();
  const entry = fetch('/api/v1/guest-entries', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ invite, entryId }),
  }).then(async (response) => ({ status: response.status, body: await response.json() }));
  entry.catch(() => {});
  const url = document.querySelector<HTMLMetaElement>('meta[name="maru-signaling"]')?.content;
  return { invite, entryId, entry, socket: url?.startsWith('ws') ? new WebSocket(url) : null };
}
