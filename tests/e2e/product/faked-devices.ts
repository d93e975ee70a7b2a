/**
 * The files that a room's Chromium plays in place of its camera and microphone: a picture that moves, and can be covered while
 * it runs; a sound that is digital silence at first.
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const WIDTH = 640;
const HEIGHT = 360;
const FRAMES = 15;
const LUMA_BYTES = WIDTH * HEIGHT;
const FRAME_BYTES = LUMA_BYTES * 1.5;
const HEADER = `YUV4MPEG2 W${WIDTH} H${HEIGHT} F15:1 Ip A1:1 C420\n`;
const FRAME_HEADER = 'FRAME\n';
const BLACK_LUMA = 16;
const GREY_CHROMA = 128;
const SAMPLE_HZ = 8_000;
const TONE_HZ = 440;
const TONE_S = 240;

export class FakedDevices {
  readonly #camera: string;
  readonly #microphone: string;
  /** to be started in Chromium's place */
  readonly chromium: string;

  /**
   * @param silentS how long the microphone gives nothing after it was opened
   * @param moreFlags of Chromium
   */
  constructor(folder: string, { silentS = 0, moreFlags = '' }: { silentS?: number; moreFlags?: string } = {}) {
    mkdirSync(folder, { recursive: true });
    this.#camera = join(folder, 'camera.y4m');
    this.#microphone = join(folder, 'microphone.wav');
    this.chromium = join(folder, 'chromium');
    writeFileSync(this.#camera, HEADER);
    this.uncoverCamera();
    writeFileSync(this.#microphone, sound(silentS));
    const flags = `--use-file-for-fake-video-capture=${this.#camera} --use-file-for-fake-audio-capture=${this.#microphone}`;
    // what shifts the agent's clock is not for the browser
    const script = `#!/bin/sh\nunset LD_PRELOAD\nexec /usr/bin/chromium ${flags} ${moreFlags} "$@"\n`;
    writeFileSync(this.chromium, script, { mode: 0o755 });
  }

  coverCamera(): void {
    this.#draw(() => Buffer.alloc(LUMA_BYTES, BLACK_LUMA));
  }
  uncoverCamera(): void {
    this.#draw((frame) => {
      const luma = Buffer.alloc(LUMA_BYTES);
      for (let at = 0; at < LUMA_BYTES; at += 1) luma[at] = 60 + (((at % WIDTH) + frame * 16) % 128);
      return luma;
    });
  }

  /** Over what is there: Chromium reads the open file frame by frame, again and again. */
  #draw(lumaOf: (frame: number) => Buffer): void {
    const file = openSync(this.#camera, 'r+');
    try {
      let at = HEADER.length;
      for (let frame = 0; frame < FRAMES; frame += 1) {
        const chroma = Buffer.alloc(FRAME_BYTES - LUMA_BYTES, GREY_CHROMA);
        const bytes = Buffer.concat([Buffer.from(FRAME_HEADER), lumaOf(frame), chroma]);
        writeSync(file, bytes, 0, bytes.length, at);
        at += bytes.length;
      }
    } finally {
      closeSync(file);
    }
  }
}

/** A WAV of 16 bits, mono. */
function sound(silentS: number): Buffer {
  const samples = new Int16Array((silentS + TONE_S) * SAMPLE_HZ);
  for (let at = silentS * SAMPLE_HZ; at < samples.length; at += 1)
    samples[at] = Math.round(8_000 * Math.sin((2 * Math.PI * TONE_HZ * at) / SAMPLE_HZ));
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_HZ, 24);
  header.writeUInt32LE(2 * SAMPLE_HZ, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}
