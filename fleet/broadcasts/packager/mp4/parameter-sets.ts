/** H264 sequence and picture parameter sets: what the writer, and a picture of our own, need of them. */
import { BitReader, withoutEscapes } from './bits.ts';

export type ParameterSets = { sps: Buffer; pps: Buffer };

export type PictureFormat = {
  /** e.g. `avc1.42c01f` (RFC 6381) */
  codec: string;
  width: number;
  height: number;
  macroblocks: number;
  frameNumBits: number;
  orderCountType: number;
  /** of `orderCountType` 0 */
  orderCountBits: number;
  isFrameOnly: boolean;
};

export type SliceFormat = {
  ppsId: number;
  usesCabac: boolean;
  hasOrderInFrame: boolean;
  hasWeightedPrediction: boolean;
  hasDeblockingControl: boolean;
  hasRedundantPictures: boolean;
};

/** High profiles and up have more fields in their sets. */
const LONG_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
const MAX_SIDE = 8_192;

/** As RTP brings them, units may end in zeros: these are no part of them (7.4.1), and some players stumble over them. */
export function withoutTrailingZeros(unit: Buffer): Buffer {
  let end = unit.length;
  while (end > 0 && unit[end - 1] === 0) end -= 1;
  return unit.subarray(0, end);
}

export const isSameSets = (one: ParameterSets, other: ParameterSets): boolean =>
  one.sps.equals(other.sps) && one.pps.equals(other.pps);

/** @throws RangeError it is none that we can carry */
export function readSps(sps: Buffer): PictureFormat {
  if (((sps[0] ?? 0) & 31) !== 7 || sps.length < 5) throw new RangeError('no sequence parameter set');
  const bits = new BitReader(withoutEscapes(sps).subarray(1));
  const profile = bits.bits(8);
  bits.bits(16);
  bits.unsigned();
  if (LONG_PROFILES.has(profile)) throw new RangeError(`profile ${profile}`);
  const frameNumBits = bits.unsigned() + 4;
  const orderCountType = bits.unsigned();
  let orderCountBits = 0;
  if (orderCountType === 0) orderCountBits = bits.unsigned() + 4;
  else if (orderCountType === 1) {
    bits.flag();
    bits.signed();
    bits.signed();
    for (let left = bits.unsigned(); left > 0; left -= 1) bits.signed();
  }
  bits.unsigned();
  bits.flag();
  const across = bits.unsigned() + 1;
  const down = bits.unsigned() + 1;
  const isFrameOnly = bits.flag();
  if (!isFrameOnly) bits.flag();
  bits.flag();
  let [cutAcross, cutDown] = [0, 0];
  if (bits.flag()) {
    cutAcross = bits.unsigned() + bits.unsigned();
    cutDown = bits.unsigned() + bits.unsigned();
  }
  const rows = isFrameOnly ? down : down * 2;
  const width = across * 16 - cutAcross * 2;
  const height = rows * 16 - cutDown * (isFrameOnly ? 2 : 4);
  if (width < 16 || height < 16 || width > MAX_SIDE || height > MAX_SIDE || frameNumBits > 16 || orderCountBits > 16)
    throw new RangeError('no size of a picture');
  const codec = `avc1.${sps.subarray(1, 4).toString('hex')}`;
  const macroblocks = across * rows;
  return { codec, width, height, macroblocks, frameNumBits, orderCountType, orderCountBits, isFrameOnly };
}

/** @throws RangeError it is none that we know */
export function readPps(pps: Buffer): SliceFormat {
  if (((pps[0] ?? 0) & 31) !== 8) throw new RangeError('no picture parameter set');
  const bits = new BitReader(withoutEscapes(pps).subarray(1));
  const ppsId = bits.unsigned();
  bits.unsigned();
  const usesCabac = bits.flag();
  const hasOrderInFrame = bits.flag();
  if (bits.unsigned() > 0) throw new RangeError('slice groups');
  bits.unsigned();
  bits.unsigned();
  const hasWeightedPrediction = bits.flag();
  bits.bits(2);
  bits.signed();
  bits.signed();
  bits.signed();
  const hasDeblockingControl = bits.flag();
  bits.flag();
  const hasRedundantPictures = bits.flag();
  return { ppsId, usesCabac, hasOrderInFrame, hasWeightedPrediction, hasDeblockingControl, hasRedundantPictures };
}

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1). */
export function writeAvcC({ sps, pps }: ParameterSets): Buffer {
  const sized = (unit: Buffer): Buffer[] => [Buffer.from([unit.length >> 8, unit.length & 255]), unit];
  return Buffer.concat([
    Buffer.from([1, ...sps.subarray(1, 4), 0xff, 0xe1]),
    ...sized(sps),
    Buffer.from([1]),
    ...sized(pps),
  ]);
}
