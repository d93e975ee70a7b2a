/**
 * Reads nothing of an MQTT stream but the fixed headers (MQTT 3.1.1, 2.2), before any parser buffers it: a packet that
 * announces more than the limit, or packets that come too fast, end the connection. 3.1.1 has no way to send a reason.
 */
import { TokenBucket } from '#edge/attempt-limit.ts';

export type GuardLimits = { maxPacketBytes: number; packetsPerSecond: number; burstPackets: number };
export type GuardVerdict = 'pass' | 'too-large' | 'malformed' | 'flood';

const CONTINUES = 0x80;
const MAX_LENGTH_BYTES = 4;

export class PacketGuard {
  readonly #limits: GuardLimits;
  /** of the packet's body, still to come */
  #bodyBytesLeft = 0;
  #inLength = false;
  #length = 0;
  #lengthBytes = 0;
  readonly #bucket: TokenBucket;

  constructor(limits: GuardLimits, nowMs: number) {
    this.#limits = limits;
    const { burstPackets, packetsPerSecond } = limits;
    this.#bucket = new TokenBucket({ burst: burstPackets, refillPerMinute: packetsPerSecond * 60 }, nowMs);
  }

  /** Of the next bytes in order. After anything but `pass` the connection is over. */
  inspect(chunk: Uint8Array, nowMs: number): GuardVerdict {
    let at = 0;
    while (at < chunk.length) {
      if (this.#bodyBytesLeft > 0) {
        const step = Math.min(this.#bodyBytesLeft, chunk.length - at);
        this.#bodyBytesLeft -= step;
        at += step;
      } else if (!this.#inLength) {
        at += 1;
        if (!this.#bucket.take(nowMs)) return 'flood';
        this.#inLength = true;
        this.#length = 0;
        this.#lengthBytes = 0;
      } else {
        const byte = chunk[at]!;
        at += 1;
        this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
        this.#lengthBytes += 1;
        if (this.#length > this.#limits.maxPacketBytes) return 'too-large';
        if ((byte & CONTINUES) === 0) {
          this.#bodyBytesLeft = this.#length;
          this.#inLength = false;
        } else if (this.#lengthBytes === MAX_LENGTH_BYTES) {
          return 'malformed';
        }
      }
    }
    return 'pass';
  }
}
