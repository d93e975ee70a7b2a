// Real speech as Opus, through the decoder and the model: where it is cut, and what silence, noise and loss give.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SpokenTrack, type TrackSpeech } from './spoken-track.ts';
import { goForward, opusPackets, PACKET_MS, silenceOf, TICKS_OF_PACKET } from './testing/speech-sound.ts';
import { VoiceModel } from './voice-activity.ts';

const BEGAN_MS = 1_800_000_000_000;
/** Of the recording, as its spectrogram shows it. */
const SPOKEN = { fromMs: 500, untilMs: 2_250 };
let model: VoiceModel;
// the decoder's lines about packets that are no Opus
const quiet = vi.spyOn(console, 'error').mockImplementation(() => {});
afterAll(() => quiet.mockRestore());
beforeAll(async () => {
  model = await VoiceModel.open();
});

type Sent = { payload: Uint8Array; timestamp: number; atMs: number };
const sent = (packets: readonly Uint8Array[], from = 0): Sent[] =>
  packets.map((payload, index) => ({
    payload,
    timestamp: (from + index * TICKS_OF_PACKET) >>> 0,
    atMs: BEGAN_MS + (index + 1) * PACKET_MS,
  }));

/** As quickly as it goes; the clock is that of the packets. */
async function speechOf(packets: readonly Sent[]): Promise<{ cuts: TrackSpeech[]; faults: unknown[] }> {
  const cuts: TrackSpeech[] = [];
  const faults: unknown[] = [];
  const track = new SpokenTrack({ model, onSpeech: (cut) => cuts.push(cut), onFault: (error) => faults.push(error) });
  for (const [index, packet] of packets.entries()) {
    track.push(packet);
    if (index % 50 === 49) await track.settled();
  }
  await track.end();
  return { cuts, faults };
}

/** Words begin and end where the model finds them, give or take. */
function expectGoForward({ fromMs, untilMs, samples }: TrackSpeech, offsetMs = 0): void {
  expect(Math.abs(fromMs - BEGAN_MS - offsetMs - SPOKEN.fromMs)).toBeLessThan(120);
  expect(Math.abs(untilMs - BEGAN_MS - offsetMs - SPOKEN.untilMs)).toBeLessThan(200);
  expect(samples.length / 16).toBeGreaterThan(untilMs - fromMs + 200);
}

describe('a microphone', () => {
  it('gives one stretch for each sentence', async () => {
    const twice = Buffer.concat([goForward(), silenceOf(1_000), goForward(), silenceOf(1_000)]);
    const { cuts, faults } = await speechOf(sent(opusPackets(twice)));
    expect(faults).toEqual([]);
    expect(cuts).toHaveLength(2);
    expectGoForward(cuts[0]!);
    expectGoForward(cuts[1]!, goForward().length / 32 + 1_000);
  });

  it('is judged by itself, however many others speak at once', async () => {
    const packets = sent(opusPackets(goForward()));
    const all = await Promise.all(Array.from({ length: 6 }, () => speechOf(packets)));
    expect(all.flatMap(({ faults }) => faults)).toEqual([]);
    const [first] = all;
    for (const { cuts } of all) expect(cuts).toEqual(first!.cuts);
  });

  it('gives nothing for silence, noise and a hum', async () => {
    const samples = 16_000 * 10;
    const hum = Buffer.alloc(samples * 2);
    const noise = Buffer.alloc(samples * 2);
    const random = randomBytes(samples * 2);
    for (let at = 0; at < samples; at += 1) {
      hum.writeInt16LE(Math.round(6_000 * Math.sin((at / 16_000) * 2 * Math.PI * 100)), at * 2);
      noise.writeInt16LE(Math.round(random.readInt16LE(at * 2) / 40), at * 2);
    }
    for (const sound of [silenceOf(10_000), hum, noise])
      expect(await speechOf(sent(opusPackets(sound)))).toEqual({ cuts: [], faults: [] });
  });

  it('whose silence Opus does not send has its second sentence at its time, also where the timestamp wraps round', async () => {
    const packets = opusPackets(goForward());
    const pauseMs = 60_000;
    const first = sent(packets, 2 ** 32 - 40 * TICKS_OF_PACKET);
    const second = first.map(({ payload, timestamp, atMs }) => ({
      payload,
      timestamp: (timestamp + pauseMs * 48) >>> 0,
      atMs: atMs + pauseMs,
    }));
    const { cuts } = await speechOf([...first, ...second]);
    expect(cuts).toHaveLength(2);
    expectGoForward(cuts[0]!);
    expectGoForward(cuts[1]!, pauseMs);
  });

  it('that loses packets keeps its time', async () => {
    const packets = sent(opusPackets(goForward())).filter((_, index) => index % 10 !== 3);
    const { cuts } = await speechOf(packets);
    expect(cuts).toHaveLength(1);
    expectGoForward(cuts[0]!);
  });

  it('that sends what is no Opus is silent meanwhile, and harms nobody', async () => {
    const bad = [Buffer.alloc(0), Buffer.from([3, 255]), randomBytes(1_400), Buffer.alloc(60_000, 1), randomBytes(3)];
    const speech = sent(opusPackets(Buffer.concat([silenceOf(2_000), goForward()])));
    const mixed = speech.map((packet, index) =>
      index < 75 ? { ...packet, payload: bad[index % bad.length]! } : packet,
    );
    const { cuts, faults } = await speechOf(mixed);
    expect(faults).toEqual([]);
    expectGoForward(cuts.at(-1)!, 2_000);
  });

  it('that sends more than can be spoken in the time is not listened to for all of it', async () => {
    const minute = opusPackets(Buffer.concat(Array.from({ length: 20 }, goForward)));
    const atOnce = sent(minute).map((packet) => ({ ...packet, atMs: BEGAN_MS }));
    const { cuts, faults } = await speechOf(atOnce);
    expect(faults).toEqual([]);
    const spokenMs = cuts.reduce((sum, { samples }) => sum + samples.length / 16, 0);
    expect(spokenMs).toBeGreaterThan(4_000);
    expect(spokenMs).toBeLessThan(11_000);
    // what comes at its time after that is written
    const later = sent(opusPackets(goForward())).map((packet) => ({ ...packet, atMs: packet.atMs + 60_000 }));
    expect((await speechOf([...atOnce, ...later])).cuts.length).toBe(cuts.length + 1);
  });

  it('that ends in the middle of a word gives what was spoken', async () => {
    const { cuts } = await speechOf(sent(opusPackets(goForward()).slice(0, 60)));
    expect(cuts).toHaveLength(1);
    expect(Math.abs(cuts[0]!.untilMs - BEGAN_MS - 1_200)).toBeLessThan(100);
  });

  it('that stops sending in the middle of a sentence gives it soon', async () => {
    const cuts: number[] = [];
    const track = new SpokenTrack({ model, onSpeech: () => cuts.push(performance.now()), onFault: () => {} });
    for (const packet of sent(opusPackets(goForward()).slice(0, 80))) track.push(packet);
    await track.settled();
    const stoppedMs = performance.now();
    await expect.poll(() => cuts).toHaveLength(1);
    expect(cuts[0]! - stoppedMs).toBeLessThan(1_000);
    await track.end();
  });
});
