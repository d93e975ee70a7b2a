// @vitest-environment happy-dom
/** The phone in a call: who waits, order, invites, and that it is in the room before it opens the microphone. */
import { OFF_AIR } from '#contract/broadcast.ts';
import { act } from 'react';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { OPEN_ORDER } from '#contract/call-order.ts';
import { participantUnderTest } from '#contract/participant-under-test.ts';
import { pollUnderTest } from '#contract/poll-under-test.ts';
import type { SeenPoll } from '#contract/polls.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { Participant, RoomState } from '#contract/room-state.ts';
import { PageUnderTest } from '#ui/page-under-test.tsx';
import bookingsEn from '#ui/words/en/bookings.ts';
import broadcastEn from '#ui/words/en/broadcast.ts';
import devicesEn from '#ui/words/en/devices.ts';
import documentsEn from '#ui/words/en/documents.ts';
import meetingEn from '#ui/words/en/meeting.ts';
import noticesEn from '#ui/words/en/notices.ts';
import pollsEn from '#ui/words/en/polls.ts';
import remoteEn from '#ui/words/en/remote.ts';
import stageEn from '#ui/words/en/stage.ts';
import bookingsKo from '#ui/words/ko/bookings.ts';
import broadcastKo from '#ui/words/ko/broadcast.ts';
import devicesKo from '#ui/words/ko/devices.ts';
import documentsKo from '#ui/words/ko/documents.ts';
import meetingKo from '#ui/words/ko/meeting.ts';
import noticesKo from '#ui/words/ko/notices.ts';
import pollsKo from '#ui/words/ko/polls.ts';
import remoteKo from '#ui/words/ko/remote.ts';
import stageKo from '#ui/words/ko/stage.ts';
import { FakeSocket } from '../link/fake-socket.ts';
import { RoomLink } from '../link/room-link.ts';
import { RoomPage } from './room-page.tsx';
import { fetchCallCode } from './use-call-code.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const hall = participantUnderTest({ peerId: id(10), displayName: 'Hall', peerKind: 'room', role: 'co-host' });

function stateOf(others: Participant[], microphone: RoomState['microphone'] = 'muted'): RoomState {
  const participants = [hall, ...others];
  return {
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
      participantCount: participants.length,
      participants,
      sharedBy: null,
      order: OPEN_ORDER,
      air: OFF_AIR,
    },
    meeting: null,
    microphone,
    camera: 'on',
    volumePercent: 40,
    layout: 'auto',
    stagePage: 0,
    stagePageCount: 1,
    notices: [],
  };
}

let page: PageUnderTest;
let socket: FakeSocket;
let link: RoomLink;
beforeAll(async () => void (await fetchCallCode()), 60_000);
beforeEach(() => {
  page = new PageUnderTest({
    remote: { en: remoteEn, ko: remoteKo },
    meeting: { en: meetingEn, ko: meetingKo },
    polls: { en: pollsEn, ko: pollsKo },
    notices: { en: noticesEn, ko: noticesKo },
    bookings: { en: bookingsEn, ko: bookingsKo },
    broadcast: { en: broadcastEn, ko: broadcastKo },
    devices: { en: devicesEn, ko: devicesKo },
    documents: { en: documentsEn, ko: documentsKo },
    stage: { en: stageEn, ko: stageKo },
  });
});
afterEach(() => {
  link.stop();
  page.end();
});

async function show(others: Participant[] = []): Promise<void> {
  socket = new FakeSocket();
  link = new RoomLink({ token: 'secret', openSocket: () => socket });
  link.start();
  socket.accept();
  socket.say({
    type: 'welcome',
    protocol: PROTOCOL_VERSION,
    roomId: id(1),
    roomName: 'Hall',
    projections: { state: stateOf(others) },
    online: true,
    lastSeenMs: Date.now(),
    nowMs: Date.now(),
  });
  const pairing = { controllerToken: 'secret', roomName: 'Hall', kind: 'phone' } as const;
  await page.show(<RoomPage link={link} pairing={pairing} atDoor={false} onDoor={() => {}} onPairingOver={() => {}} />);
}
const say = (message: Parameters<FakeSocket['say']>[0]) => act(async () => socket.say(message));
const sentOf = (type: string) => socket.sent.filter((message) => message.type === type) as { id: string }[];
const mina = (n: number) => ({
  ticketId: id(n),
  displayName: 'Mina',
  organisation: 'Dealer East',
  isKnown: false,
  sinceMs: Date.now(),
});

it('names who waits, tells two of one name apart, and sends each decision', async () => {
  await show();
  expect(document.querySelector('[aria-label="Waiting"]')).toBeNull();
  await say({ type: 'waiting', waiting: { meetingId: id(2), count: 2, waiting: [mina(20), mina(21)] } });
  await page.press('Admit Mina 2');
  await page.press('Decline Mina 1');
  expect(sentOf('decide-waiting')).toMatchObject([
    { decision: { name: 'admit', ticketId: id(21) } },
    { decision: { name: 'decline', ticketId: id(20) } },
  ]);
  await say({ type: 'waiting', waiting: { meetingId: id(2), count: 0, waiting: [] } });
  expect(document.querySelector('[aria-label="Waiting"]')).toBeNull();
});

it('locks and unlocks the meeting', async () => {
  await show();
  await page.press('Lock meeting');
  expect(socket.commands().at(-1)?.command).toEqual({ name: 'set-order', change: { isLocked: true } });
  const state = stateOf([]);
  if (state.phase.name === 'in-call') state.phase.order = { ...OPEN_ORDER, isLocked: true };
  await say({ type: 'projection', name: 'state', value: state });
  await say({ type: 'command-reply', id: socket.commands().at(-1)!.id, error: null });
  await page.press('Unlock meeting');
  expect(socket.commands().at(-1)?.command).toEqual({ name: 'set-order', change: { isLocked: false } });
});

it('invites by a link, where the server lets people in', async () => {
  await show();
  expect(page.buttons('Invite')).toEqual([]);
  await say({ type: 'waiting', waiting: { meetingId: id(2), count: 0, waiting: [] } });
  await page.press('Invite');
  const [asked] = sentOf('make-invite');
  expect(asked).toMatchObject({ displayName: null });
  await say({ type: 'invite', id: asked!.id, joinUrl: 'https://maru.example/join#invite=abc', expiresAtMs: 9 });
  expect(page.text).toContain('https://maru.example/join#invite=abc');
});

it('lists raised hands first, tells guests from members, and lowers a hand', async () => {
  const early = participantUnderTest({ peerId: id(11), displayName: 'Ana', role: 'member', handRaisedAtMs: null });
  const late = participantUnderTest({
    peerId: id(12),
    displayName: 'Ben',
    role: 'guest',
    isGuest: true,
    organisation: 'Dealer East',
    handRaisedAtMs: 5,
    staysMuted: true,
    microphone: 'muted',
  });
  await show([early, late]);
  expect(page.text.indexOf('Ben')).toBeLessThan(page.text.indexOf('Ana'));
  expect(page.text).toContain('Guest · Dealer East · Hand raised · Kept muted');
  await page.press('Lower hand of Ben');
  await page.press('Let speak: Ben');
  expect(
    socket
      .commands()
      .slice(-2)
      .map(({ command }) => command),
  ).toEqual([
    { name: 'lower-hand', peerId: id(12) },
    { name: 'let-speak', peerId: id(12) },
  ]);
});

it('shows the chat of the call, and writes into it for the room', async () => {
  await show();
  expect(document.querySelector('textarea')).toBeNull();
  const messages = [
    {
      messageId: id(50),
      number: 0,
      peerId: id(11),
      displayName: 'Ana',
      isGuest: true,
      text: '<b>Hi</b>',
      atMs: Date.now(),
    },
  ];
  const heading = { protocol: PROTOCOL_VERSION, roomId: id(1), epoch: 1, revision: 1, asOfMs: 1 };
  await say({ type: 'projection', name: 'chat', value: { ...heading, callId: id(3), messages } });
  expect(document.querySelector('[role="log"]')?.textContent).toContain('<b>Hi</b>');
  expect(document.activeElement?.tagName).not.toBe('TEXTAREA');
  const field = document.querySelector('textarea')!;
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')!.set!.call(field, 'We are here');
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await page.press('Send');
  expect(socket.commands().at(-1)?.command).toMatchObject({ name: 'send-chat', text: 'We are here' });
});

it('answers messages and names people in the call, where the room’s box takes that', async () => {
  const ana = participantUnderTest({ peerId: id(11), displayName: 'Ana' });
  await show([ana]);
  const written = { peerId: id(11), displayName: 'Ana', isGuest: false, atMs: Date.now() };
  const messages = [
    {
      ...written,
      messageId: id(50),
      number: 0,
      text: '@Hall do you hear us?',
      mentions: [{ peerId: id(10), name: 'Hall' }],
    },
    { ...written, messageId: id(51), number: 1, text: '', isRecalled: true },
  ];
  const heading = { protocol: PROTOCOL_VERSION, roomId: id(1), epoch: 1, revision: 1, asOfMs: 1 };
  const chat = { ...heading, callId: id(3), messages };
  await say({ type: 'projection', name: 'chat', value: chat });
  // an older box would refuse it
  expect(page.buttons('Reply to Ana')).toEqual([]);
  await say({ type: 'projection', name: 'chat', value: { ...chat, revision: 2, takesAbout: true } });
  const log = document.querySelector('[role="log"]')!;
  expect([log.textContent!.includes('mentions you'), log.textContent!.includes('This message was recalled.')]).toEqual([
    true,
    true,
  ]);
  expect(page.buttons('Reply to Ana')).toHaveLength(1);
  await page.press('Reply to Ana');
  await page.type('textarea', '@An');
  await page.press('@Ana');
  await page.press('Send');
  expect(socket.commands().at(-1)?.command).toMatchObject({
    ...{ name: 'send-chat', text: '@Ana', replyTo: id(50), mentions: [id(11)] },
  });
});

it('shows the poll of the call with the room’s own answer, answers for the room, and ends it', async () => {
  await show();
  expect(page.buttons('New poll')).toEqual([]);
  const heading = { protocol: PROTOCOL_VERSION, roomId: id(1), epoch: 1, revision: 1, asOfMs: 1 };
  const shows = (poll: SeenPoll | null, revision: number) =>
    say({ type: 'projection', name: 'poll', value: { ...heading, revision, callId: id(3), poll } });
  await shows(null, 1);
  expect(page.buttons('New poll')).toHaveLength(1);
  const poll = {
    ...pollUnderTest({ pollId: id(60), counts: [1, 2], answeredCount: 3, peopleCount: 4 }),
    ownChoices: [],
  };
  await shows(poll, 2);
  expect(page.buttons('New poll')).toEqual([]);
  expect(page.text).toContain('2 people, 67%');
  await page.press('There');
  expect(socket.commands().at(-1)?.command).toEqual({ name: 'answer-poll', pollId: id(60), choices: [1] });
  expect(page.buttons('There')[0]?.getAttribute('aria-pressed')).toBe('true');
  await page.press('End poll');
  expect(socket.commands().at(-1)?.command).toEqual({ name: 'end-poll', pollId: id(60) });
  await shows({ ...poll, ownChoices: [1], result: { endedAtMs: 5, rightChoice: null, answers: null } }, 3);
  expect(page.text).toContain('Your choice');
  expect(page.buttons('New poll')).toHaveLength(1);
});

it('asks for the code on the TV before it opens the microphone of a room that it may have left, then opens it', async () => {
  await show();
  await page.press('Unmute microphone');
  const asked = socket.commands().at(-1)!;
  await say({ type: 'command-reply', id: asked.id, error: { code: 'presence-needed', message: '' } });
  expect(page.text).toContain(remoteEn.presence.title);
  expect(socket.commands().at(-1)?.command).toEqual({ name: 'show-code' });
  await page.type('input[autocomplete="off"]', 'k7pw3mxd');
  await act(async () => {
    document.querySelector('form')!.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
  });
  const [wrong] = sentOf('prove-presence');
  await say({ type: 'command-reply', id: wrong!.id, error: { code: 'pairing-code-invalid', message: '' } });
  expect(page.text).toContain(remoteEn.presence.title);
  await act(async () => {
    document.querySelector('form')!.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
  });
  await say({ type: 'command-reply', id: sentOf('prove-presence')[1]!.id, error: null });
  expect(page.text).not.toContain(remoteEn.presence.title);
  expect(socket.commands().at(-1)?.command).toEqual({ name: 'set-microphone', on: true });
  expect(socket.commands().at(-1)?.id).not.toBe(asked.id);
});

it('opens nothing where the person gives up', async () => {
  await show();
  await page.press('Unmute microphone');
  await say({
    type: 'command-reply',
    id: socket.commands().at(-1)!.id,
    error: { code: 'presence-needed', message: '' },
  });
  await page.press('Not now');
  expect(page.text).not.toContain(remoteEn.presence.title);
  expect(socket.commands().at(-1)?.command).toEqual({ name: 'show-code' });
  expect(document.querySelector('[role="alert"]')?.textContent ?? '').toBe('');
});
