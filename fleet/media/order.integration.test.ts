/** Order in a call as clients meet it: what a host sets holds for everybody, at once, and over drops and a worker's death. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { type MeetingRole, OPEN_ORDER, RIGHTS } from '#contract/call-order.ts';
import type { JoinTokenClaims } from '#contract/grants.ts';
import { pino } from 'pino';
import type { CallEventDraft } from './call-listener.ts';
import { RawClient } from './testing/raw-client.ts';
import { startTestNode, type TestNode } from './testing/test-node.ts';

const documentId = uuidv7();
const show = { act: 'show', documentId, title: 'Plan.pptx', pageCount: 12, page: 2 } as const;

type LoggedEvent = CallEventDraft & { callId: string };
/** what the node logs; among it each event for the fleet */
const log: LoggedEvent[] = [];
const eventsOf = <N extends CallEventDraft['name']>({ callId }: { callId: string }, name: N) =>
  log.filter((line): line is Extract<LoggedEvent, { name: N }> => line.callId === callId && line.name === name);

let it: TestNode;
let nothing: Awaited<ReturnType<TestNode['held']>>;
beforeAll(async () => {
  const logger = pino({ level: 'info' }, { write: (line: string) => void log.push(JSON.parse(line) as LoggedEvent) });
  it = await startTestNode({ workers: 2, settings: { emptyCallMs: 60, resumeGraceMs: 400 }, logger });
  nothing = await it.held();
});
afterAll(() => it.stop());

type Claims = Partial<JoinTokenClaims>;
const account = (name: string, role: MeetingRole = 'member'): Claims => ({
  person: `account:${name}`,
  displayName: name,
  role,
});
const guest = (name: string): Claims => ({
  person: `ticket:${name}`,
  displayName: name,
  role: 'guest',
  isGuest: true,
  organisation: 'Supplier',
});

class Meeting {
  readonly callId = uuidv7();
  readonly clients: RawClient[] = [];
  get call() {
    return it.node.registry.calls.get(this.callId)!;
  }
  async join(claims: Claims): Promise<RawClient> {
    const client = await it.join({ callId: this.callId, ...claims }, claims.displayName ?? 'Nobody');
    this.clients.push(client);
    return client;
  }
  of(client: RawClient) {
    return this.call.peers.get(client.hello!.peerId)!.participant;
  }
  roles(): Record<string, MeetingRole> {
    return Object.fromEntries(this.call.joined.map(({ displayName, role }) => [displayName, role]));
  }
  async end(): Promise<void> {
    this.call?.end('ended-by-fleet');
    await Promise.all(this.clients.map((client) => client.closed()));
  }
}
const idOf = (client: RawClient): string => client.hello!.peerId;
const codeOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'done',
    ({ code }: { code: string }) => code,
  );
const leave = (client: RawClient) => client.request('leave-call', {});
const microphoneOf = (meeting: Meeting, client: RawClient) =>
  [...meeting.call.producers.all.values()].find(
    ({ peerId, source }) => peerId === idOf(client) && source === 'microphone',
  );
const isPaused = (meeting: Meeting, client: RawClient) => microphoneOf(meeting, client)?.producer.paused;

test('the log names who joined by id and kind, and has no name and no words of anybody', async () => {
  const meeting = new Meeting();
  const mina = await meeting.join({ ...account('Somebody with a name', 'host'), person: 'account:1' });
  await mina.request('send-chat', { messageId: uuidv7(), text: 'Words in the chat' });
  const choices = ['Words of a choice', 'Another'];
  const draft = { question: 'Words of a question', choices, isMultiple: false, isSecret: false, rightChoice: null };
  const pollId = uuidv7();
  await mina.request('start-poll', { pollId, draft });
  await mina.request('answer-poll', { pollId, choices: [0] });
  await mina.request('end-poll', { pollId });
  await leave(mina);
  await meeting.end();
  const joined = log.filter((line) => line.callId === meeting.callId && line.name === 'participant-joined');
  expect(joined).toMatchObject([{ peerId: idOf(mina), peerKind: 'person' }]);
  expect(log.map(({ name }) => name)).toEqual(expect.arrayContaining(['chat-posted', 'poll-ended']));
  expect(JSON.stringify(log)).not.toMatch(/Somebody with a name|Words (in|of)/);
});

describe('a locked call', () => {
  const rows: [string, Claims, string][] = [
    ['a member who was never in', account('Sua'), 'call-locked'],
    ['a presenter who was never in', account('Sua', 'presenter'), 'call-locked'],
    ['a guest', guest('Sua'), 'call-locked'],
    ['a guest whom a host lets in', { ...guest('Sua'), isLetIn: true }, 'done'],
    ['a co-host', account('Sua', 'co-host'), 'done'],
    ['a host', account('Sua', 'host'), 'done'],
    ['a room of the meeting', { peerKind: 'room', displayName: 'Hall', role: 'co-host', roomId: uuidv7() }, 'done'],
    ['a member who was in, on another token and by another peer', account('Mina'), 'done'],
    ['a guest who was in', guest('Lee'), 'done'],
    ['a member who was in and was removed', account('Gone'), 'removed-from-call'],
    ['the same, though once let in by a host', { ...account('Gone'), isLetIn: true }, 'removed-from-call'],
  ];
  let meeting: Meeting;
  let host: RawClient;
  beforeAll(async () => {
    meeting = new Meeting();
    host = await meeting.join(account('Host', 'host'));
    for (const claims of [account('Mina'), guest('Lee')]) await leave(await meeting.join(claims));
    const gone = await meeting.join(account('Gone'));
    await host.request('remove-participant', { peerId: idOf(gone) });
    await host.request('set-order', { isLocked: true });
  });
  afterAll(() => meeting.end());
  test.each(rows)('%s: %s', async (_, claims, outcome) => {
    expect(await codeOf(meeting.join(claims).then(leave))).toBe(outcome);
  });
  test('keeps out who had only read the page, and lets them in once it is open', async () => {
    await host.request('set-order', { isLocked: false });
    const reading = await it.prepare({ callId: meeting.callId, ...account('Reader') });
    await host.request('set-order', { isLocked: true });
    expect(await codeOf(reading.join('Reader'))).toBe('call-locked');
    expect(meeting.roles()).not.toHaveProperty('Reader');
    await host.request('set-order', { isLocked: false });
    expect(await codeOf(reading.join('Reader'))).toBe('done');
    await leave(reading);
  });
});

describe('who stays muted', () => {
  test('is not heard whatever its client sends, until let speak, until muted again', async () => {
    const meeting = new Meeting();
    const host = await meeting.join(account('Host', 'host'));
    const [mina, lee] = [await meeting.join(account('Mina')), await meeting.join(guest('Lee'))];
    const producerId = await mina.produce('microphone');
    await host.produce('microphone');
    await host.request('set-order', { staysMuted: true });
    expect(await mina.told('muted')).toEqual({ byPeerId: idOf(host) });
    await expect.poll(() => isPaused(meeting, mina)).toBe(true);
    expect(isPaused(meeting, host)).toBe(false);
    expect(meeting.of(mina)).toMatchObject({ staysMuted: true, microphone: 'muted' });
    expect(await codeOf(mina.request('resume-producer', { producerId }))).toBe('stays-muted');
    // a microphone that is made now, and the sound of a share, are no way around it
    await lee.produce('microphone');
    await lee.produce('screen-audio');
    expect(await lee.told('muted')).toEqual({ byPeerId: idOf(host) });
    const ofLee = [...meeting.call.producers.all.values()].filter(({ peerId }) => peerId === idOf(lee));
    expect(ofLee.map(({ producer }) => producer.paused)).toEqual([true, true]);
    await lee.request('set-media-state', { microphone: 'on', camera: 'off' });
    expect(meeting.of(lee).microphone).toBe('muted');
    await host.request('let-speak', { peerId: idOf(mina) });
    expect(await codeOf(mina.request('resume-producer', { producerId }))).toBe('done');
    expect([isPaused(meeting, mina), meeting.of(mina)]).toMatchObject([false, { staysMuted: false, microphone: 'on' }]);
    await host.request('mute-all', {});
    await expect.poll(() => isPaused(meeting, mina)).toBe(true);
    expect(await codeOf(mina.request('resume-producer', { producerId }))).toBe('stays-muted');
    await host.request('set-order', { staysMuted: false });
    // nobody is unmuted by that
    expect(isPaused(meeting, mina)).toBe(true);
    expect(await codeOf(mina.request('resume-producer', { producerId }))).toBe('done');
    await meeting.end();
  });

  test('a resume that is on its way when the host decides does not get through', async () => {
    const meeting = new Meeting();
    const [host, mina] = [await meeting.join(account('Host', 'host')), await meeting.join(account('Mina'))];
    const producerId = await mina.produce('microphone', { paused: true });
    const asked = [
      codeOf(mina.request('resume-producer', { producerId })),
      codeOf(host.request('set-order', { staysMuted: true })),
    ];
    await Promise.all(asked);
    await expect.poll(() => isPaused(meeting, mina)).toBe(true);
    await mina.request('ping', {});
    expect([isPaused(meeting, mina), meeting.of(mina).microphone]).toEqual([true, 'muted']);
    await meeting.end();
  });

  test('is so after a drop, a reload and the death of the worker', async () => {
    const meeting = new Meeting();
    const host = await meeting.join(account('Host', 'host'));
    let mina = await meeting.join(account('Mina'));
    await host.request('set-order', { staysMuted: true });
    await mina.produce('microphone');
    const reload = await it.open();
    await reload.resume(mina.hello!);
    mina = reload;
    await mina.produce('microphone');
    expect([isPaused(meeting, mina), meeting.of(mina).staysMuted]).toEqual([true, true]);
    const worker = microphoneOf(meeting, mina)!.callRouter.mediaWorker.worker;
    process.kill(worker.pid, 'SIGKILL');
    const media = await mina.told('media-moved');
    mina.hello = { ...mina.hello!, admission: { kind: 'fresh', media } };
    await mina.produce('microphone');
    expect(isPaused(meeting, mina)).toBe(true);
    expect([meeting.call.order.order.staysMuted, meeting.roles()]).toEqual([true, { Host: 'host', Mina: 'member' }]);
    await meeting.end();
  });
});

describe('sharing for presenters alone', () => {
  test('ends the share and the document that run, and comes back with the role', async () => {
    const meeting = new Meeting();
    const [host, mina] = [await meeting.join(account('Host', 'host')), await meeting.join(account('Mina'))];
    await mina.produce('screen');
    await mina.request('present', { act: show });
    await host.request('set-order', { sharedBy: 'presenters' });
    const changed = await mina.told('permissions-changed');
    expect(changed).toMatchObject({ role: 'member', documents: ['view'], publishes: ['microphone', 'camera'] });
    await host.told('participant-changed', ({ participant }) => !participant.sharesScreen);
    expect(
      await host.told('document-changed', ({ change, ...more }) => change === 'act' && isStop(more)),
    ).toBeDefined();
    expect(meeting.call.document.seenBy(meeting.call.joined[0]!)).toBeNull();
    expect(await codeOf(mina.produce('screen'))).toBe('forbidden');
    expect(await codeOf(mina.request('present', { act: show }))).toBe('forbidden');
    expect(await codeOf(host.produce('screen'))).toBe('done');
    await host.request('set-role', { peerId: idOf(mina), role: 'presenter' });
    expect((await mina.told('permissions-changed')).documents).toEqual(['present', 'view']);
    expect(await codeOf(mina.produce('screen'))).toBe('done');
    await meeting.end();
  });

  test('is no matter of what records the call', async () => {
    const meeting = new Meeting();
    const host = await meeting.join(account('Host', 'host'));
    const program = await meeting.join({ peerKind: 'program', displayName: 'Recording', publishes: ['screen'] });
    await program.produce('screen');
    await host.request('set-order', { sharedBy: 'presenters', staysMuted: true });
    expect(meeting.of(program)).toMatchObject({ sharesScreen: true, staysMuted: false });
    await meeting.end();
  });
});
const isStop = (change: object): boolean => 'act' in change && (change.act as { act: string }).act === 'stop';

describe('roles', () => {
  test('are given by a host alone, to a guest no more than a presenter’s, and hand over the own', async () => {
    const meeting = new Meeting();
    const host = await meeting.join(account('Host', 'host'));
    const [mina, lee] = [await meeting.join(account('Mina')), await meeting.join(guest('Lee'))];
    const hall = await meeting.join({ peerKind: 'room', displayName: 'Hall', roomId: uuidv7() });
    const give = (by: RawClient, to: RawClient, role: MeetingRole) =>
      codeOf(by.request('set-role', { peerId: idOf(to), role }));
    for (const role of ['host', 'co-host', 'member'] as const) expect(await give(host, lee, role)).toBe('forbidden');
    expect(await give(host, lee, 'presenter')).toBe('done');
    expect(await give(host, hall, 'presenter')).toBe('not-possible-now');
    expect(await give(host, host, 'member')).toBe('not-possible-now');
    expect(await give(hall, mina, 'co-host')).toBe('forbidden');
    expect(await give(host, mina, 'host')).toBe('done');
    expect(meeting.roles()).toEqual({ Host: 'co-host', Mina: 'host', Lee: 'presenter', Hall: 'co-host' });
    expect(await mina.told('permissions-changed')).toMatchObject({ role: 'host', rights: RIGHTS.host });
    expect(await give(host, lee, 'guest')).toBe('forbidden');
    expect(await codeOf(host.request('remove-participant', { peerId: idOf(mina) }))).toBe('forbidden');
    expect(await give(mina, host, 'host')).toBe('done');
    expect(meeting.roles()).toMatchObject({ Host: 'host', Mina: 'co-host' });
    await meeting.end();
  });

  test('follow the person: another device, a return and a reload have them', async () => {
    const meeting = new Meeting();
    const [host, mina] = [await meeting.join(account('Host', 'host')), await meeting.join(account('Mina'))];
    await host.request('set-role', { peerId: idOf(mina), role: 'co-host' });
    const phone = await meeting.join(account('Mina'));
    expect(phone.hello).toMatchObject({ role: 'co-host', rights: RIGHTS['co-host'] });
    await leave(mina);
    await leave(phone);
    expect((await meeting.join(account('Mina'))).hello).toMatchObject({ role: 'co-host' });
    await meeting.end();
  });
});

describe('while no host is there', () => {
  test('the earliest presenter leads, never a guest, and the role returns with the host, whatever was locked', async () => {
    const meeting = new Meeting();
    await meeting.join(guest('Lee'));
    const [mina, sua] = [await meeting.join(account('Mina')), await meeting.join(account('Sua', 'presenter'))];
    // early comers are not made hosts by coming early
    expect(meeting.roles()).toMatchObject({ Lee: 'guest', Mina: 'member', Sua: 'presenter' });
    const host = await meeting.join(account('Host', 'host'));
    await host.request('set-order', { isLocked: true, sharedBy: 'presenters' });
    host.drop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(meeting.roles()).toMatchObject({ Host: 'host', Sua: 'presenter' });
    await expect.poll(meeting.roles.bind(meeting)).toEqual({ Lee: 'guest', Mina: 'member', Sua: 'host' });
    expect(await sua.told('permissions-changed')).toMatchObject({ role: 'host', rights: RIGHTS.host });
    expect(eventsOf(meeting, 'role-changed').at(-1)).toMatchObject({
      person: 'account:Sua',
      role: 'host',
      byPeerId: null,
    });
    await leave(sua);
    await expect.poll(meeting.roles.bind(meeting)).toEqual({ Lee: 'guest', Mina: 'host' });
    await leave(mina);
    await expect.poll(meeting.roles.bind(meeting)).toEqual({ Lee: 'guest' });
    // nobody is left who could open it: it stays locked
    expect(meeting.call.order.order).toEqual({ isLocked: true, staysMuted: false, sharedBy: 'presenters' });
    expect(await codeOf(meeting.join(account('Stranger')))).toBe('call-locked');
    const back = await meeting.join(account('Mina'));
    expect(meeting.roles()).toEqual({ Lee: 'guest', Mina: 'host' });
    const again = await meeting.join(account('Host', 'host'));
    expect(await back.told('permissions-changed', ({ role }) => role === 'member')).toMatchObject({ rights: [] });
    expect(meeting.roles()).toEqual({ Lee: 'guest', Mina: 'member', Host: 'host' });
    expect(eventsOf(meeting, 'role-changed').at(-1)).toMatchObject({
      person: 'account:Mina',
      role: 'member',
      byPeerId: null,
    });
    await again.request('set-order', { isLocked: false });
    await meeting.end();
  });

  test('a room of the meeting keeps order, so that nobody is named', async () => {
    const meeting = new Meeting();
    const [host, hall] = [
      await meeting.join(account('Host', 'host')),
      await meeting.join({ peerKind: 'room', displayName: 'Hall', roomId: uuidv7() }),
    ];
    await meeting.join(account('Mina'));
    await leave(host);
    await hall.told('participant-left');
    expect(meeting.roles()).toEqual({ Hall: 'co-host', Mina: 'member' });
    expect(await codeOf(hall.request('set-order', { isLocked: true }))).toBe('done');
    await leave(hall);
    await expect.poll(meeting.roles.bind(meeting)).toEqual({ Mina: 'host' });
    await meeting.end();
  });
});

describe('a removal', () => {
  const invite = { inviteId: uuidv7(), seats: 5 };
  test('keeps the person out on any token, and is felt by nobody else on that link or network', async () => {
    const meeting = new Meeting();
    const hall = await meeting.join({ peerKind: 'room', displayName: 'Hall', roomId: uuidv7() });
    const by = (name: string, more: Claims = {}): Claims => ({
      ...guest(name),
      seat: { ...invite, holder: name },
      ...more,
    });
    const lee = await meeting.join(by('Lee'));
    const phone = await meeting.join(by('Lee', { seat: { ...invite, holder: 'Lee’s phone' } }));
    const kim = await meeting.join(by('Kim'));
    await hall.request('remove-participant', { peerId: idOf(lee) });
    expect([await lee.closed(), await phone.closed()]).toEqual([4422, 4422]);
    expect(await codeOf(meeting.join(by('Lee')))).toBe('removed-from-call');
    // a new cookie is a new seat, a new person has knocked, and a host has let them in before
    expect(await codeOf(meeting.join(by('Lee', { seat: { ...invite, holder: 'new cookie' } })))).toBe(
      'removed-from-call',
    );
    expect(await codeOf(meeting.join(by('Lee', { isLetIn: true })))).toBe('removed-from-call');
    expect(await codeOf(it.open().then((again) => again.resume(lee.hello!)))).toBe('removed-from-call');
    // under another name by the same link: a host has to let them in first
    expect(await codeOf(meeting.join(by('Another name')))).toBe('invite-closed');
    expect(await codeOf(meeting.join(by('Park', { isLetIn: true })))).toBe('done');
    expect(await codeOf(kim.request('ping', {}))).toBe('done');
    await leave(kim);
    expect(await codeOf(meeting.join(by('Kim')))).toBe('done');
    expect(await codeOf(meeting.join(account('Colleague')))).toBe('done');
    await meeting.end();
  });

  test('holds for that call, not for the next one', async () => {
    const [monday, tuesday] = [new Meeting(), new Meeting()];
    const host = await monday.join(account('Host', 'host'));
    const mina = await monday.join(account('Mina'));
    await host.request('remove-participant', { peerId: idOf(mina) });
    expect(await codeOf(monday.join(account('Mina')))).toBe('removed-from-call');
    expect(await codeOf(tuesday.join(account('Mina')))).toBe('done');
    await monday.end();
    await tuesday.end();
  });
});

describe('allowed addresses', () => {
  const rows: [string, string[][], string][] = [
    ['no ranges', [], 'done'],
    ['empty lists', [[], []], 'done'],
    ['the own range', [['127.0.0.0/8']], 'done'],
    ['ranges that all hold', [['127.0.0.0/8', '10.0.0.0/8'], ['127.0.0.1']], 'done'],
    ['one list that does not', [['127.0.0.0/8'], ['10.0.0.0/8']], 'address-not-allowed'],
    ['other ranges', [['10.0.0.0/8', '2001:db8::/32', '::/0']], 'address-not-allowed'],
    ['a range that cannot be read', [['127.0.0.0/99']], 'address-not-allowed'],
  ];
  test.each(rows)('of %s, at hello: %s', async (_, allowedRanges, outcome) => {
    const meeting = new Meeting();
    expect(await codeOf(meeting.join({ ...account('Mina'), allowedRanges }))).toBe(outcome);
    await meeting.end();
  });

  test('hold at each return, and a refused return costs nobody the place', async () => {
    const meeting = new Meeting();
    const mina = await meeting.join({ ...account('Mina'), allowedRanges: [['127.0.0.1']] });
    const elsewhere = await RawClient.open(it.node.signalingUrl, { localAddress: '127.0.0.2' });
    expect(await codeOf(elsewhere.resume(mina.hello!))).toBe('address-not-allowed');
    expect(await elsewhere.closed()).toBe(4487);
    expect(await codeOf(mina.request('ping', {}))).toBe('done');
    expect(await codeOf(it.open().then((here) => here.resume(mina.hello!)))).toBe('done');
    await meeting.end();
  });
});

describe('hands', () => {
  test('stand in the order in which they went up, and go down once their owner has spoken, or by a host', async () => {
    const meeting = new Meeting();
    const host = await meeting.join(account('Host', 'host'));
    const [mina, lee] = [await meeting.join(account('Mina')), await meeting.join(guest('Lee'))];
    const raisedBy = () =>
      meeting.call.joined
        .filter(({ handRaisedAtMs }) => handRaisedAtMs !== null)
        .toSorted((a, b) => a.handRaisedAtMs! - b.handRaisedAtMs!)
        .map(({ displayName }) => displayName);
    const microphone = await mina.produce('microphone', { paused: true });
    await lee.request('raise-hand', { isUp: true });
    await mina.request('raise-hand', { isUp: true });
    await lee.request('raise-hand', { isUp: true });
    expect(raisedBy()).toEqual(['Lee', 'Mina']);
    expect(
      (await host.told('participant-changed', ({ participant }) => participant.handRaisedAtMs !== null)).participant,
    ).toMatchObject({
      displayName: 'Lee',
      isGuest: true,
      organisation: 'Supplier',
    });
    expect(await codeOf(mina.request('lower-hand', { peerId: idOf(lee) }))).toBe('forbidden');
    // a microphone that went on and off in silence is no speech
    await mina.request('resume-producer', { producerId: microphone });
    await mina.request('pause-producer', { producerId: microphone });
    expect(raisedBy()).toEqual(['Lee', 'Mina']);
    await mina.request('resume-producer', { producerId: microphone });
    meeting.call.order.spoke(idOf(mina));
    await mina.request('pause-producer', { producerId: microphone });
    expect(raisedBy()).toEqual(['Lee']);
    await host.request('lower-hand', { peerId: idOf(lee) });
    expect(raisedBy()).toEqual([]);
    await lee.request('raise-hand', { isUp: true });
    await lee.request('raise-hand', { isUp: false });
    expect(raisedBy()).toEqual([]);
    await meeting.end();
  });
});

test('order is in the snapshot of who comes, and every change reaches those who are in and the fleet', async () => {
  const meeting = new Meeting();
  const [host, mina] = [await meeting.join(account('Host', 'host')), await meeting.join(account('Mina'))];
  expect(meeting.call.order.order).toEqual(OPEN_ORDER);
  await host.request('set-order', { staysMuted: true });
  await host.request('set-order', { isLocked: true });
  await host.request('set-order', { isLocked: true });
  for (const client of [host, mina]) {
    expect(await client.told('order-changed')).toEqual({ ...OPEN_ORDER, staysMuted: true });
    expect(await client.told('order-changed')).toEqual({ isLocked: true, staysMuted: true, sharedBy: 'everyone' });
    await client.request('ping', {});
    expect(client.notifications.map(({ event }) => event)).not.toContain('order-changed');
  }
  const late = await it.prepare({ callId: meeting.callId, ...account('Hana', 'co-host') });
  meeting.clients.push(late);
  expect((await late.join('Hana')).order).toEqual({ isLocked: true, staysMuted: true, sharedBy: 'everyone' });
  expect(eventsOf(meeting, 'order-changed')).toMatchObject([
    { order: { isLocked: false } },
    { order: { isLocked: true }, byPeerId: idOf(host) },
  ]);
  await meeting.end();
});

test('nothing of all that is left', async () => {
  await expect.poll(() => it.held(), { timeout: 5_000 }).toEqual(nothing);
});

describe('a role that the fleet sets', () => {
  const setRole = ({ callId }: Meeting, name: string, role: MeetingRole, changeId = uuidv7()) =>
    it.node.registry.perform({ name: 'set-role', changeId, callId, person: `account:${name}`, role });

  test('holds at once, instead of grant and gift; the same change again undoes nothing that a host did since', async () => {
    const meeting = new Meeting();
    const host = await meeting.join(account('Host', 'host'));
    const mina = await meeting.join(account('Mina', 'co-host'));
    const changeId = uuidv7();
    setRole(meeting, 'Mina', 'member', changeId);
    expect(await mina.told('permissions-changed')).toMatchObject({ role: 'member', rights: [] });
    expect(await codeOf(mina.request('mute-all', {}))).toBe('forbidden');
    expect(eventsOf(meeting, 'role-changed').at(-1)).toMatchObject({ peerId: idOf(mina), role: 'member' });
    await host.request('set-role', { peerId: idOf(mina), role: 'presenter' });
    setRole(meeting, 'Mina', 'member', changeId);
    expect(meeting.roles()).toEqual({ Host: 'host', Mina: 'presenter' });
    setRole(meeting, 'Mina', 'co-host');
    expect(meeting.roles()).toEqual({ Host: 'host', Mina: 'co-host' });
    await meeting.end();
  });

  test('holds for a person who comes later by an older token, also where the call was not open yet', async () => {
    const meeting = new Meeting();
    setRole(meeting, 'Mina', 'member');
    const mina = await meeting.join(account('Mina', 'co-host'));
    expect(meeting.roles()).toEqual({ Mina: 'member' });
    await leave(mina);
    const back = await meeting.join(account('Mina', 'co-host'));
    expect(back.hello).toMatchObject({ role: 'member' });
    await meeting.end();
  });

  test('lets nobody who was lowered lead in the place of the hosts', async () => {
    const meeting = new Meeting();
    const mina = await meeting.join(account('Mina', 'co-host'));
    await meeting.join(account('Joon'));
    setRole(meeting, 'Mina', 'member');
    expect(meeting.roles()).toEqual({ Mina: 'member', Joon: 'host' });
    await leave(mina);
    await meeting.end();
  });
});
