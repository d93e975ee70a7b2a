/**
 * One broker under a simulated fleet: what each room costs to connect, to keep, and with each message, in CPU time and
 * memory. The broker is pinned to core 0, the rooms to the other. A run in which rooms were missing is none.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { SimulatedFleet, type RoomToSimulate } from '../../simulators/fleet/simulated-fleet.ts';
import { cpuSeconds, pinTo, residentBytes } from '../processes.ts';
import type { RoomBroker } from './brokers.ts';

const SETTLING_MS = 4_000;
const LOOK_EVERY_MS = 500;
/** beyond the time within which they start: a storm on a busy core */
const PATIENCE_MS = 240_000;
/** what is under way at both ends of the window */
const UNDER_WAY = 0.05;

export type Carried = {
  connectCpuMs: number;
  cpuMicrosecondsPerMessage: number;
  bytesPerRoom: number;
  residentMb: number;
  /** of the broker's one core, in percent */
  corePercent: number;
  messagesPerSecond: number;
  slowestAckMs: number;
};

export type Carry = {
  broker: RoomBroker;
  rooms: readonly RoomToSimulate[];
  seed: number;
  windowMs: number;
  /** while all rooms are online, after the window */
  whileOnline?: (fleet: SimulatedFleet) => Promise<void>;
};

/** @returns also the number of each room's last event */
export async function carry({
  broker,
  rooms,
  seed,
  windowMs,
  whileOnline,
}: Carry): Promise<[Carried, Map<string, number>]> {
  pinTo(broker.pid, 0);
  const there = rooms.map((room) => ({ ...room, identity: { ...room.identity, mqttUrl: broker.mqttUrl } }));
  const [cpuBefore, bytesBefore] = [cpuSeconds(broker.pid), residentBytes(broker.pid)];
  const fleet = new SimulatedFleet({ rooms: there, seed, faultsPerHour: 0 });
  let carried: Carried;
  try {
    for (const pid of fleet.pids) pinTo(pid, 1);
    await Promise.race([allOnline(fleet, rooms.length, fleet.bootWithinMs + PATIENCE_MS), fleet.failed()]);
    const connectCpuMs = ((cpuSeconds(broker.pid) - cpuBefore) * 1_000) / rooms.length;
    await sleep(SETTLING_MS);
    carried = { connectCpuMs, ...(await window({ broker, fleet, roomCount: rooms.length, windowMs, bytesBefore })) };
    await whileOnline?.(fleet);
  } catch (error) {
    await fleet.stop();
    throw error;
  }
  return [carried, await fleet.stop()];
}

export async function allOnline(fleet: SimulatedFleet, roomCount: number, withinMs: number): Promise<void> {
  const startedAtMs = performance.now();
  for (;;) {
    const { online, problems } = fleet.counts();
    if (online === roomCount) return;
    if (performance.now() - startedAtMs > withinMs)
      throw new Error(`${online} of ${roomCount} rooms came online; ${JSON.stringify(problems)}`);
    await sleep(100);
  }
}

type Window = { broker: RoomBroker; fleet: SimulatedFleet; roomCount: number; windowMs: number; bytesBefore: number };

async function window({ broker, fleet, roomCount, windowMs, bytesBefore }: Window) {
  const now = async () => ({
    atMs: performance.now(),
    cpu: cpuSeconds(broker.pid),
    received: await broker.receivedCount(),
    acknowledged: fleet.counts().acknowledged,
  });
  const before = await now();
  const resident: number[] = [];
  let slowestAckMs = 0;
  while (performance.now() - before.atMs < windowMs) {
    await sleep(LOOK_EVERY_MS);
    const counts = fleet.counts();
    if (counts.online < roomCount)
      throw new Error(`${roomCount - counts.online} rooms went offline under ${broker.name}`);
    slowestAckMs = Math.max(slowestAckMs, counts.slowestAckMs);
    resident.push(residentBytes(broker.pid));
  }
  const after = await now();
  const seconds = (after.atMs - before.atMs) / 1_000;
  const messages = after.acknowledged - before.acknowledged;
  if (messages < (roomCount * seconds) / 10) throw new Error(`only ${messages} messages in ${seconds.toFixed(0)} s`);
  if (after.received !== null && before.received !== null) {
    const received = after.received - before.received;
    if (Math.abs(received - messages) > messages * UNDER_WAY + 20)
      throw new Error(`${messages} messages were acknowledged, and ${received} came to ${broker.name}`);
  }
  const cpu = after.cpu - before.cpu;
  const bytes = Math.max(...resident);
  return {
    cpuMicrosecondsPerMessage: (cpu * 1e6) / messages,
    bytesPerRoom: (bytes - bytesBefore) / roomCount,
    residentMb: bytes / 1024 / 1024,
    corePercent: (cpu / seconds) * 100,
    messagesPerSecond: messages / seconds,
    slowestAckMs,
  };
}
