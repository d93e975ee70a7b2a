// @vitest-environment happy-dom
/** A room: what is wrong with its age, whether it is in service, its devices, and how it was over time, with gaps as gaps. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { Console } from './console.tsx';
import { accountOf, ConsoleUnderTest, idOf, offline, roomOf, ServerUnderTest } from './console-under-test.tsx';

/** A document without a browser has no canvas: what is to be drawn is kept. */
const drawn = vi.hoisted(() => [] as { title: string | null; data: (number | null | undefined)[][] }[]);
vi.mock('uplot', () => ({
  default: class {
    constructor(_: object, data: (number | null | undefined)[][], element: HTMLElement) {
      drawn.push({ title: element.getAttribute('aria-label'), data });
    }
    setSize() {}
    destroy() {}
  },
}));

let server: ServerUnderTest;
let page: ConsoleUnderTest;
beforeEach(() => {
  drawn.length = 0;
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      disconnect() {}
    },
  );
  server = new ServerUnderTest();
  server.install();
  page = new ConsoleUnderTest();
});
afterEach(() => {
  page.end();
  location.hash = '';
});

async function show(): Promise<void> {
  location.hash = `/rooms/${idOf(1)}`;
  await page.show(<Console />);
  await page.until(() => document.querySelector('h1')?.textContent === 'Room 1');
}
const card = (name: string) => document.querySelector(`section[aria-label="${name}"]`)?.textContent ?? '';
const minutesAgo = (count: number) => Date.now() - count * 60_000;
const columns = ['temperatureCelsius', 'cpuPercent', 'memoryUsedPercent', 'diskFreePercent', 'fleetRoundTripMs'];
const series = (atMs: number[], values: (number | null)[]) => ({
  body: { atMs, online: values, ...Object.fromEntries(columns.map((name) => [name, values])) },
});

it('shows each signal that is raised or watched with its age and what to do, and names those that nobody can see', async () => {
  server.rooms = [
    roomOf(1, {
      signals: [
        { signal: 'disk-low', state: 'raised', sinceMs: minutesAgo(90), facts: {} },
        { signal: 'camera-failing', state: 'raised', sinceMs: minutesAgo(5), facts: { reason: 'black' } },
        { signal: 'clock-off', state: 'watching', sinceMs: minutesAgo(1), facts: {} },
        { signal: 'temperature-high', state: 'unknown', sinceMs: null, facts: {} },
      ],
    }),
  ];
  await show();
  await page.until(() => card('Signals') !== '');
  const signals = [...document.querySelectorAll('section[aria-label=Signals] li')].map((each) => each.textContent);
  expect(signals[0]).toMatch(/^The camera sends no usable pictureCheck its lens cover.*5 minutes ago$/);
  expect(signals[1]).toMatch(/^.*disk.*1 hour ago$/i);
  expect(signals[2]).toContain('not long enough for an alert yet');
  expect(card('Signals')).toContain('Cannot be seen nowTemperature');
});

it('changes whether the room is in service, for those who may', async () => {
  const service = {
    state: 'maintenance',
    sinceMs: minutesAgo(60),
    untilMs: minutesAgo(-60),
    reason: 'New cables',
  } as const;
  server.rooms = [roomOf(1, { service })];
  server.answers.setRoomService = () => ({ body: service });
  await show();
  expect(card('Service')).toContain('MaintenanceNobody is notified of this room.New cables');
  expect(card('Service')).toContain('then in service by itself');
  await page.press('Change');
  await act(async () => document.querySelector<HTMLInputElement>('[role=dialog] input[value=in-service]')!.click());
  await page.press('Save');
  await page.until(() => document.querySelector('[role=dialog]') === null);
  expect(server.bodyOf('setRoomService')).toEqual({ state: 'in-service', untilMs: null, reason: '' });
  page.end();
  server.account = accountOf('operator');
  server.install();
  await show();
  expect(page.buttons('Change')).toEqual([]);
});

it('shows devices and versions as they were reported, and says when the report is old', async () => {
  const heading = { protocol: PROTOCOL_VERSION, roomId: idOf(1), epoch: 1, revision: 1 };
  const device = (kind: string, name: string) => ({
    deviceKey: name,
    kind,
    name,
    isInUse: true,
    isTwin: false,
    isHdmiInput: false,
  });
  const equipment = {
    ...heading,
    asOfMs: minutesAgo(1),
    devices: [device('camera', 'Eye 4'), device('microphone', 'Ear 2')],
    camera: null,
    presets: [],
    shownInput: null,
    speakerphone: { name: 'Talk 7', state: 'faulty', code: null },
    tv: { control: 'cec', power: 'on', name: 'LG', code: null },
    selfTest: null,
    lanUrl: null,
  };
  const watch = (sight: string) => ({ sight, sinceMs: minutesAgo(3) });
  const health = {
    ...heading,
    asOfMs: minutesAgo(0.1),
    versions: { maru: '1.4.0', node: '24.9', browser: '143', kernel: '6.1', system: 'Debian 12' },
    model: 'NUC 13',
    serialNumber: 'G6',
    bootedAtMs: minutesAgo(600),
    agentStartedAtMs: minutesAgo(300),
    temperatureCelsius: 50,
    cpuPercent: 7,
    memory: null,
    disk: null,
    clockOffMs: 90_000,
    network: { interfaceName: 'eth0', address: '192.0.2.4', isWireless: true, fleetRoundTripMs: 3 },
    certificateEndsAtMs: minutesAgo(-9_999),
    screen: { state: 'well', sinceMs: minutesAgo(9), startCount: 1 },
    camera: watch('black'),
    microphone: watch('well'),
    callQuality: null,
  };
  server.rooms = [roomOf(1, { projections: { equipment, health } })];
  await show();
  const devices = card('Devices and versions');
  expect(devices).toContain('CameraEye 4 (black picture)MicrophoneEar 2 (well)SpeakerNot plugged in');
  expect(devices).toContain('SpeakerphoneTalk 7 (faulty)');
  expect(devices).toContain('Maru1.4.0');
  expect(devices).toContain('192.0.2.4 (Wi-Fi)');
  expect(devices).toContain('Clock90 s off');
  expect(devices).not.toContain('may be different');
  page.end();
  server.rooms = [roomOf(1, { ...offline, projections: { equipment, health } })];
  server.install();
  await show();
  expect(card('Devices and versions')).toContain('It may be different now');
});

it('draws how it was with gaps as gaps, and says the same in words and as a table', async () => {
  const at = [50, 40, 30, 20].map(minutesAgo);
  server.rooms = [roomOf(1)];
  server.answers.roomHealthSeries = () => series(at, [10, null, 30, 20]);
  server.answers.roomQualitySeries = () => ({ body: { atMs: [], lossPercent: [], roundTripMs: [] } });
  await show();
  await page.until(() => drawn.length > 0);
  const cpu = drawn.find(({ title }) => title?.startsWith('Processor'))!;
  expect(cpu.title).toBe('Processor: Last 20 %, between 10 % and 30 %');
  expect(cpu.data[1]).toEqual([10, null, 30, 20]);
  expect(page.text).toContain('Loss in meetingsnot measured');
  expect(drawn.some(({ title }) => title?.startsWith('Loss'))).toBe(false);
  expect(document.querySelector('table')).toBeNull();
  await page.press('As a table');
  expect(document.querySelector('table')?.textContent).toContain('Processor');
  expect([...document.querySelectorAll('tbody td')].some((cell) => cell.textContent === '20 %')).toBe(true);
  const asked = () => {
    const { searchParams } = server.asked.findLast(({ name }) => name === 'roomHealthSeries')!.url;
    return Number(searchParams.get('toMs')) - Number(searchParams.get('fromMs'));
  };
  expect(asked()).toBe(86_400_000);
  await page.press('Month');
  await page.until(() => asked() === 30 * 86_400_000);
});

it('says that nothing was measured, and that no server answers', async () => {
  server.rooms = [roomOf(1)];
  server.answers.roomHealthSeries = () => series([], []);
  server.answers.roomQualitySeries = () => ({ body: { atMs: [], lossPercent: [], roundTripMs: [] } });
  await show();
  await page.until(() => card('Over time').includes('Nothing was measured in this time'));
  server.answers.roomHealthSeries = () => 'no-answer';
  await page.press('Week');
  await page.until(() => card('Over time').includes('The server does not answer'));
  expect(drawn).toEqual([]);
});

it('lists its meetings, and draws the quality of one from both ends', async () => {
  server.rooms = [roomOf(1)];
  const call = {
    callId: idOf(600),
    meetingTitle: 'Weekly plan',
    fromMs: minutesAgo(60),
    toMs: minutesAgo(30),
    worst: { lossPercent: 4.2, roundTripMs: 130 },
    feedback: 'bad',
  };
  server.answers.roomCalls = () => ({ body: { calls: [call] } });
  const flow = (lossPercent: number | null) => ({
    lossPercent,
    jitterMs: 1,
    kilobitsPerSecond: 900,
    framesPerSecond: 30,
  });
  const quality = (lossPercent: number | null) => ({
    roundTripMs: 20,
    sent: flow(null),
    received: flow(lossPercent),
    path: 'direct',
  });
  server.answers.callQuality = () => ({
    body: {
      points: [
        { atMs: minutesAgo(50), end: 'room', quality: quality(1) },
        { atMs: minutesAgo(49), end: 'server', quality: quality(2) },
        { atMs: minutesAgo(48), end: 'room', quality: quality(null) },
      ],
    },
  });
  await show();
  await page.until(() => card('Meetings').includes('Weekly plan'));
  expect(card('Meetings')).toContain('30 minutes · at worst 4.2 % lost, 130 ms round trip · People said: bad');
  await page.press('Quality of Weekly plan');
  await page.until(() => drawn.length === 2);
  expect(drawn[0]!.data.slice(1)).toEqual([
    [1, undefined, null],
    [undefined, 2, undefined],
  ]);
});

it('tells what happened in words, and which alerts it had', async () => {
  server.rooms = [roomOf(1)];
  const heading = (n: number) => ({ eventId: idOf(700 + n), sequence: n, atMs: minutesAgo(100 - n) });
  const events = [
    { name: 'agent-started', ...heading(1), epoch: 1 },
    { name: 'device-faulty', ...heading(2), device: 'tv', code: 'room-not-answering' },
    { name: 'weather', ...heading(3) },
  ];
  server.answers.listRoomEvents = () => ({
    body: { events: events.map((event) => ({ event, receivedAtMs: event.atMs })) },
  });
  const alert = {
    alertId: idOf(900),
    signal: 'tv-failing',
    severity: 'warning',
    roomId: idOf(1),
    roomName: 'Room 1',
    placeId: null,
    state: 'acknowledged',
    facts: {},
    sinceMs: minutesAgo(50),
    openedAtMs: minutesAgo(49),
    closedAtMs: null,
    inhibitedBy: null,
    acknowledged: { by: 'Juno', atMs: minutesAgo(40), note: '' },
  };
  server.answers.listAlerts = () => ({
    body: { rows: [alert], nextCursor: null, total: 1, counts: { open: 0, acknowledged: 1, critical: 0 } },
  });
  await show();
  await page.until(() => card('What happened').includes('started') && card('Alerts of this room').includes('Juno'));
  const words = [...document.querySelectorAll('section[aria-label="What happened"] li > span')];
  expect(words.map((each) => each.textContent)).toEqual([
    'Something that this page does not know',
    expect.stringMatching(/^TV: faulty \(/),
    'The program on the kiosk started',
  ]);
  expect(card('Alerts of this room')).toContain('The TV does not answer');
});
