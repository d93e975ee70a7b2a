/** For tests: the process as the media node runs it, and a microphone that speaks in real time. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 as newId } from 'uuid';
import { vi } from 'vitest';
import type { Language } from '#contract/schema.ts';
import type { FromTranscriber } from '#contract/transcriber-link.ts';
import { startTranscriber, type Transcriber, type TranscriberOptions } from '../client.ts';
import { PACKET_MS, TICKS_OF_PACKET } from './speech-sound.ts';

/** Of what other processes do, on a machine on which much else runs. */
export const PATIENT = { timeout: 40_000 };

export type SegmentMessage = Extract<FromTranscriber, { name: 'segment' }>;
export type RunningTranscriber = {
  transcriber: Transcriber;
  messages: FromTranscriber[];
  segmentsOf: (...tracks: SpeakingTrack[]) => SegmentMessage[];
  logged: { what: string; details: object }[];
  configFile: string;
  stop: () => Promise<void>;
};

export async function runTranscriber(
  config: object,
  options: Pick<TranscriberOptions, 'hangsAfterMs'> = {},
): Promise<RunningTranscriber> {
  const folder = mkdtempSync(join(tmpdir(), 'maru-transcriber-'));
  const configFile = join(folder, 'speech.json');
  writeFileSync(configFile, JSON.stringify(config), { mode: 0o600 });
  const messages: FromTranscriber[] = [];
  const logged: RunningTranscriber['logged'] = [];
  const transcriber = startTranscriber({
    speechConfig: configFile,
    jsonLogs: false,
    ...options,
    log: (what, details) => logged.push({ what, details }),
  });
  transcriber.onMessage((message) => messages.push(message));
  const stop = async (): Promise<void> => {
    await transcriber.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await vi.waitUntil(() => transcriber.isReady, PATIENT);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    transcriber,
    messages,
    segmentsOf: (...tracks) =>
      messages
        .filter((message) => message.name === 'segment')
        .filter((segment) => tracks.some(({ trackId }) => trackId === segment.trackId)),
    logged,
    configFile,
    stop,
  };
}

/** One microphone, as the node forwards it. */
export class SpeakingTrack {
  readonly trackId = newId();
  readonly #transcriber: Transcriber;
  /** wraps round after a second */
  #timestamp = 2 ** 32 - 48_000;

  constructor(transcriber: Transcriber, language: Language) {
    this.#transcriber = transcriber;
    transcriber.send({ name: 'track', trackId: this.trackId, language });
  }

  /** In real time. @returns when the last packet was sent */
  async speak(packets: readonly Buffer[]): Promise<number> {
    const beganMs = performance.now();
    for (const [index, payload] of packets.entries()) {
      const early = beganMs + index * PACKET_MS - performance.now();
      if (early > 0) await delay(early);
      this.#send(payload, Date.now());
    }
    return Date.now();
  }

  /** For tests in which time does not matter: up to 5 s of sound, and the end of the track. */
  speakAtOnce(packets: readonly Buffer[]): void {
    const beganMs = Date.now();
    for (const [index, payload] of packets.entries()) this.#send(payload, beganMs + index * PACKET_MS);
    this.end();
  }

  #send(payload: Buffer, atMs: number): void {
    this.#transcriber.send({
      name: 'sound',
      trackId: this.trackId,
      payload: new Uint8Array(payload),
      timestamp: this.#timestamp,
      atMs,
    });
    this.#timestamp = (this.#timestamp + TICKS_OF_PACKET) >>> 0;
  }

  end(): void {
    this.#transcriber.send({ name: 'end-track', trackId: this.trackId });
  }
}
