import type { Duplex } from 'node:stream';

/** Answers an upgrade that opens nothing. The socket needs its own handler of errors: the peer may hang up hard. */
export function refuseUpgrade(socket: Duplex, status: '403 Forbidden' | '404 Not Found'): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
