/** Seeded damage to the bytes and the JSON of feeds: what disks, lines and attackers do to them. */
export type Dice = {
  /** from 0 up to, not including, `below` */
  upTo(below: number): number;
  oneOf<V>(values: readonly V[]): V;
};

/** mulberry32 */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const upTo = (below: number): number => Math.floor(next() * below);
  return { upTo, oneOf: (values) => values[upTo(values.length)]! };
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const ODD_TEXTS = [
  '',
  '\u0000',
  '\u202egnp.exe',
  '\ud83d\ude00',
  'caf\u0301e',
  '../../etc/passwd',
  '/etc/passwd',
  'a/../b',
  '.ssh',
  '-rf',
  'a\\b',
  'A',
  '0777',
  '4755',
  '9'.repeat(400),
  'x'.repeat(300),
  '__proto__',
  'constructor',
  '2040-01-01T00:00:00Z',
  '1970-01-01T00:00:00Z',
  '0'.repeat(64),
];
const ODD_NUMBERS = ['-1', '0', '1', '0.5', '1e308', '1e999', '-0', '9007199254740993', '2147483648', '1e-7', '3.0'];
const ODD_BYTES = [[0xff], [0xc3, 0x28], [0xef, 0xbb, 0xbf], [0], [0xf0, 0x9f, 0x98, 0x80], [0xe2, 0x80, 0xae]];

type ByteMutation = (bytes: Buffer, dice: Dice) => Buffer;

export const byteMutations: Record<string, ByteMutation> = {
  'a bit flips': (bytes, dice) => {
    const changed = Buffer.from(bytes);
    const at = dice.upTo(changed.length);
    changed[at]! ^= 1 << dice.upTo(8);
    return changed;
  },
  'some bytes change': (bytes, dice) => {
    const changed = Buffer.from(bytes);
    for (let n = dice.upTo(8); n >= 0; n -= 1) changed[dice.upTo(changed.length)] = dice.upTo(256);
    return changed;
  },
  truncated: (bytes, dice) => bytes.subarray(0, dice.upTo(bytes.length)),
  'a part is missing': (bytes, dice) => {
    const from = dice.upTo(bytes.length);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + dice.upTo(200))]);
  },
  'a part is there twice': (bytes, dice) => {
    const from = dice.upTo(bytes.length);
    const to = from + 1 + dice.upTo(400);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  'all of it twice': (bytes) => Buffer.concat([bytes, bytes]),
  'odd bytes come in': (bytes, dice) => {
    const at = dice.upTo(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(dice.oneOf(ODD_BYTES)), bytes.subarray(at)]);
  },
  'a number is odd': (bytes, dice) => {
    const text = bytes.toString('latin1');
    const numbers = [...text.matchAll(/(?<=[:[,])-?\d+(?=[,}\]])/g)];
    if (numbers.length === 0) return bytes.subarray(1);
    const found = dice.oneOf(numbers);
    const changed = `${text.slice(0, found.index)}${dice.oneOf(ODD_NUMBERS)}${text.slice(found.index + found[0].length)}`;
    return Buffer.from(changed, 'latin1');
  },
  'a name is there twice': (bytes, dice) => {
    const text = bytes.toString('latin1');
    const begins = [...text.matchAll(/\{(?=")/g)];
    const at = dice.oneOf(begins).index + 1;
    const name = dice.oneOf([
      'version',
      'signed',
      'path',
      'files',
      'sha256',
      'custom',
      'keyids',
      'threshold',
      '__proto__',
    ]);
    return Buffer.from(
      `${text.slice(0, at)}"${name}":${dice.oneOf(['1', '[]', '{}', 'null', '"x"'])},${text.slice(at)}`,
      'latin1',
    );
  },
  'nested deeply': (bytes, dice) => {
    const depth = dice.oneOf([20, 5_000, 100_000]);
    return dice.upTo(2) === 0
      ? Buffer.concat([Buffer.alloc(depth, '['), bytes, Buffer.alloc(depth, ']')])
      : Buffer.from(bytes.toString('latin1').replace('{', `{"x":${'['.repeat(depth)}${']'.repeat(depth)},`), 'latin1');
  },
};

/** One change somewhere in a JSON value; the value is changed in place. */
export function mutateJson(root: Json, dice: Dice): string {
  const places: { of: Json[] | { [name: string]: Json }; at: string }[] = [];
  const look = [root];
  for (let value = look.pop(); value !== undefined; value = look.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    for (const at of Object.keys(value)) {
      places.push({ of: value as never, at });
      look.push((value as Record<string, Json>)[at]!);
    }
  }
  const { of, at } = dice.oneOf(places);
  const holder = of as Record<string, Json>;
  const change = dice.oneOf(['remove', 'rename', 'odd', 'number', 'text', 'swap', 'double'] as const);
  if (change === 'remove') {
    if (Array.isArray(of)) of.splice(Number(at), 1);
    else delete holder[at];
  } else if (change === 'rename') {
    const value = holder[at]!;
    if (Array.isArray(of)) of.push(value);
    else {
      delete holder[at];
      holder[dice.oneOf([`${at} `, at.toUpperCase(), 'x', '', 'toString'])] = value;
    }
  } else if (change === 'odd') holder[at] = dice.oneOf<Json>([null, true, {}, [], [[[[{}]]]], { '': '' }]);
  else if (change === 'number') holder[at] = Number(dice.oneOf(ODD_NUMBERS));
  else if (change === 'text') holder[at] = dice.oneOf(ODD_TEXTS);
  else {
    const other = dice.oneOf(places);
    const value = structuredClone((other.of as Record<string, Json>)[other.at]!);
    if (change === 'double' && Array.isArray(of)) of.push(structuredClone(holder[at]!));
    else holder[at] = value;
  }
  return `${change} at ${at}`;
}
