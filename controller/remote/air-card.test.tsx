// @vitest-environment happy-dom
/** The phone in a call that may be put on air: green room, countdown, live, hold, end, recording, and what is refused. */
import { act } from 'react';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CallAir, type MeetingAir, OFF_AIR } from '#contract/broadcast.ts';
import { OPEN_ORDER } from '#contract/call-order.ts';
import { participantUnderTest } from '#contract/participant-under-test.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { RoomState } from '#contract/room-state.ts';
import { airUnderTest, deskUnderTest } from '#contract/air-under-test.ts';
import { PageUnderTest } from '#ui/page-under-test.tsx';
import bookingsEn from '#ui/words/en/bookings.ts';
import broadcastEn from '#ui/words/en/broadcast.ts';
import devicesEn from '#ui/words/en/devices.ts';
import documentsEn from '#ui/words/en/documents.ts';
import meetingEn from '#ui/words/en/meeting.ts';
import noticesEn from '#ui/words/en/notices.ts';
import remoteEn from '#ui/words/en/remote.ts';
import stageEn from '#ui/words/en/stage.ts';
import bookingsKo from '#ui/words/ko/bookings.ts';
import broadcastKo from '#ui/words/ko/broadcast.ts';
import devicesKo from '#ui/words/ko/devices.ts';
import documentsKo from '#ui/words/ko/documents.ts';
import meetingKo from '#ui/words/ko/meeting.ts';
import noticesKo from '#ui/words/ko/notices.ts';
import remoteKo from '#ui/words/ko/remote.ts';
import stageKo from '#ui/words/ko/stage.ts';
import { FakeSocket } from '../link/fake-socket.ts';
import { RoomLink } from '../link/room-link.ts';
import { RoomPage } from './room-page.tsx';
import { fetchCallCode } from './use-call-code.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const people = [
  participantUnderTest({ peerId: id(10), displayName: 'Hall', peerKind: 'room', role: 'co-host' }),
  participantUnderTest({ peerId: id(11), displayName: 'Ana', microphone: 'muted', camera: 'off' }),
  participantUnderTest({ peerId: id(12), displayName: 'Ana' }),
  participantUnderTest({ peerId: id(13), displayName: 'Broadcast', peerKind: 'program' }),
];
const stateOf = (air: CallAir): RoomState => ({
  protocol: PROTOCOL_VERSION,
  roomId: id(1),
  roomName: 'Hall',
  epoch: 1,
  revision: 1,
  asOfMs: 1,
  phase: {
    name: 'in-call',
    callId: id(3),
    peerId: id(10),
    meetingTitle: 'Weekly',
    startedAtMs: Date.now(),
    connection: 'connected',
    // one of them is the program
    participantCount: people.length - 1,
    participants: people,
    sharedBy: null,
    order: OPEN_ORDER,
    air,
  },
  meeting: null,
  microphone: 'on',
  camera: 'on',
  volumePercent: 40,
  layout: 'auto',
  stagePage: 0,
  stagePageCount: 1,
  notices: [],
});

let page: PageUnderTest;
let socket: FakeSocket;
let link: RoomLink;
beforeAll(async () => void (await fetchCallCode()), 60_000);
beforeEach(() => {
  page = new PageUnderTest({
    remote: { en: remoteEn, ko: remoteKo },
    broadcast: { en: broadcastEn, ko: broadcastKo },
    meeting: { en: meetingEn, ko: meetingKo },
    notices: { en: noticesEn, ko: noticesKo },
    bookings: { en: bookingsEn, ko: bookingsKo },
    devices: { en: devicesEn, ko: devicesKo },
    documents: { en: documentsEn, ko: documentsKo },
    stage: { en: stageEn, ko: stageKo },
  });
});
afterEach(() => {
  link.stop();
  page.end();
});

const say = (message: Parameters<FakeSocket['say']>[0]) => act(async () => socket.say(message));
const sayAir = (air: MeetingAir) => say({ type: 'air', air });
const sayCallAir = (air: CallAir) => say({ type: 'projection', name: 'state', value: stateOf(air) });
async function show(air: MeetingAir | null, callAir = OFF_AIR): Promise<void> {
  socket = new FakeSocket();
  link = new RoomLink({ token: 'secret', openSocket: () => socket });
  link.start();
  socket.accept();
  socket.say({
    type: 'welcome',
    protocol: PROTOCOL_VERSION,
    roomId: id(1),
    roomName: 'Hall',
    projections: { state: stateOf(callAir) },
    online: true,
    lastSeenMs: Date.now(),
    nowMs: Date.now(),
  });
  if (air !== null) socket.say({ type: 'air', air });
  const pairing = { controllerToken: 'secret', roomName: 'Hall', kind: 'phone' } as const;
  await page.show(<RoomPage link={link} pairing={pairing} atDoor={false} onDoor={() => {}} onPairingOver={() => {}} />);
}
const acts = () => socket.sent.filter((message) => message.type === 'direct-broadcast');
const recordings = () => socket.sent.filter((message) => message.type === 'set-recording');
const answer = async (code: 'not-possible-now' | null = null): Promise<void> =>
  say({
    type: 'command-reply',
    id: acts().at(-1)!.id,
    error: code === null ? null : { code, message: '' },
  });
const named = (name: string) => document.querySelector(`[aria-label="${name}"]`);
const greenRoom = (of: Parameters<typeof deskUnderTest>[0] = {}) => airUnderTest({ broadcast: deskUnderTest(of) });

it('offers nothing where this server broadcasts nothing, and nothing that the room may not do', async () => {
  await show(null);
  expect([...page.buttons('Go live'), ...page.buttons('Record')]).toEqual([]);
  await sayAir(airUnderTest({ mayBroadcast: false, mayRecord: false }));
  expect([...page.buttons('Go live'), ...page.buttons('Record')]).toEqual([]);
  expect(page.text).not.toContain(broadcastEn.title);
  await sayAir(airUnderTest({ mayBroadcast: false }));
  expect(page.buttons('Go live')).toEqual([]);
  expect(page.buttons('Record')).toHaveLength(1);
});

describe('the green room', () => {
  it('opens by one press, and starts once there is a picture', async () => {
    await show(airUnderTest());
    await page.press('Go live');
    expect(acts()).toMatchObject([{ act: { name: 'open-green-room' } }]);
    await answer();
    await sayAir(greenRoom({ picture: null, loudnessDb: null }));
    expect(page.text).toContain(broadcastEn.picture.loading);
    expect(page.button('Start broadcast').disabled).toBe(true);
    await sayAir(greenRoom({ picture: 'none' }));
    expect(page.button('Start broadcast').disabled).toBe(true);
    await sayAir(greenRoom());
    expect(page.text).toContain(broadcastEn.picture.good);
    await page.press('Start broadcast');
    expect(acts().at(-1)).toMatchObject({ act: { name: 'start' } });
  });

  it('lists who is in, without the program, and shows picture and sound in words', async () => {
    await show(airUnderTest());
    await page.press('Go live');
    await sayAir(greenRoom({ picture: 'black', loudnessDb: null }));
    const sheet = document.querySelector('[role="dialog"]')!;
    expect(sheet.textContent).toContain('3 in the meeting');
    expect(sheet.textContent).toContain('Ana 1');
    expect(sheet.textContent).toContain('Microphone muted, Camera off');
    expect(sheet.textContent).toContain(broadcastEn.picture.black);
    expect(sheet.textContent).toContain(broadcastEn.sound.silent);
    expect(sheet.querySelector('img')).toBeNull();
    await say({ type: 'program-preview', broadcastId: deskUnderTest().broadcastId, jpeg: '/9j/AAA=' });
    expect(sheet.querySelector('img')?.getAttribute('src')).toBe('data:image/jpeg;base64,/9j/AAA=');
  });

  it('can be hidden and closed, and does not open by itself on another phone', async () => {
    await show(greenRoom());
    expect(page.buttons('Start broadcast')).toEqual([]);
    expect(page.text).toContain(broadcastEn.greenRoomOpen);
    await page.press('Go live');
    expect(acts()).toEqual([]);
    await page.press('Hide');
    expect(page.buttons('Start broadcast')).toEqual([]);
    await page.press('Go live');
    await page.press('Close the green room');
    expect(acts()).toMatchObject([{ act: { name: 'close-green-room' } }]);
    await answer();
    await sayAir(airUnderTest());
    expect(page.buttons('Start broadcast')).toEqual([]);
    await sayAir(greenRoom());
    expect(page.buttons('Start broadcast')).toEqual([]);
  });

  it('says why it cannot be opened', async () => {
    await show(airUnderTest());
    await page.press('Go live');
    await say({
      type: 'command-reply',
      id: acts().at(-1)!.id,
      error: { code: 'program-unavailable', message: '' },
    });
    expect(page.text).toContain('Code for IT: program-unavailable');
    expect(page.buttons('Start broadcast')).toEqual([]);
  });

  const needsPresence = () =>
    say({ type: 'command-reply', id: acts().at(-1)!.id, error: { code: 'presence-needed', message: '' } });

  it('opens once the person has shown to be in the room, by the code on the TV', async () => {
    await show(airUnderTest());
    await page.press('Go live');
    await needsPresence();
    expect(page.text).toContain(remoteEn.presence.title);
    expect(socket.commands().map(({ command }) => command)).toContainEqual({ name: 'show-code' });
    await page.type('input[autocomplete="off"]', 'k7pw3mxd');
    await act(async () => {
      document.querySelector('form')!.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
    });
    const [proof] = socket.sent.filter((message) => message.type === 'prove-presence');
    await say({ type: 'command-reply', id: proof!.id, error: null });
    expect(acts()).toMatchObject([{ act: { name: 'open-green-room' } }, { act: { name: 'open-green-room' } }]);
    await answer();
    await sayAir(greenRoom());
    expect(page.buttons('Start broadcast')).toHaveLength(1);
    expect(page.text).not.toContain(remoteEn.presence.title);
  });

  it('stays closed for a person who gives up, also when somebody else opens it later', async () => {
    await show(airUnderTest());
    await page.press('Go live');
    await needsPresence();
    await page.press('Not now');
    await page.until(() => !page.text.includes(broadcastEn.greenRoom.title));
    expect(acts()).toHaveLength(1);
    await sayAir(greenRoom());
    expect(page.buttons('Start broadcast')).toEqual([]);
  });

  it('counts down, and takes that back', async () => {
    await show(greenRoom());
    await page.press('Go live');
    await sayAir(greenRoom({ phase: 'countdown', liveAtMs: Date.now() + 5_000 }));
    expect(named('On air in 5')?.textContent).toContain('5');
    await page.until(() => named('On air in 4') !== null);
    await page.press('Cancel');
    expect(acts().at(-1)).toMatchObject({ act: { name: 'cancel-countdown' } });
    await answer();
    await sayAir(greenRoom());
    expect(page.buttons('Start broadcast')).toHaveLength(1);
  });

  it('shows one person alone', async () => {
    await show(greenRoom());
    await page.press('Go live');
    await page.press('One person');
    const [, second] = [...document.querySelectorAll<HTMLInputElement>('input[type="radio"]')].slice(-2);
    await act(async () => second!.click());
    expect(acts().at(-1)).toMatchObject({ act: { name: 'set-stage', stage: { kind: 'one', peerId: id(12) } } });
  });
});

describe('on air', () => {
  const live = { phase: 'live', liveAtMs: Date.now() - 761_000, watching: 312 } as const;

  it('closes the green room, marks the page, holds, resumes and ends, asked once', async () => {
    await show(greenRoom());
    await page.press('Go live');
    await sayAir(greenRoom(live));
    await sayCallAir({ ...OFF_AIR, ...live, isRecorded: true });
    expect(named('On air')?.textContent).toMatch(/^LIVE 00:1[23]:\d\d · 312 watching$/);
    expect(page.text).toContain(broadcastEn.news.live);
    expect(page.buttons('Start broadcast')).toEqual([]);
    await page.press('Hold');
    expect(acts().at(-1)).toMatchObject({ act: { name: 'hold' } });
    await answer();
    await sayAir(greenRoom({ ...live, phase: 'hold' }));
    await sayCallAir({ ...OFF_AIR, ...live, phase: 'hold', isRecorded: true });
    expect(named('On air')?.textContent).toContain('ON HOLD');
    await page.press('Resume');
    await answer();
    await sayAir(greenRoom(live));
    const before = acts().length;
    await page.press('End broadcast');
    expect(acts()).toHaveLength(before);
    expect(page.text).toContain('312 people');
    await page.press('End it for everyone');
    expect(acts().at(-1)).toMatchObject({ act: { name: 'end' } });
    await answer();
    await sayAir(airUnderTest());
    await sayCallAir(OFF_AIR);
    expect(named('On air')).toBeNull();
    expect(page.buttons('Go live')).toHaveLength(1);
  });

  it('shows troubles and refusals in words', async () => {
    await show(greenRoom({ ...live, troubles: ['rewind-off'] }));
    expect(page.text).toContain('Code for IT: rewind-off');
    await sayAir(greenRoom({ ...live, isOnSlate: true }));
    expect(page.text).toContain(broadcastEn.live.slate);
    await page.press('Hold');
    await answer('not-possible-now');
    expect(page.text).toContain('Code for IT: not-possible-now');
  });
});

describe('a recording alone', () => {
  it('starts, is marked and announced, and stops', async () => {
    await show(airUnderTest());
    await page.press('Record');
    expect(recordings()).toMatchObject([{ on: true }]);
    await say({ type: 'command-reply', id: recordings()[0]!.id, error: null });
    await sayAir(airUnderTest({ recording: deskUnderTest({ kind: 'recording', phase: 'green-room' }) }));
    expect(page.text).toContain(broadcastEn.record.starting);
    await sayAir(airUnderTest({ recording: deskUnderTest({ kind: 'recording', phase: 'live' }) }));
    await sayCallAir({ ...OFF_AIR, isRecorded: true });
    expect(named('Recording')?.textContent).toBe('REC');
    expect(named('On air')).toBeNull();
    expect(page.text).toContain('Everybody sees that this meeting is recorded');
    await page.press('Stop recording');
    expect(recordings().at(-1)).toMatchObject({ on: false });
  });

  it('starts once the person has shown to be in the room', async () => {
    await show(airUnderTest());
    await page.press('Record');
    await say({ type: 'command-reply', id: recordings()[0]!.id, error: { code: 'presence-needed', message: '' } });
    expect(page.text).toContain(remoteEn.presence.title);
  });
});

it('counts down on phones that do not direct', async () => {
  await show(null, { ...OFF_AIR, phase: 'countdown', liveAtMs: Date.now() + 5_000 });
  expect(page.text).toContain('On air in 5');
});
