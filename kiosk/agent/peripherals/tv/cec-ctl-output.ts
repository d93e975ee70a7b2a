/**
 * Reads what `cec-ctl` (v4l-utils) prints, seen in 1.22 and 1.30: always with `--show-raw`, so that frames are read from
 * their bytes. It ends with 0 whatever became of a message; that is told in words.
 */
import { type CecFrame, frameOf, readPhysicalAddress } from './cec-frame.ts';

export type AdapterInfo = {
  canTransmit: boolean;
  /** null: no TV is plugged in, or its cable is cut */
  physicalAddress: number | null;
  logicalAddress: number | null;
  /** it cannot read its physical address from the display, and has to be given one */
  takesAddress: boolean;
};

/** What it prints of an adapter where it is not asked to send. null: that is no such text. */
export function readAdapterInfo(text: string): AdapterInfo | null {
  const physical = /^\s*Physical Address\s*:\s*([\da-f](?:\.[\da-f]){3})\s*$/im.exec(text)?.[1];
  if (physical === undefined) return null;
  const logical = /^\s*Logical Address\s*:\s*(\d{1,2})\b/im.exec(text)?.[1];
  return {
    canTransmit: /^\s*Transmit\s*$/m.test(text),
    physicalAddress: readPhysicalAddress(physical),
    logicalAddress: logical === undefined ? null : Number(logical),
    takesAddress: /^\s*Physical Address\s*$/m.test(text),
  };
}

/** `unsent`: the kernel took the message at no time, as while no TV is plugged in. */
export type SendOutcome = { sent: 'acknowledged' | 'refused' | 'unsent'; answer: CecFrame | null };

/** One for each message of a run, in order. */
export function readSent(text: string): SendOutcome[] {
  return text
    .split(/^Transmit from .*$/m)
    .slice(1)
    .map((told) => {
      // newer ones print the bytes of what was sent too
      const [, heard] = told.split(/^\s*Received from /m);
      const answer = /^\s*Raw:(.*)$/m.exec(heard ?? '')?.[1];
      const status = /^\s*(Tx,.*)$/m.exec(told)?.[1] ?? null;
      const wasSent = /^\s*Sequence: \d+ Tx Timestamp/m.test(told);
      if (!wasSent) return { sent: 'unsent', answer: null };
      // without a status line all is well; with one, the first word tells of the sending, what follows of the answer
      const acknowledged = status === null || /^Tx, OK\b/.test(status);
      return { sent: acknowledged ? 'acknowledged' : 'refused', answer: answer === undefined ? null : readRaw(answer) };
    });
}

function readRaw(text: string): CecFrame | null {
  return frameOf([...text.replace(/\(.*$/, '').matchAll(/\b0x([\da-f]{2})\b/gi)].map((byte) => Number(byte[0])));
}

export type FollowedLine = { frame: CecFrame } | { physicalAddress: number | null };

/** Reads line after line of a run that waits for messages. What it sends itself, in monitor mode, is left out. */
export class FollowReader {
  #received = false;

  /** null: the line tells nothing yet */
  read(line: string): FollowedLine | null {
    if (/^\S/.test(line)) this.#received = line.startsWith('Received from ');
    const raw = this.#received ? /^\s+Raw:(.*)$/.exec(line)?.[1] : undefined;
    if (raw !== undefined) {
      this.#received = false;
      const frame = readRaw(raw);
      return frame === null ? null : { frame };
    }
    const moved = /\bState Change: PA: ([\da-f](?:\.[\da-f]){3})\b/i.exec(line)?.[1];
    return moved === undefined ? null : { physicalAddress: readPhysicalAddress(moved) };
  }
}
