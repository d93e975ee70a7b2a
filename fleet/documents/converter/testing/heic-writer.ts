/** Writes a HEIC picture around one frame that ffmpeg encodes (ISO/IEC 23008-12, with the boxes of 14496-12). */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type HeicOptions = {
  /** The whole picture in one colour, or ffmpeg's test picture. */
  source?: string;
  width?: number;
  height?: number;
  /** Quarter turns anticlockwise that a viewer has to make. */
  turns?: 0 | 1 | 2 | 3;
  /** What the header claims as its size, where that is not the truth. */
  claimed?: { width: number; height: number };
};

export function heicPicture(options: HeicOptions = {}): Buffer {
  const { source = 'testsrc', width = 320, height = 240, turns = 0, claimed = { width, height } } = options;
  const { configuration, frame } = encodedFrame(`${source}${source.includes('=') ? ':' : '='}size=${width}x${height}`);
  const item = 1;
  const properties = [
    configuration,
    fullBox('ispe', 0, u32(claimed.width), u32(claimed.height)),
    box('irot', Buffer.of(turns)),
  ];
  const meta = (dataAt: number) =>
    fullBox(
      'meta',
      0,
      fullBox('hdlr', 0, u32(0), Buffer.from('pict'), Buffer.alloc(13)),
      fullBox('pitm', 0, u16(item)),
      // offsets and lengths of four bytes each, one item of one extent
      fullBox('iloc', 0, Buffer.of(0x44, 0), u16(1), u16(item), u16(0), u16(1), u32(dataAt), u32(frame.length)),
      fullBox('iinf', 0, u16(1), fullBox('infe', 2 << 24, u16(item), u16(0), Buffer.from('hvc1\0'))),
      box(
        'iprp',
        box('ipco', ...properties),
        // the first and the last must be understood by the reader
        fullBox('ipma', 0, u32(1), u16(item), Buffer.of(3, 0x81, 2, 0x83)),
      ),
    );
  const type = box('ftyp', Buffer.from('heic\0\0\0\0mif1heic'));
  const dataAt = type.length + meta(0).length + 8;
  return Buffer.concat([type, meta(dataAt), box('mdat', frame)]);
}

function encodedFrame(picture: string): { configuration: Buffer; frame: Buffer } {
  const path = join(tmpdir(), `maru-heic-${process.pid}-${performance.now()}.mp4`);
  const encoder = ['-frames:v', '1', '-c:v', 'libx265', '-pix_fmt', 'yuv420p', '-x265-params', 'log-level=none'];
  execFileSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', picture, ...encoder, '-tag:v', 'hvc1', path]);
  const film = readFileSync(path);
  rmSync(path);
  return {
    configuration: boxAt(film, film.indexOf('hvcC') - 4),
    frame: boxAt(film, film.indexOf('mdat') - 4).subarray(8),
  };
}

const boxAt = (film: Buffer, at: number): Buffer => film.subarray(at, at + film.readUInt32BE(at));

const box = (name: string, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  return Buffer.concat([u32(8 + body.length), Buffer.from(name), body]);
};
/** `version` in the highest byte, flags in the others. */
const fullBox = (name: string, version: number, ...content: Buffer[]): Buffer => box(name, u32(version), ...content);

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
const u16 = (value: number): Buffer => u32(value).subarray(2);
