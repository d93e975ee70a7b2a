/**
 * Pictures out of RTP (RFC 6184: single units, STAP-A, FU-A). A picture that misses a packet is dropped, and so is what follows until
 * the next IDR, as it would be drawn on something else.
 */
import { Unwrapped } from './unwrap.ts';
import type { RtpPacket } from './rtp-packet.ts';

export type H264Frame = {
  /** never wraps; 90 kHz */
  timestamp: number;
  isKey: boolean;
  /** slices, without start codes; no parameter sets, no delimiters */
  units: Buffer[];
  /** that came with it; null: none */
  sps: Buffer | null;
  pps: Buffer | null;
};

export type H264FramesOptions = {
  /** of this source: its sender reports are unwrapped by the same */
  timestamps: Unwrapped;
  onFrame: (frame: H264Frame) => void;
  /** packets are missing, or units broken: a key frame is needed */
  onBroken: () => void;
};

const SLICE = 1;
const IDR = 5;
const SPS = 7;
const PPS = 8;
const STAP_A = 24;
const FU_A = 28;
/** A picture of 4K as noise has less. */
const MAX_FRAME_BYTES = 4 * 1024 * 1024;
const typeOf = (unit: Buffer): number => (unit[0] ?? 0) & 31;

/** One source (SSRC). */
export class H264Frames {
  readonly #options: H264FramesOptions;
  readonly #sequences = new Unwrapped(16);
  #lastSequence: number | null = null;
  #timestamp: number | null = null;
  #units: Buffer[] = [];
  #fragments: Buffer[] | null = null;
  #sizeBytes = 0;
  #isBroken = false;
  /** also at the start: pictures before the first IDR cannot be drawn */
  #needsKey = true;

  constructor(options: H264FramesOptions) {
    this.#options = options;
  }

  add(packet: RtpPacket): void {
    const sequence = this.#sequences.next(packet.sequence);
    if (this.#lastSequence !== null) {
      // again, or too late: what it belongs to is gone
      if (sequence <= this.#lastSequence) return;
      if (sequence !== this.#lastSequence + 1) this.#break();
    }
    this.#lastSequence = sequence;
    const timestamp = this.#options.timestamps.next(packet.timestamp);
    // the marker of the picture before was lost with its packet, or never set
    if (this.#timestamp !== null && timestamp !== this.#timestamp) this.#end();
    this.#timestamp = timestamp;
    this.#unpack(packet.payload);
    if (packet.isMarked) this.#end();
  }

  #unpack(payload: Buffer): void {
    const type = typeOf(payload);
    if (type === FU_A) this.#addFragment(payload);
    else if (type === STAP_A) this.#addAggregate(payload);
    else if (type >= 1 && type <= 23) this.#addUnit(payload);
    // nothing that mediasoup negotiates
    else this.#break();
  }

  #addAggregate(payload: Buffer): void {
    for (let at = 1; at < payload.length; ) {
      const end = at + 2 + (at + 2 <= payload.length ? payload.readUInt16BE(at) : Infinity);
      if (end > payload.length || end === at + 2) {
        this.#break();
        return;
      }
      this.#addUnit(payload.subarray(at + 2, end));
      at = end;
    }
  }

  #addFragment(payload: Buffer): void {
    const header = payload[1];
    if (header === undefined || payload.length < 3) {
      this.#break();
      return;
    }
    if (header & 0x80) {
      const first = ((payload[0] ?? 0) & 0xe0) | (header & 31);
      if (this.#fragments) this.#break();
      this.#fragments = [Buffer.from([first])];
    }
    if (!this.#fragments) {
      this.#break();
      return;
    }
    this.#fragments.push(payload.subarray(2));
    this.#sizeBytes += payload.length;
    if (this.#sizeBytes > MAX_FRAME_BYTES) this.#break();
    else if (header & 0x40) {
      const unit = Buffer.concat(this.#fragments);
      this.#fragments = null;
      this.#addUnit(unit);
    }
  }

  #addUnit(unit: Buffer): void {
    if (this.#fragments) this.#break();
    this.#sizeBytes += unit.length;
    if (this.#sizeBytes > MAX_FRAME_BYTES) this.#break();
    else if (unit.length > 0) this.#units.push(unit);
  }

  #break(): void {
    this.#isBroken = true;
    this.#fragments = null;
    this.#units = [];
  }

  #end(): void {
    const units = this.#units;
    if (this.#fragments) this.#isBroken = true;
    const isBroken = this.#isBroken;
    const timestamp = this.#timestamp;
    this.#units = [];
    this.#fragments = null;
    this.#sizeBytes = 0;
    this.#isBroken = false;
    this.#timestamp = null;
    if (isBroken) {
      this.#needsKey = true;
      this.#options.onBroken();
      return;
    }
    const slices = units.filter((unit) => typeOf(unit) === SLICE || typeOf(unit) === IDR);
    if (slices.length === 0 || timestamp === null) return;
    const isKey = slices.every((unit) => typeOf(unit) === IDR);
    if (this.#needsKey && !isKey) return;
    this.#needsKey = false;
    const last = (type: number): Buffer | null => units.findLast((unit) => typeOf(unit) === type) ?? null;
    this.#options.onFrame({ timestamp, isKey, units: slices, sps: last(SPS), pps: last(PPS) });
  }
}
