/** The projection `health` of a simulated room, and what its faults make of it. Pure. */
import { type CallQuality, DeviceSight, type KioskHealth } from '#contract/kiosk-health.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { Random } from '../seeded-random.ts';

const GB = 1_000_000_000;

export type HealthChanges = Partial<Omit<KioskHealth, 'protocol' | 'roomId' | 'epoch' | 'revision' | 'asOfMs'>>;

export function firstHealth({
  roomId,
  epoch,
  nowMs,
  random,
}: {
  roomId: string;
  epoch: number;
  nowMs: number;
  random: Random;
}): KioskHealth {
  return {
    protocol: PROTOCOL_VERSION,
    roomId,
    epoch,
    revision: 0,
    asOfMs: nowMs,
    versions: { maru: 'simulated', node: process.version, browser: null, kernel: null, system: 'simulated' },
    model: 'Simulated kiosk',
    serialNumber: roomId.slice(-12),
    bootedAtMs: nowMs,
    agentStartedAtMs: nowMs,
    temperatureCelsius: Math.round(random.between(38, 62)),
    cpuPercent: Math.round(random.between(2, 15)),
    memory: { totalBytes: 8 * GB, availableBytes: Math.round(random.between(3, 6) * GB) },
    disk: { totalBytes: 120 * GB, freeBytes: Math.round(random.between(60, 100) * GB) },
    clockOffMs: Math.round(random.between(-40, 40)),
    network: { interfaceName: 'eth0', address: null, isWireless: false, fleetRoundTripMs: null },
    certificateEndsAtMs: null,
    screen: { state: 'well', sinceMs: nowMs, startCount: 1 },
    camera: { sight: 'not-open', sinceMs: nowMs },
    microphone: { sight: 'not-open', sinceMs: nowMs },
    callQuality: null,
  };
}

/** Of a call on a good network. */
export function qualityOf(random: Random): CallQuality {
  const flow = () => ({
    lossPercent: Math.round(random.between(0, 8)) / 10,
    jitterMs: Math.round(random.between(1, 12)),
    kilobitsPerSecond: Math.round(random.between(900, 2_400)),
    framesPerSecond: Math.round(random.between(28, 30)),
  });
  return { roundTripMs: Math.round(random.between(4, 40)), sent: flow(), received: flow(), path: 'direct' };
}

/** What can go wrong in a room and shows in its health; while it lasts, and after. */
export const HEALTH_FAULTS = ['camera-black', 'microphone-silent', 'screen-frozen', 'disk-full', 'too-hot'] as const;
export type HealthFault = (typeof HEALTH_FAULTS)[number];

export function healthWith(fault: HealthFault, { disk, screen }: KioskHealth, nowMs: number): HealthChanges {
  const seen = (sight: DeviceSight) => ({ sight, sinceMs: nowMs });
  switch (fault) {
    case 'camera-black':
      return { camera: seen(DeviceSight.enum.black) };
    case 'microphone-silent':
      return { microphone: seen(DeviceSight.enum.silent) };
    case 'screen-frozen':
      return { screen: { ...screen, state: 'frozen', sinceMs: nowMs } };
    case 'disk-full':
      return { disk: disk && { ...disk, freeBytes: disk.totalBytes / 1_000 } };
    case 'too-hot':
      return { temperatureCelsius: 99 };
  }
}

export function healthAfter(fault: HealthFault, { disk, screen }: KioskHealth, nowMs: number): HealthChanges {
  switch (fault) {
    case 'camera-black':
      return { camera: { sight: 'well', sinceMs: nowMs } };
    case 'microphone-silent':
      return { microphone: { sight: 'well', sinceMs: nowMs } };
    case 'screen-frozen':
      return { screen: { state: 'well', sinceMs: nowMs, startCount: screen.startCount + 1 } };
    case 'disk-full':
      return { disk: disk && { ...disk, freeBytes: disk.totalBytes / 2 } };
    case 'too-hot':
      return { temperatureCelsius: 50 };
  }
}
