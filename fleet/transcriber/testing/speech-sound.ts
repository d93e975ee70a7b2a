/** For tests: real speech as packets of Opus, as a microphone sends it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { packetsOfOgg } from '#edge/ogg-packets-under-test.ts';

/** Debian's pocketsphinx-testdata: "go forward ten meters", 16 kHz, mono, 16 bits. */
export const GO_FORWARD = '/usr/share/pocketsphinx/test/data/goforward.raw';
export const PACKET_MS = 20;
export const TICKS_OF_PACKET = 960;
/** Between two sentences, in bytes of such a recording. */
export const silenceOf = (ms: number): Buffer => Buffer.alloc(Math.round(ms * 16) * 2);

export const goForward = (): Buffer => readFileSync(GO_FORWARD);

/** @param recording 16 kHz, mono, 16 bits. @returns packets of PACKET_MS */
export function opusPackets(recording: Buffer): Buffer[] {
  const sound = execFileSync(
    'ffmpeg',
    [
      ...['-hide_banner', '-v', 'error', '-f', 's16le', '-ar', '16000', '-ac', '1', '-i', 'pipe:0'],
      ...['-ac', '1', '-c:a', 'libopus', '-b:a', '32k', '-frame_duration', `${PACKET_MS}`],
      ...['-page_duration', '20000', '-f', 'ogg', 'pipe:1'],
    ],
    { input: recording, maxBuffer: 64 * 1024 * 1024 },
  );
  // behind the two headers
  return packetsOfOgg(sound).slice(2);
}
