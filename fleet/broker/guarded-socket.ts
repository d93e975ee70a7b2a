/**
 * Puts a `PacketGuard` between a socket and its reader, without a copy and without another stream: `read`
 * hands nothing on that the guard has not seen.
 */
import type { Socket } from 'node:net';
import { type GuardLimits, type GuardVerdict, PacketGuard } from './packet-guard.ts';

type Listener = {
  /** by the monotonic clock */
  onHeard: (nowMs: number) => void;
  onRefused: (verdict: Exclude<GuardVerdict, 'pass'>) => void;
};

export function guardSocket(socket: Socket, limits: GuardLimits, { onHeard, onRefused }: Listener): void {
  const guard = new PacketGuard(limits, performance.now());
  const read = socket.read.bind(socket);
  socket.read = (sizeBytes?: number) => {
    const chunk = read(sizeBytes);
    if (chunk === null) return null;
    const nowMs = performance.now();
    const verdict = guard.inspect(chunk, nowMs);
    if (verdict === 'pass') {
      onHeard(nowMs);
      return chunk;
    }
    onRefused(verdict);
    socket.destroy();
    return null;
  };
}
