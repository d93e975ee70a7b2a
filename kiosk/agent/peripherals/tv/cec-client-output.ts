/** Reads what libcec's `cec-client` prints, seen in 6.0.2: frames in hexadecimal, of what it sends (`<<`) and hears (`>>`). */
import { type CecFrame, frameOf, OPCODE, physicalAddressOf, readPhysicalAddress } from './cec-frame.ts';

export type ClientLine =
  | { type: 'heard'; frame: CecFrame }
  /** its own place on the bus: as it tells everyone, which it does not always, or as it says of itself */
  | { type: 'placed'; logicalAddress: number; physicalAddress: number | null }
  | { type: 'ready' }
  /** it will not come to work with its adapter */
  | { type: 'hopeless'; why: string };

/** null: nothing that matters here */
export function readClientLine(line: string): ClientLine | null {
  const traffic = /^TRAFFIC: \[\s*\d+\]\s+(<<|>>)((?:\s*:?[\da-f]{2})+)\s*$/i.exec(line);
  if (traffic !== null) {
    const bytes = [...(traffic[2] ?? '').matchAll(/[\da-f]{2}/gi)].map((byte) => Number.parseInt(byte[0], 16));
    const frame = frameOf(bytes);
    if (frame === null) return null;
    if (traffic[1] === '>>') return { type: 'heard', frame };
    if (frame.opcode !== OPCODE.reportPhysicalAddress) return null;
    return { type: 'placed', logicalAddress: frame.from, physicalAddress: physicalAddressOf(frame, 0) };
  }
  const registered = /logical address\(es\) = [^(]*\((\w)\).*physical address: ([\da-f](?:\.[\da-f]){3})/i.exec(line);
  if (registered !== null) {
    return {
      type: 'placed',
      logicalAddress: Number.parseInt(registered[1] as string, 16),
      physicalAddress: readPhysicalAddress(registered[2] as string),
    };
  }
  if (line.startsWith('waiting for input')) return { type: 'ready' };
  if (/autodetect.*FAILED|^unable to open the device|^Failed to reconnect|^Cannot load/.test(line)) {
    return { type: 'hopeless', why: line.slice(0, 200) };
  }
  return null;
}

/** Of `cec-client --list-devices`: the ports of adapters, as `cec-client` takes them. */
export function readPorts(text: string): string[] {
  return [...text.matchAll(/^com port:\s+(\S+)\s*$/gm)].map((found) => found[1] as string);
}
