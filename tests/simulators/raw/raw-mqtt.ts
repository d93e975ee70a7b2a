/** MQTT 3.1.1 packets by hand over TLS: any of them, well made or not, and what the broker does about it. */
import { ByteStream, type StreamTarget } from './byte-stream.ts';

/** OASIS MQTT 3.1.1, table 2.1 */
export const PACKET = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  subscribe: 8,
  suback: 9,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
} as const;

export type RawPacket = { type: number; flags: number; body: Buffer };

/** 2.2.3: seven bits a byte, the lowest first. */
export function remainingLength(sizeBytes: number): Buffer {
  const bytes: number[] = [];
  let left = sizeBytes;
  do {
    bytes.push((left % 128) | (left >= 128 ? 0x80 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Buffer.from(bytes);
}

/** `claimedBytes` may lie about the length that follows. */
export function packet(type: number, flags: number, body: Buffer, claimedBytes = body.length): Buffer {
  return Buffer.concat([Buffer.from([(type << 4) | flags]), remainingLength(claimedBytes), body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const size = Buffer.alloc(2);
  size.writeUInt16BE(bytes.length);
  return Buffer.concat([size, bytes]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

/** 3.1 */
export function connectPacket({
  clientId,
  keepAliveSeconds = 30,
  protocolName = 'MQTT',
  protocolLevel = 4,
}: {
  clientId: string;
  keepAliveSeconds?: number;
  protocolName?: string;
  protocolLevel?: number;
}): Buffer {
  const cleanSession = 0x02;
  return packet(
    PACKET.connect,
    0,
    Buffer.concat([
      text(protocolName),
      Buffer.from([protocolLevel, cleanSession]),
      uint16(keepAliveSeconds),
      text(clientId),
    ]),
  );
}

/** 3.3; QoS 1 */
export function publishPacket({
  topic,
  payload,
  packetId,
  retain = false,
}: {
  topic: string;
  payload: Buffer | string;
  packetId: number;
  retain?: boolean;
}): Buffer {
  return packet(
    PACKET.publish,
    0b0010 | (retain ? 1 : 0),
    Buffer.concat([text(topic), uint16(packetId), Buffer.from(payload)]),
  );
}

/** 3.8; its fixed header's flags are 0010 */
export function subscribePacket({ topics, packetId }: { topics: string[]; packetId: number }): Buffer {
  return packet(
    PACKET.subscribe,
    0b0010,
    Buffer.concat([uint16(packetId), ...topics.flatMap((topic) => [text(topic), Buffer.from([1])])]),
  );
}

export class RawMqtt {
  readonly stream: ByteStream;
  private constructor(stream: ByteStream) {
    this.stream = stream;
  }

  static async open(target: StreamTarget): Promise<RawMqtt> {
    return new RawMqtt(await ByteStream.open(target));
  }

  send(bytes: Buffer): void {
    this.stream.write(bytes);
  }

  async next(timeoutMs = 5_000): Promise<RawPacket> {
    const [head] = await this.stream.take(1, timeoutMs);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const [byte] = await this.stream.take(1, timeoutMs);
      size += (byte! & 0x7f) * 2 ** shift;
      if (byte! < 0x80) break;
    }
    return { type: head! >> 4, flags: head! & 0x0f, body: await this.stream.take(size, timeoutMs) };
  }

  /** The next packet of this type; others are dropped on the way. */
  async nextOf(type: number, timeoutMs = 5_000): Promise<RawPacket> {
    const deadlineMs = Date.now() + timeoutMs;
    for (;;) {
      const found = await this.next(Math.max(1, deadlineMs - Date.now()));
      if (found.type === type) return found;
    }
  }

  /** CONNECT, and the return code of CONNACK (3.2.2.3). */
  async connect(clientId: string): Promise<number> {
    this.send(connectPacket({ clientId }));
    return (await this.nextOf(PACKET.connack)).body[1]!;
  }

  /** Topic and payload of the next message that comes in. */
  async nextMessage(timeoutMs = 5_000): Promise<{ topic: string; payload: string }> {
    const { flags, body } = await this.nextOf(PACKET.publish, timeoutMs);
    const topicEnd = 2 + body.readUInt16BE();
    const qos = (flags >> 1) & 3;
    if (qos > 0) this.send(packet(PACKET.puback, 0, body.subarray(topicEnd, topicEnd + 2)));
    return { topic: String(body.subarray(2, topicEnd)), payload: String(body.subarray(topicEnd + (qos > 0 ? 2 : 0))) };
  }

  close(): void {
    this.stream.close();
  }
}
