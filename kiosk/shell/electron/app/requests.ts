/**
 * What may be loaded at all: the screen's own files from the agent, its WebSocket, calls over TLS, and data that the
 * page made itself. No file of the box, no scheme of the browser's own, no download. The page's CSP repeats it.
 */
import type { Session } from 'electron';

export type RequestSession = Pick<Session, 'webRequest' | 'on' | 'setSpellCheckerEnabled'>;

/** @param origin null: data that this process made, and nothing else */
export function limitRequests(session: RequestSession, origin: string | null, log: (line: string) => void): void {
  session.webRequest.onBeforeRequest({ urls: ['<all_urls>'] }, ({ url }, callback) => {
    const allowed = mayLoad(url, origin);
    if (!allowed) log(`request refused: ${url.slice(0, 200)}`);
    callback({ cancel: !allowed });
  });
  session.on('will-download', (event) => {
    event.preventDefault();
    log('download refused');
  });
  session.setSpellCheckerEnabled(false);
}

export function mayLoad(url: string, origin: string | null): boolean {
  if (!URL.canParse(url)) return false;
  if (origin === null) return url.startsWith('data:');
  const { protocol, host, hostname, origin: itsOrigin } = new URL(url);
  const home = new URL(origin);
  switch (protocol) {
    case 'http:':
      return itsOrigin === home.origin;
    case 'ws:':
      return host === home.host || hostname === '127.0.0.1' || hostname === 'localhost';
    case 'wss:':
      return true;
    case 'data:':
      return true;
    case 'blob:':
      return itsOrigin === home.origin;
    default:
      return false;
  }
}
