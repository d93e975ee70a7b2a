/**
 * The health of the box as a part of the agent: measures it, follows the life of the page and what the page sees of its
 * devices, publishes the projection `health`, and asks for the check-ups of an idle room.
 */
import { X509Certificate } from 'node:crypto';
import { type DeviceSight, type DeviceWatch, KIOSK_HEALTH_EVERY_MS } from '#contract/kiosk-health.ts';
import { Id, z } from '#contract/schema.ts';
import { brokerOf } from '#contract/topics.ts';
import { maruVersion } from '#edge/version.ts';
import type { PartDeclaration } from '../parts/part.ts';
import { keptValue } from '../store/kept-value.ts';
import { type BoxIdentity, type BoxMeasure, BoxMeter, wayTo } from './box-measure.ts';
import { type MeasuredHealth, isNews } from './news.ts';
import { ScreenLife, type ScreenState } from './screen-life.ts';

const MEASURE_EACH_MS = 5_000;
const LOOK_EACH_MS = 1_000;
/** A look that is so late comes of an agent, or a box, that stood still. */
const LATE_LOOK_MS = 2_000;
const KeptScreen = z.object({ screenId: Id });

export const healthPart = (dataDir: string): PartDeclaration => ({
  name: 'health',
  make: (host) => {
    const startedAtMs = Math.round(Date.now() - process.uptime() * 1_000);
    const kept = keptValue(host.store, 'screen', KeptScreen);
    const life = new ScreenLife(kept.load()?.screenId ?? null, performance.now());
    const meter = new BoxMeter({ dataDir });
    let identity: BoxIdentity | null = null;
    let measured: BoxMeasure = { temperatureCelsius: null, cpuPercent: null, memory: null, disk: null };
    let network: MeasuredHealth['network'] = null;
    let camera: DeviceWatch = { sight: 'not-open', sinceMs: startedAtMs };
    let microphone: DeviceWatch = { sight: 'not-open', sinceMs: startedAtMs };
    let callQuality: MeasuredHealth['callQuality'] = null;
    let screen: { state: ScreenState; sinceMs: number } = { state: 'well', sinceMs: startedAtMs };
    let published: MeasuredHealth | null = null;
    let publishedAtMs = 0;
    let testedAtMs = performance.now();
    let lookedAtMs = performance.now();
    let isIdle = false;
    let timers: NodeJS.Timeout[] = [];

    const seen = (before: DeviceWatch, sight: DeviceSight): DeviceWatch =>
      before.sight === sight ? before : { sight, sinceMs: Date.now() };
    const health = (): MeasuredHealth => {
      const { clockOffMs, roundTripMs } = host.fleetLine();
      return {
        versions: {
          maru: maruVersion(),
          node: process.versions.node,
          browser: life.userAgent?.match(/(?:Chrome|Firefox)\/([\d.]{1,60})/)?.[1] ?? null,
          kernel: identity?.kernel ?? null,
          system: identity?.system ?? null,
        },
        model: identity?.model ?? null,
        serialNumber: identity?.serialNumber ?? null,
        bootedAtMs: identity?.bootedAtMs ?? null,
        agentStartedAtMs: startedAtMs,
        ...measured,
        clockOffMs: clockOffMs === null ? null : Math.round(clockOffMs),
        network: network && { ...network, fleetRoundTripMs: roundTripMs },
        certificateEndsAtMs: endOf(host.certificate()),
        screen: { ...screen, startCount: life.startCount },
        camera,
        microphone,
        callQuality,
      };
    };
    const publish = (): void => {
      const now = health();
      const isDue = performance.now() - publishedAtMs >= KIOSK_HEALTH_EVERY_MS;
      if (published !== null && !isDue && !isNews(published, now)) return;
      published = now;
      publishedAtMs = performance.now();
      host.publish('health', now);
    };
    const look = (): void => {
      const nowMs = performance.now();
      const lateMs = nowMs - lookedAtMs - LOOK_EACH_MS;
      lookedAtMs = nowMs;
      if (lateMs > LATE_LOOK_MS) life.handle({ type: 'stood-still', forMs: lateMs }, nowMs);
      const state = life.stateAt(nowMs);
      if (state !== screen.state) screen = { state, sinceMs: Date.now() };
      checkUp();
      publish();
    };
    const checkUp = (): void => {
      const everyMs = host.settings.value('watch').checkUpMinutes * 60_000;
      if (!isIdle || everyMs === 0 || performance.now() - testedAtMs < everyMs) return;
      testedAtMs = performance.now();
      host.notify('check-up-due', null);
    };
    const measure = async (): Promise<void> => {
      identity ??= await meter.identity();
      const { mqttUrl } = host.fleetLine();
      const way = await wayTo(brokerOf(mqttUrl).host);
      network = way && { ...way, fleetRoundTripMs: null };
      measured = await meter.measure();
    };
    return {
      start() {
        lookedAtMs = performance.now();
        void measure().then(publish);
        timers = [setInterval(look, LOOK_EACH_MS), setInterval(() => void measure(), MEASURE_EACH_MS)];
      },
      stop() {
        for (const timer of timers) clearInterval(timer);
      },
      follow: ({ phase }) => {
        isIdle = phase.name === 'idle';
        if (phase.name !== 'in-call') callQuality = null;
      },
      settings: { watch: () => {} },
      reports: {
        'device-sights': (report) => {
          camera = seen(camera, report.camera);
          microphone = seen(microphone, report.microphone);
          publish();
        },
        'call-quality': ({ quality }) => {
          callQuality = quality;
          publish();
        },
        'self-test-done': () => {
          testedAtMs = performance.now();
        },
      },
      occasions: {
        screen: (page) => {
          if (page === null) {
            life.handle({ type: 'gone' }, performance.now());
            camera = seen(camera, 'not-open');
            microphone = seen(microphone, 'not-open');
            return;
          }
          const because = life.handle({ type: 'came', ...page }, performance.now());
          kept.save({ screenId: page.screenId });
          if (because !== null) host.record({ name: 'screen-started', because });
        },
        'screen-alive': ({ showsNothing }) => void life.handle({ type: 'alive', showsNothing }, performance.now()),
        'screen-restart-asked': () => void life.handle({ type: 'asked' }, performance.now()),
      },
    };
  },
});

let read: { pem: string; endsAtMs: number } | null = null;
/** By the certificate itself. */
function endOf(pem: string): number {
  if (read?.pem !== pem) read = { pem, endsAtMs: new X509Certificate(pem).validToDate.getTime() };
  return read.endsAtMs;
}
