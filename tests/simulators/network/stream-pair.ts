/**
 * Two sockets joined by the impaired link: bytes keep their order and none is lost, a cut stalls both ways (or resets),
 * and an end passes on only when the link is whole. Owns its two sockets.
 */
import type { Socket } from 'node:net';
import { Direction, type Way } from './impairment.ts';
import type { Link } from './link.ts';

/** Above this many bytes on their way the sender waits, as TCP's window would make it. */
const WINDOW_BYTES = 1024 * 1024;

export function joinStreams({
  link,
  client,
  upstream,
  establishedAtMs,
}: {
  link: Link;
  client: Socket;
  upstream: Socket;
  /** nothing of the client's counts as sent before: the handshake has its own round trip */
  establishedAtMs: number;
}): void {
  link.counters.connections += 1;
  client.setNoDelay(true);
  upstream.setNoDelay(true);
  const both = [client, upstream];
  const stopWatching = link.watch(
    (resetStreams) => {
      for (const socket of both) {
        if (resetStreams) socket.resetAndDestroy();
        else socket.pause();
      }
    },
    () => {
      for (const socket of both) socket.resume();
    },
  );
  const closeBoth = () => {
    stopWatching();
    client.destroy();
    upstream.destroy();
  };
  oneWay(link, 'up', client, upstream, establishedAtMs, closeBoth);
  oneWay(link, 'down', upstream, client, 0, closeBoth);
  if (link.isCut) for (const socket of both) socket.pause();
}

function oneWay(link: Link, way: Way, from: Socket, to: Socket, notBeforeMs: number, closeBoth: () => void): void {
  const direction = new Direction({ way, random: link.random, ordered: true });
  let inFlightBytes = 0;
  const arrive = (sizeBytes: number, run: () => void) => {
    const sentMs = Math.max(performance.now(), notBeforeMs);
    // ordered: never null
    link.line.schedule(direction.dueMs(sizeBytes, sentMs, link.impairment)!, () => {
      if (link.isCut) {
        const stop = link.watch(closeBothOnReset, () => {
          stop();
          run();
        });
        function closeBothOnReset(resetStreams: boolean) {
          if (resetStreams) stop();
        }
        return;
      }
      run();
    });
  };
  from.on('data', (chunk: Buffer) => {
    inFlightBytes += chunk.length;
    if (inFlightBytes > WINDOW_BYTES) from.pause();
    arrive(chunk.length, () => {
      inFlightBytes -= chunk.length;
      link.counters.streamBytesPassed += chunk.length;
      if (!to.destroyed) to.write(chunk);
      if (inFlightBytes <= WINDOW_BYTES && !link.isCut) from.resume();
    });
  });
  from.on('end', () => arrive(0, () => void (to.destroyed || to.end())));
  from.on('error', () => {});
  // both ends are told alike, later by what the link takes
  from.on('close', (hadError) =>
    arrive(0, () => {
      if (hadError && !to.destroyed) to.resetAndDestroy();
      closeBoth();
    }),
  );
}
