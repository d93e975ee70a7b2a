/**
 * What a guest's page does before its scripts are there: exchanges the invite and opens the signalling socket, so that
 * their round trips run beside the download. Stands inline in join.html (early-plugin.ts), hence no import; where the
 * inline script did not run, entry.ts calls it.
 */

export type Early = {
  invite: string;
  /** status and body of the exchange; rejects where the server cannot be reached */
  entry: Promise<{ status: number; body: unknown }>;
  /** null: the page was not told where signalling is */
  socket: WebSocket | null;
};

export function startEarly(): Early {
  const invite = location.hash.slice(1);
  const entry = fetch('/api/v1/guest-entries', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ invite }),
  }).then(async (response) => ({ status: response.status, body: await response.json() }));
  entry.catch(() => {});
  const url = document.querySelector<HTMLMetaElement>('meta[name="maru-signaling"]')?.content;
  return { invite, entry, socket: url?.startsWith('ws') ? new WebSocket(url) : null };
}
