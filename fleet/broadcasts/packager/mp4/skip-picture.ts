/**
 * A picture that repeats the one before, written by us: where a part has to start and the program has sent nothing new. It is no
 * reference, so that what the program sends next is drawn as if this had never been.
 */
import { BitReader, BitWriter, withEscapes, withoutEscapes } from './bits.ts';
import { readPps, readSps, type ParameterSets } from './parameter-sets.ts';

const HEADER_BYTES = 32;
const P_SLICE = 5;

/**
 * @param before the first slice of the last picture that the program sent
 * @param count of ours since that one, from 0
 * @returns null: this stream allows none (entropy coding, fields, an order that has no room for it)
 */
export function skipPictureAfter(before: Buffer, sets: ParameterSets, count: number): Buffer | null {
  try {
    const picture = readSps(sets.sps);
    const slice = readPps(sets.pps);
    if (slice.usesCabac || slice.hasWeightedPrediction || slice.hasRedundantPictures || !picture.isFrameOnly)
      return null;
    // consecutive pictures that are no reference: forbidden for type 2 (8.2.1.3), and without room for type 0
    if (picture.orderCountType === 1 || count > 0) return null;
    const isReference = ((before[0] ?? 0) & 0x60) !== 0;
    if (!isReference) return null;
    const isIdr = ((before[0] ?? 0) & 31) === 5;
    const bits = new BitReader(withoutEscapes(before, HEADER_BYTES).subarray(1));
    bits.unsigned();
    bits.unsigned();
    bits.unsigned();
    const frameNum = bits.bits(picture.frameNumBits);
    if (isIdr) bits.unsigned();
    const order = picture.orderCountType === 0 ? bits.bits(picture.orderCountBits) : 0;
    return withEscapes(write());

    function write(): Buffer {
      const out = new BitWriter()
        .unsigned(0)
        .unsigned(P_SLICE)
        .unsigned(slice.ppsId)
        .bits((frameNum + 1) % 2 ** picture.frameNumBits, picture.frameNumBits);
      if (picture.orderCountType === 0) {
        out.bits((order + 1) % 2 ** picture.orderCountBits, picture.orderCountBits);
        // delta_pic_order_cnt_bottom
        if (slice.hasOrderInFrame) out.unsigned(0);
      }
      // num_ref_idx_active_override_flag: one reference; ref_pic_list_modification_flag_l0
      out.bits(1, 1).unsigned(0).bits(0, 1);
      // slice_qp_delta
      out.unsigned(0);
      // disable_deblocking_filter_idc: off, there is nothing to smooth
      if (slice.hasDeblockingControl) out.unsigned(1);
      // mb_skip_run
      out.unsigned(picture.macroblocks);
      return Buffer.concat([Buffer.from([1]), out.end()]);
    }
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
