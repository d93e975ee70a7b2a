/**
 * For integration tests: a client that resets its TCP connection (RST, not FIN) at a given point of what it sends, as a
 * network or a killed process does.
 */
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';

type Bytes = readonly (string | Buffer)[];
export type ResetStage = {
  port: number;
  /** null: plain TCP */
  tls: ConnectionOptions | null;
  /** each sent after the one before got an answer; the last is followed by the reset. A function: anew for each connection */
  send: Bytes | (() => Promise<Bytes>);
  /** the last of `send` is answered too, before the reset */
  awaitsAnswer?: boolean;
};

/** The server sees the reset between 0 and 3 ms after the last byte: each of these instants is a stage of its own. */
const DELAYS_MS = [0, 0, 1, 2, 3];
const TIMEOUT_MS = 5_000;

/** @returns how many of them reached the reset; a server that refuses earlier is no failure of this client */
export async function resetConnections(stage: ResetStage, count: number): Promise<number> {
  let reached = 0;
  for (let i = 0; i < count; i += 1) if (await resetOnce(stage, DELAYS_MS[i % DELAYS_MS.length]!)) reached += 1;
  return reached;
}

async function resetOnce({ port, tls, send, awaitsAnswer = false }: ResetStage, delayMs: number): Promise<boolean> {
  const parts = typeof send === 'function' ? await send() : send;
  const tcp = connectTcp(port, '127.0.0.1');
  const secure = tls && connectTls({ ...tls, socket: bytesOf(tcp) });
  const socket: Socket = secure ?? tcp;
  for (const each of new Set([tcp, socket])) each.on('error', () => {});
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    await once(socket, secure ? 'secureConnect' : 'connect', { signal });
    for (const [index, bytes] of parts.entries()) {
      const answered = once(socket, 'data', { signal });
      answered.catch(() => {});
      await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
      if (index < parts.length - 1 || awaitsAnswer) await answered;
    }
    if (delayMs > 0) await sleep(delayMs);
    return true;
  } catch {
    return false;
  } finally {
    tcp.resetAndDestroy();
    secure?.destroy();
  }
}

/** TLS over a stream of its own: Node crashes when the TCP socket below a TLS socket is reset. */
function bytesOf(tcp: Socket): Duplex {
  const stream = new Duplex({
    read: () => {},
    write: (chunk, _encoding, done) => void tcp.write(chunk, () => done()),
  });
  stream.on('error', () => {});
  tcp.on('data', (chunk) => stream.push(chunk));
  tcp.on('close', () => stream.push(null));
  return stream;
}

/** The head of a request that opens a WebSocket. */
export const upgradeRequest = (path: string, host: string): string =>
  [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    `Origin: http://${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    '',
    '',
  ].join('\r\n');

/** A text message as a client sends it, masked by zeros. */
export function clientFrame(text: string): Buffer {
  const { length } = Buffer.from(text);
  const size = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([0x81, ...size, 0, 0, 0, 0]), Buffer.from(text)]);
}
