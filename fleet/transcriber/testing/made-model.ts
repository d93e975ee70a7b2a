/**
 * For tests: models as sherpa-onnx reads them, made here, since none can be had from a registry. The one that recognises writes "소" for
 * low sounds and "시" for high ones: real features, a real graph, a real search for the likeliest letters, and no language.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MELS = 80;
const LETTERS = ['소', '시'];
/** Of each letter: the features that it is, and how loud (logarithm of a mel band's energy) they have to be. */
const SOUNDS = [
  { from: 5, until: 25, louderThan: -5 },
  { from: 55, until: 78, louderThan: -7.5 },
];

type Metadata = Readonly<Record<string, string>>;

/** A folder with a CTC model of NeMo's form. */
export function makeModel(folder: string, metadata: Metadata = {}): void {
  const tokens = [...LETTERS, '<blk>'];
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'tokens.txt'), tokens.map((token, id) => `${token} ${id}\n`).join(''));
  const stated = {
    model_type: 'EncDecCTCModel',
    vocab_size: `${LETTERS.length}`,
    subsampling_factor: '1',
    normalize_type: '',
  };
  writeFileSync(join(folder, 'model.onnx'), onnxModel(lettersGraph(), { ...stated, ...metadata }));
}

/** A file that states what it is, and can do nothing. */
export const statingModel = (metadata: Metadata): Buffer => onnxModel(message(2, text('empty')), metadata);

function lettersGraph(): Buffer {
  const columns = LETTERS.length + 1;
  const weights = Buffer.alloc(MELS * columns * 4);
  const biases = Buffer.alloc(columns * 4);
  for (const [letter, { from, until, louderThan }] of SOUNDS.entries()) {
    for (let mel = from; mel < until; mel += 1) weights.writeFloatLE(1 / (until - from), (mel * columns + letter) * 4);
    biases.writeFloatLE(-louderThan, letter * 4);
  }
  return Buffer.concat([
    node('Transpose', ['audio_signal'], 'frames', attribute('perm', [0, 2, 1])),
    node('MatMul', ['frames', 'weights'], 'weighed'),
    node('Add', ['weighed', 'biases'], 'letters'),
    node('LogSoftmax', ['letters'], 'logprobs', attribute('axis', [2])),
    message(2, text('letters')),
    message(5, tensor('weights', [MELS, columns], weights)),
    message(5, tensor('biases', [columns], biases)),
    message(11, value('audio_signal', FLOAT, ['batch', MELS, 'time'])),
    message(11, value('length', INT64, ['batch'])),
    message(12, value('logprobs', FLOAT, ['batch', 'time', columns])),
  ]);
}

/** ONNX's own numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
const [FLOAT, INT64] = [1, 7];
const IR_VERSION = 8;
const OPSET = 13;

const onnxModel = (graph: Buffer, metadata: Metadata): Buffer =>
  Buffer.concat([
    number(1, IR_VERSION),
    message(7, graph),
    message(8, number(2, OPSET)),
    ...Object.entries(metadata).map(([key, of]) =>
      message(14, Buffer.concat([message(1, text(key)), message(2, text(of))])),
    ),
  ]);

const node = (type: string, inputs: string[], output: string, ...attributes: Buffer[]): Buffer =>
  message(
    1,
    Buffer.concat([
      ...inputs.map((input) => message(1, text(input))),
      message(2, text(output)),
      message(4, text(type)),
      ...attributes,
    ]),
  );

/** A list of integers, or one. */
function attribute(name: string, of: number[]): Buffer {
  const isList = of.length > 1;
  const values = isList ? of.map((one) => number(8, one)) : [number(3, of[0]!)];
  return message(5, Buffer.concat([message(1, text(name)), ...values, number(20, isList ? 7 : 2)]));
}

const tensor = (name: string, shape: number[], content: Buffer): Buffer =>
  Buffer.concat([
    ...shape.map((size) => number(1, size)),
    number(2, FLOAT),
    message(8, text(name)),
    message(9, content),
  ]);

const value = (name: string, type: number, shape: (number | string)[]): Buffer => {
  const sizes = shape.map((size) => message(1, typeof size === 'number' ? number(1, size) : message(2, text(size))));
  const tensorType = Buffer.concat([number(1, type), message(2, Buffer.concat(sizes))]);
  return Buffer.concat([message(1, text(name)), message(2, message(1, tensorType))]);
};

const text = (of: string): Buffer => Buffer.from(of, 'utf8');
const number = (field: number, of: number): Buffer => Buffer.concat([varint(field * 8), varint(of)]);
const message = (field: number, content: Buffer): Buffer =>
  Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);

function varint(of: number): Buffer {
  const bytes: number[] = [];
  let left = of;
  for (; left > 0x7f; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80);
  return Buffer.from([...bytes, left]);
}
