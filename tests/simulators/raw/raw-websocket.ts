/** RFC 6455 by hand, for the room link, signalling and the screen link: any frame, true or false, and what comes back. */
import { randomBytes } from 'node:crypto';
import { ByteStream, targetOf } from './byte-stream.ts';
import { httpRequest, readHttpAnswer } from './raw-http.ts';

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** As it came, unchecked: of the room link, signalling and the screen link alike. */
export type RawMessage = Record<string, unknown> & { error?: { code: string; message: string } | null };
export type RawFrame = { opcode: number; payload: Buffer };

/** RFC 6455, 5.2. `claimedBytes` may lie about the length that follows. */
export function frame(
  opcode: number,
  payload: Buffer | string,
  { fin = true, masked = true, claimedBytes }: { fin?: boolean; masked?: boolean; claimedBytes?: number } = {},
): Buffer {
  const bytes = Buffer.from(payload);
  const size = claimedBytes ?? bytes.length;
  const head = Buffer.alloc(size < 126 ? 2 : size < 65_536 ? 4 : 10);
  head[0] = (fin ? 0x80 : 0) | opcode;
  head[1] = (masked ? 0x80 : 0) | (size < 126 ? size : size < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(size, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(size), 2);
  if (!masked) return Buffer.concat([head, bytes]);
  const mask = randomBytes(4);
  const hidden = Buffer.from(bytes.map((byte, at) => byte ^ mask[at % 4]!));
  return Buffer.concat([head, mask, hidden]);
}

export class RawWebSocket {
  readonly stream: ByteStream;
  private constructor(stream: ByteStream) {
    this.stream = stream;
  }

  /** @throws RefusedUpgrade where the server answers anything but 101 */
  static async open(
    url: string,
    {
      origin,
      ca,
      localAddress,
      headers = {},
    }: { origin?: string; ca?: string; localAddress?: string; headers?: Record<string, string> } = {},
  ): Promise<RawWebSocket> {
    const { host, pathname, search } = new URL(url);
    const stream = await ByteStream.open(targetOf(url, { ca, localAddress }));
    stream.write(
      httpRequest('GET', pathname + search, {
        host,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': randomBytes(16).toString('base64'),
        ...(origin === undefined ? {} : { origin }),
        ...headers,
      }),
    );
    const answer = await readHttpAnswer(stream);
    if (answer.status !== 101) {
      stream.close();
      throw new RefusedUpgrade(answer.status, answer.body);
    }
    return new RawWebSocket(stream);
  }

  sendText(text: string): void {
    this.stream.write(frame(OPCODE.text, text));
  }

  sendJson(value: unknown): void {
    this.sendText(JSON.stringify(value));
  }

  /** The next frame of the server's; its pings are answered on the way. */
  async nextFrame(timeoutMs = 5_000): Promise<RawFrame> {
    for (;;) {
      const [first, second] = await this.stream.take(2, timeoutMs);
      let size = second! & 0x7f;
      if (size === 126) size = (await this.stream.take(2, timeoutMs)).readUInt16BE();
      else if (size === 127) size = Number((await this.stream.take(8, timeoutMs)).readBigUInt64BE());
      const payload = await this.stream.take(size, timeoutMs);
      const opcode = first! & 0x0f;
      if (opcode !== OPCODE.ping) return { opcode, payload };
      this.stream.write(frame(OPCODE.pong, payload));
    }
  }

  /** The next text frame as JSON, skipping those that `wanted` does not want. */
  async nextJson(wanted: (message: RawMessage) => boolean = () => true, timeoutMs = 5_000): Promise<RawMessage> {
    const deadlineMs = Date.now() + timeoutMs;
    for (;;) {
      const { opcode, payload } = await this.nextFrame(Math.max(1, deadlineMs - Date.now()));
      if (opcode === OPCODE.close) throw new Error(`closed with ${closeOf(payload).code} before the message came`);
      const message = JSON.parse(String(payload)) as RawMessage;
      if (wanted(message)) return message;
    }
  }

  /** Reads on until the server closes: the messages before it, and the close's code and reason (1006: without one). */
  async untilClosed(timeoutMs = 5_000): Promise<{ messages: RawMessage[]; code: number; reason: string }> {
    const messages: RawMessage[] = [];
    const deadlineMs = Date.now() + timeoutMs;
    for (;;) {
      let next: RawFrame;
      try {
        next = await this.nextFrame(Math.max(1, deadlineMs - Date.now()));
      } catch (error) {
        if (this.stream.closed) return { messages, code: 1006, reason: '' };
        throw error;
      }
      if (next.opcode === OPCODE.close) {
        this.stream.write(frame(OPCODE.close, next.payload));
        return { messages, ...closeOf(next.payload) };
      }
      messages.push(JSON.parse(String(next.payload)) as RawMessage);
    }
  }

  close(): void {
    this.stream.close();
  }
}

export class RefusedUpgrade extends Error {
  readonly status: number;
  readonly body: string;
  constructor(status: number, body: string) {
    super(`upgrade refused with ${status}`);
    this.status = status;
    this.body = body;
  }
}

function closeOf(payload: Buffer): { code: number; reason: string } {
  return payload.length < 2
    ? { code: 1005, reason: '' }
    : { code: payload.readUInt16BE(), reason: String(payload.subarray(2)) };
}
