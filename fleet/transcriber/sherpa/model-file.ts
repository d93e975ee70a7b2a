/** What a model's file says of itself, without loading it. A file that was copied in part is found here, at once and in words. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { StartRefused } from '#edge/start-refused.ts';

/** Fields of ONNX's ModelProto, and of StringStringEntryProto. */
const GRAPH = 7;
const METADATA = 14;
const [KEY, VALUE] = [1, 2];
/** Wire types of protobuf. */
const [VARINT, EIGHT_BYTES, BYTES, FOUR_BYTES] = [0, 1, 2, 5];
const LONGEST_VARINT = 10;
const MOST_FIELDS = 10_000;
/** Models keep their vocabulary there, or the means of each feature. */
const MOST_METADATA_BYTES = 16 * 1024 * 1024;
/** The other form of ONNX Runtime: a flatbuffer with this name at its fifth byte. */
const ORT_NAME = 'ORTM';

export type ModelMetadata = ReadonlyMap<string, string>;

/** @throws StartRefused naming the file: not readable, cut short, or no model */
export function readModelMetadata(path: string): ModelMetadata {
  const name = basename(path);
  try {
    return metadataOf(path, name);
  } catch (error) {
    if (error instanceof StartRefused) throw error;
    throw new StartRefused(`${name}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function metadataOf(path: string, name: string): ModelMetadata {
  // a pipe keeps nobody waiting
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new StartRefused(`${name} is no file`);
    const { size } = stat;
    const read = (at: number, length: number): Buffer => {
      const bytes = Buffer.alloc(Math.min(length, Math.max(0, size - at)));
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, at));
    };
    if (size === 0) throw new StartRefused(`${name} is empty`);
    if (read(4, ORT_NAME.length).toString('latin1') === ORT_NAME) return new Map();
    return onnxMetadata(name, size, read);
  } finally {
    closeSync(file);
  }
}

function onnxMetadata(name: string, size: number, read: (at: number, length: number) => Buffer): ModelMetadata {
  const metadata = new Map<string, string>();
  const noModel = (): StartRefused => new StartRefused(`${name} is no ONNX model, or it is damaged`);
  let hasGraph = false;
  let left = MOST_METADATA_BYTES;
  for (let at = 0, fields = 0; at < size; fields += 1) {
    if (fields > MOST_FIELDS) throw noModel();
    const head = new FieldReader(read(at, 2 * LONGEST_VARINT));
    const field = head.next();
    if (field === null) throw noModel();
    const body = at + head.at;
    at = body + field.length;
    if (at > size) throw hasGraph || field.number === GRAPH ? cutShort(name) : noModel();
    if (field.number === GRAPH) hasGraph = true;
    if (field.number !== METADATA || field.wireType !== BYTES) continue;
    left -= field.length;
    if (left < 0) throw noModel();
    const [key, value] = entryOf(read(body, field.length));
    metadata.set(key, value);
  }
  if (!hasGraph) throw noModel();
  return metadata;
}

const cutShort = (name: string): StartRefused => new StartRefused(`${name} is cut short: copy it again`);

function entryOf(bytes: Buffer): [key: string, value: string] {
  const entry = { [KEY]: '', [VALUE]: '' };
  const reader = new FieldReader(bytes);
  for (let field = reader.next(); field !== null; field = reader.next()) {
    const end = reader.at + field.length;
    if (field.number === KEY || field.number === VALUE) entry[field.number] = bytes.toString('utf8', reader.at, end);
    reader.at = end;
  }
  return [entry[KEY]!, entry[VALUE]!];
}

type Field = { number: number; wireType: number; length: number };

class FieldReader {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Up to where the field's content begins. null: nothing more, or nothing of protobuf */
  next(): Field | null {
    const tag = this.#varint();
    if (tag === null) return null;
    const [number, wireType] = [Math.floor(tag / 8), tag % 8];
    if (number === 0) return null;
    if (wireType === EIGHT_BYTES) return { number, wireType, length: 8 };
    if (wireType === FOUR_BYTES) return { number, wireType, length: 4 };
    const value = wireType === VARINT || wireType === BYTES ? this.#varint() : null;
    if (value === null) return null;
    return { number, wireType, length: wireType === BYTES ? value : 0 };
  }

  #varint(): number | null {
    let value = 0;
    for (let index = 0; index < LONGEST_VARINT && this.at < this.#bytes.length; index += 1) {
      const byte = this.#bytes[this.at]!;
      this.at += 1;
      // not by shifts: a model may have more than 2 GB
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    return null;
  }
}
