import { expect, test } from 'vitest';
import { seeded } from '../testing/seeded.ts';
import { packetsOf, writeRtp } from '../testing/rtp-writer.ts';
import { type H264Frame, H264Frames } from './h264-frames.ts';
import { readRtp } from './rtp-packet.ts';
import { Unwrapped } from './unwrap.ts';

const SPS = Buffer.from([0x67, 0x42, 0xc0, 0x1f, 1]);
const PPS = Buffer.from([0x68, 0xce, 1]);
const idr = (fill: number, size = 3_000): Buffer => Buffer.concat([Buffer.from([0x65]), Buffer.alloc(size, fill)]);
const slice = (fill: number, size = 50): Buffer => Buffer.concat([Buffer.from([0x41]), Buffer.alloc(size, fill)]);

function receiver() {
  const frames: H264Frame[] = [];
  let broken = 0;
  const depacketizer = new H264Frames({
    timestamps: new Unwrapped(32),
    onFrame: (frame) => frames.push(frame),
    onBroken: () => {
      broken += 1;
    },
  });
  const receive = (packets: readonly Buffer[]): void => {
    for (const packet of packets) {
      const rtp = readRtp(packet);
      if (rtp) depacketizer.add(rtp);
    }
  };
  return { frames, receive, broken: () => broken };
}

/** Numbers its packets, from a sequence and a timestamp shortly before they wrap. */
function sender(sequence = 65_530, timestamp = 2 ** 32 - 4_000) {
  let [next, time] = [sequence, timestamp];
  return (units: Buffer[], isMarked = true): Buffer[] => {
    const payloads = packetsOf(units);
    const packets = payloads.map((payload, index) =>
      writeRtp(
        { sequence: next + index, timestamp: time, ssrc: 1, isMarked: isMarked && index === payloads.length - 1 },
        payload,
      ),
    );
    next += payloads.length;
    time += 3_000;
    return packets;
  };
}

test('puts pictures together from aggregates and fragments, across the wraps', () => {
  const [send, { frames, receive, broken }] = [sender(), receiver()];
  receive([...send([SPS, PPS, idr(1)]), ...send([slice(2)]), ...send([slice(3, 2_500)]), ...send([slice(4)])]);
  expect(frames.map(({ isKey }) => isKey)).toEqual([true, false, false, false]);
  expect(frames[0]).toMatchObject({ sps: SPS, pps: PPS, units: [idr(1)] });
  expect(frames[2]?.units).toEqual([slice(3, 2_500)]);
  expect(frames[3]?.units).toEqual([slice(4)]);
  expect(frames.map(({ timestamp }) => timestamp - (frames[0]?.timestamp ?? 0))).toEqual([0, 3_000, 6_000, 9_000]);
  expect(broken()).toBe(0);
});

test('begins with an IDR', () => {
  const [send, { frames, receive }] = [sender(), receiver()];
  receive([...send([slice(1)]), ...send([SPS, PPS, idr(2)])]);
  expect(frames.map(({ isKey }) => isKey)).toEqual([true]);
});

test('drops a picture that misses a packet, and all that are drawn on it', () => {
  const [send, { frames, receive, broken }] = [sender(), receiver()];
  receive(send([SPS, PPS, idr(1)]));
  const [first, , ...rest] = send([slice(2, 4_000)]);
  receive([first!, ...rest, ...send([slice(3)]), ...send([SPS, PPS, idr(4)]), ...send([slice(5)])]);
  expect(frames.map(({ units }) => units[0]?.[1])).toEqual([1, 4, 5]);
  expect(broken()).toBe(1);
});

test('a picture that is lost whole breaks what follows', () => {
  const [send, { frames, receive, broken }] = [sender(), receiver()];
  receive(send([SPS, PPS, idr(1)]));
  send([slice(2)]);
  receive([...send([slice(3)]), ...send([slice(4)])]);
  expect(frames).toHaveLength(1);
  expect(broken()).toBe(1);
});

test('a lost marker ends the picture with the next timestamp', () => {
  const [send, { frames, receive }] = [sender(), receiver()];
  receive([...send([SPS, PPS, idr(1)], false), ...send([slice(2)])]);
  expect(frames.map(({ units }) => units[0]?.[1])).toEqual([1, 2]);
});

test('what comes again or late changes nothing', () => {
  const [send, { frames, receive, broken }] = [sender(), receiver()];
  const key = send([SPS, PPS, idr(1)]);
  receive([...key, ...key, ...send([slice(2)]), key[0]!]);
  expect(frames).toHaveLength(2);
  expect(broken()).toBe(0);
});

test('rubbish of a thousand seeds yields no broken picture and no error', () => {
  for (let seed = 1; seed <= 1_000; seed += 1) {
    const random = seeded(seed);
    const [send, { frames, receive }] = [sender(), receiver()];
    const packets = Array.from({ length: 12 }, (_, index) =>
      send(index % 4 === 0 ? [SPS, PPS, idr(index)] : [slice(index, 1 + Math.floor(random.between(0, 3_000)))]),
    ).flat();
    for (let each = 0; each < 4; each += 1) {
      const at = Math.floor(random.between(0, packets.length));
      const packet = packets[at]!;
      const fault = random.pick(['drop', 'twice', 'cut', 'swap', 'header']);
      if (fault === 'drop') packets.splice(at, 1);
      else if (fault === 'twice') packets.splice(at, 0, packet);
      else if (fault === 'cut') packets[at] = packet.subarray(0, Math.floor(random.between(0, packet.length)));
      else if (fault === 'swap')
        packets.splice(Math.floor(random.between(0, packets.length)), 0, ...packets.splice(at, 1));
      else
        packets[at] = Buffer.concat([
          packet.subarray(0, 12),
          Buffer.from([Math.floor(random.between(0, 256))]),
          packet.subarray(13),
        ]);
    }
    receive(packets);
    expect(frames[0]?.isKey ?? true, `seed ${seed}`).toBe(true);
    for (const frame of frames) expect(frame.units.length, `seed ${seed}`).toBeGreaterThan(0);
  }
});

test('whatever is lost, a picture follows the one that it is drawn on', () => {
  for (let seed = 1; seed <= 500; seed += 1) {
    const random = seeded(seed);
    const [send, { frames, receive }] = [sender(), receiver()];
    const packets = Array.from({ length: 40 }, (_, index) =>
      send(index % 8 === 0 ? [SPS, PPS, idr(index)] : [slice(index, 1 + Math.floor(random.between(0, 3_000)))]),
    ).flat();
    for (let each = 0; each < 6; each += 1) packets.splice(Math.floor(random.between(0, packets.length)), 1);
    receive(packets);
    for (const [index, { isKey, units }] of frames.entries())
      if (!isKey) expect(units[0]?.at(-1), `seed ${seed}`).toBe((frames[index - 1]?.units[0]?.at(-1) ?? 0) + 1);
  }
});
