/**
 * Faults planted in real kiosks: agent, shell and Chromium on the screen's page. Each time the console's list shows what is wrong
 * within 30 s, one alert opens, and it closes by itself once the cause is gone. Three kiosks, so that faults are planted side
 * by side.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest';
import type { Alert } from '#contract/http/alerts-api.ts';
import type { RoomRow } from '#contract/http/rooms-api.ts';
import type { KioskReady } from '#contract/process-ready.ts';
import type { SignalName } from '#contract/signals.ts';
import { SmallDisk } from '../../fleet/failing-disk-under-test.ts';
import { renderersOf, shellOver } from '../../kiosk/shell/shell-under-test.ts';
import { eventually } from '../simulators/eventually.ts';
import { codeOf, pair, Phone } from '../simulators/phone/phone.ts';
import { freePort } from './free-port.ts';
import { Office } from './networks/office.ts';
import { Administrator } from './product/administrator.ts';
import { FakedDevices } from './product/faked-devices.ts';

const RED_WITHIN_MS = 30_000;
const CLOSED_WITHIN_MS = 60_000;
const WINDOW = ['--shell', 'chromium', '--headless', '--fake-media'];
/** From the microphone's opening: longer than it lasts to be found, shorter than a person would wait. */
const SILENT_S = 45;
const faketime = ['x86_64-linux-gnu', 'aarch64-linux-gnu']
  .map((machine) => `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`)
  .find((path) => existsSync(path));

const folder = mkdtempSync(join(tmpdir(), 'maru-planted-'));
const clockFile = join(folder, 'clock');
const setClock = (offset: string): void => writeFileSync(clockFile, offset);
const office = new Office({ fleetHost: null, kioskHost: null });
const devices = new FakedDevices(join(folder, 'devices'), { silentS: SILENT_S });
let disk: SmallDisk;
/** where the first kiosk's Chromium lets us into its page */
let lookPort = 0;
let administrator: Administrator;

type Kiosk = KioskReady & { name: string };
const kiosks = {} as Record<'Maple' | 'Oak' | 'Elm', Kiosk>;
const tookMs: string[] = [];

beforeAll(async () => {
  lookPort = await freePort();
  await office.startFleet();
  const { fleetUrl, firstAdmin } = office.fleet;
  const { userName: adminUser, oneTimePassword: adminPassword } = firstAdmin!;
  administrator = await Administrator.signIn({ fleetUrl, adminUser, adminPassword });
  mkdirSync(office.folderOf('Elm'), { mode: 0o700 });
  disk = new SmallDisk(office.folderOf('Elm'), '200m');
  setClock('+0');
  const moreFlags = `--remote-debugging-port=${lookPort}`;
  const chromiums = {
    Maple: new FakedDevices(join(folder, 'maple'), { moreFlags }).chromium,
    Oak: devices.chromium,
    Elm: devices.chromium,
  };
  const clock = faketime && {
    LD_PRELOAD: faketime,
    FAKETIME_TIMESTAMP_FILE: clockFile,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  await Promise.all(
    (['Maple', 'Oak', 'Elm'] as const).map(async (name) => {
      const claim = JSON.stringify(await administrator.createRoom(name));
      const more = name === 'Elm' ? clock : {};
      const ready = await office.addBox({
        name,
        host: null,
        claim,
        window: WINDOW,
        env: { MARU_CHROMIUM: chromiums[name], ...more },
      });
      kiosks[name] = { ...ready, name };
      await eventually(
        `${name} is ready`,
        () => row(kiosks[name]),
        ({ health }) => health === 'ready',
        { timeoutMs: 60_000, everyMs: 500 },
      );
      await administrator.putInService(ready.roomId);
    }),
  );
}, 120_000);
afterAll(async () => {
  disk?.unmount();
  await office.stop();
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(`${tookMs.join('\n')}\n`);
});

const row = (kiosk: Kiosk): Promise<RoomRow> => administrator.listedRoom(kiosk.roomId);
const agentOf = (kiosk: Kiosk): number => Number(readFileSync(join(office.folderOf(kiosk.name), 'agent.pid'), 'utf8'));
const alertsOf = async (kiosk: Kiosk, signal: SignalName): Promise<Alert[]> =>
  (await administrator.alertsOf(kiosk.roomId)).filter((alert) => alert.signal === signal);

type Planted = {
  fault: string;
  kiosk: Kiosk;
  signal: SignalName;
  /** what the list of rooms shows */
  shown: Pick<RoomRow, 'health'> & { reason: RoomRow['reasons'][number] };
  facts?: Alert['facts'];
  /** of alerts that it is the cause of: inhibited, so that nobody is notified of them */
  symptoms?: SignalName[];
  plant: () => unknown;
  mend: () => unknown;
};

/** Planted, shown, alerted once, mended, closed. */
async function live(
  context: TestContext,
  { fault, kiosk, signal, shown, facts, symptoms = [], plant, mend }: Planted,
): Promise<void> {
  context.onTestFailed(async () => {
    process.stdout.write(
      `${JSON.stringify(await row(kiosk))}\n${JSON.stringify(await administrator.alertsOf(kiosk.roomId))}\n${office.log(kiosk.name).slice(-3_000)}\n`,
    );
  });
  const before = new Set((await administrator.alertsOf(kiosk.roomId)).map(({ alertId }) => alertId));
  await plant();
  const plantedMs = performance.now();
  const isShown = ({ health, reasons }: RoomRow): boolean =>
    health === shown.health && reasons.some((reason) => JSON.stringify(reason) === JSON.stringify(shown.reason));
  const wait = { timeoutMs: RED_WITHIN_MS, everyMs: 200 };
  const opened = await eventually(
    'the alert',
    () => alertsOf(kiosk, signal),
    ([newest]) => newest?.state === 'open',
    wait,
  );
  const openedMs = performance.now() - plantedMs;
  await eventually('the list shows it', () => row(kiosk), isShown, wait);
  const shownMs = performance.now() - plantedMs;
  expect(shownMs).toBeLessThan(RED_WITHIN_MS);
  expect(opened.filter(({ alertId }) => !before.has(alertId))).toMatchObject([
    { facts: facts ?? {}, roomName: kiosk.name, inhibitedBy: null },
  ]);
  // it lasts, and stays one
  await sleep(3_000);
  expect(await row(kiosk)).toSatisfy(isShown);
  await mend();
  const mendedMs = performance.now();
  const isMended = (alerts: readonly Alert[]): boolean => alerts.every(({ state }) => state === 'closed');
  await eventually('all alerts are closed', () => administrator.alertsOf(kiosk.roomId), isMended, {
    timeoutMs: CLOSED_WITHIN_MS,
    everyMs: 200,
  });
  const closedMs = performance.now() - mendedMs;
  const after = (await administrator.alertsOf(kiosk.roomId)).filter(({ alertId }) => !before.has(alertId));
  expect(after.map((alert) => alert.signal).toSorted()).toEqual([signal, ...symptoms].toSorted());
  await eventually(
    'the room is well',
    () => row(kiosk),
    ({ reasons }) => reasons.length === 0,
  );
  tookMs.push(
    `${fault}: alert after ${Math.round(openedMs)} ms, in the list after ${Math.round(shownMs)} ms, closed ${Math.round(closedMs)} ms after the cause`,
  );
}

const signalReason = (signal: SignalName): Planted['shown'] => ({
  health: 'trouble',
  reason: { kind: 'signal', signal },
});
const LIMIT_MS = 150_000;

/** The next in its kiosk's queue: a kiosk has one fault at a time. */
const turns = new Map<Kiosk, Promise<unknown>>();
function inTurn(kiosk: Kiosk, work: () => Promise<void>): Promise<void> {
  const done = (turns.get(kiosk) ?? Promise.resolve()).then(work);
  turns.set(
    kiosk,
    done.catch(() => {}),
  );
  return done;
}

test.concurrent(
  'the page stands still, and so does the shell that would start it anew',
  (context) => {
    const kiosk = kiosks.Maple;
    return inTurn(kiosk, async () => {
      const shell = shellOver(new URL('/', kiosk.tvUrl).href);
      const pids = [shell, ...renderersOf(shell)];
      const signalAll = (signal: NodeJS.Signals): void => {
        for (const pid of pids) process.kill(pid, signal);
      };
      await live(context, {
        fault: 'page frozen',
        kiosk,
        signal: 'screen-frozen',
        shown: signalReason('screen-frozen'),
        plant: () => signalAll('SIGSTOP'),
        mend: () => signalAll('SIGCONT'),
      });
    });
  },
  LIMIT_MS,
);

test.concurrent(
  'the agent stands still',
  (context) => {
    const kiosk = kiosks.Maple;
    return inTurn(kiosk, async () => {
      const agent = agentOf(kiosk);
      await live(context, {
        fault: 'agent stopped',
        kiosk,
        signal: 'kiosk-offline',
        shown: { health: 'trouble', reason: { kind: 'fleet', reason: 'offline' } },
        facts: { lastSeenMs: expect.any(Number) },
        plant: () => process.kill(agent, 'SIGSTOP'),
        mend: () => process.kill(agent, 'SIGCONT'),
      });
    });
  },
  LIMIT_MS,
);

test.concurrent(
  'the page runs, and nothing is to be seen on it',
  (context) => {
    const kiosk = kiosks.Maple;
    return inTurn(kiosk, async () => {
      const browser = await chromium.connectOverCDP(`http://127.0.0.1:${lookPort}`);
      const page = browser
        .contexts()
        .flatMap((each) => each.pages())
        .find((each) => each.url().startsWith('http://127.0.0.1:'))!;
      const show = (isShown: boolean) =>
        page.evaluate((shown) => {
          document.querySelector<HTMLElement>('#root')!.style.display = shown ? '' : 'none';
        }, isShown);
      await live(context, {
        fault: 'page black',
        kiosk,
        signal: 'screen-black',
        shown: signalReason('screen-black'),
        plant: () => show(false),
        mend: () => show(true),
      });
      await browser.close();
    });
  },
  LIMIT_MS,
);

test.concurrent(
  'in a call, the microphone gives nothing',
  (context) => {
    const kiosk = kiosks.Oak;
    return inTurn(kiosk, async () => {
      const { controllerToken } = await pair({ fleetUrl: office.fleet.fleetUrl, code: codeOf(kiosk.controllerUrl) });
      const phone = new Phone({ fleetUrl: office.fleet.fleetUrl, token: controllerToken, staysConnected: true });
      await phone.connect();
      let openedAtMs = 0;
      await live(context, {
        fault: 'microphone silent',
        kiosk,
        signal: 'microphone-failing',
        shown: signalReason('microphone-failing'),
        facts: { reason: 'silent' },
        plant: async () => {
          await phone.command({ name: 'join-call' });
          await phone.until(({ phase }) => phase.name === 'in-call' && phase.connection === 'connected', 20_000);
          openedAtMs = performance.now();
        },
        // the file has sound from here on
        mend: () => sleep(Math.max(0, SILENT_S * 1_000 - (performance.now() - openedAtMs))),
      });
      phone.close();
    });
  },
  LIMIT_MS,
);

test.concurrent(
  'in a call, the camera gives black pictures',
  (context) => {
    const kiosk = kiosks.Oak;
    return inTurn(kiosk, () =>
      live(context, {
        fault: 'camera black',
        kiosk,
        signal: 'camera-failing',
        shown: signalReason('camera-failing'),
        facts: { reason: 'black' },
        plant: () => devices.coverCamera(),
        mend: () => devices.uncoverCamera(),
      }),
    );
  },
  LIMIT_MS,
);

test.concurrent(
  'the disk is full',
  (context) => {
    context.skip(disk.missing !== null, disk.missing ?? '');
    const kiosk = kiosks.Elm;
    return inTurn(kiosk, () =>
      live(context, {
        fault: 'disk full',
        kiosk,
        signal: 'disk-low',
        shown: { health: 'limited', reason: { kind: 'signal', signal: 'disk-low' } },
        facts: { freePercent: 0, minPercent: 5 },
        plant: () => disk.fill(),
        mend: () => disk.free(),
      }),
    );
  },
  LIMIT_MS,
);

test.concurrent(
  'the clock is a quarter of an hour fast',
  (context) => {
    context.skip(faketime === undefined, 'there is no libfaketime');
    const kiosk = kiosks.Elm;
    return inTurn(kiosk, () =>
      live(context, {
        fault: 'clock off',
        kiosk,
        signal: 'clock-off',
        shown: { health: 'limited', reason: { kind: 'signal', signal: 'clock-off' } },
        facts: { seconds: 900, maxSeconds: 5 },
        plant: () => setClock('+900'),
        mend: () => setClock('+0'),
      }),
    );
  },
  LIMIT_MS,
);
