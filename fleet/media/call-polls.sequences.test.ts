/**
 * Polls by many people in any order, with reloads, second devices, late answers and departures, against a small model that is
 * written apart. MARU_FUZZ_SEED repeats a run, MARU_FUZZ_RUNS makes it longer.
 */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { MaruError } from '#contract/error-codes.ts';
import type { CallPoll, PollDraft } from '#contract/polls.ts';
import type { SignalingNotification } from '#contract/signaling.ts';
import type { CallEventDraft } from './call-listener.ts';
import { CallPolls } from './call-polls.ts';
import { personOf } from './call-roles.ts';
import { defaultSettings } from './media-settings.ts';
import type { Peer } from './peer.ts';

const RUNS = Number(process.env.MARU_FUZZ_RUNS ?? 300);
const seed = process.env.MARU_FUZZ_SEED === undefined ? undefined : Number(process.env.MARU_FUZZ_SEED);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Claims = Partial<Peer['claims']>;
const draftOf = (more: Partial<PollDraft> = {}): PollDraft => ({
  question: 'Where?',
  choices: ['Here', 'There', 'Nowhere'],
  isMultiple: false,
  isSecret: false,
  rightChoice: null,
  ...more,
});

class Scene {
  peers: Peer[] = [];
  sent: CallPoll[] = [];
  events: Extract<CallEventDraft, { poll: CallPoll }>[] = [];
  own = new Map<Peer, SignalingNotification[]>();
  polls = new CallPolls({
    settings: { ...defaultSettings, pollActsBurst: 1_000_000 },
    joined: () => this.peers,
    onEvent: (draft) => {
      if ('poll' in draft) this.events.push(draft);
    },
    tell: (notification) => {
      if (notification.event === 'poll-changed') this.sent.push(notification.data);
    },
  });

  enter(name: string, claims: Claims = {}): Peer {
    const peerId = uuidv7();
    const peer = {
      peerId,
      displayName: name,
      claims: { sub: peerId, person: `account:${name}`, peerKind: 'person', issuedTo: null, ...claims },
      notify: (notification: SignalingNotification) =>
        this.own.set(peer, [...(this.own.get(peer) ?? []), notification]),
    } as unknown as Peer;
    this.peers.push(peer);
    this.polls.peopleChanged();
    return peer;
  }
  leave(peer: Peer): void {
    this.peers = this.peers.filter((other) => other !== peer);
    this.polls.peopleChanged();
  }
  start(by: Peer, draft: PollDraft = draftOf(), pollId = uuidv7()): string {
    this.polls.start(by, { pollId, draft });
    return pollId;
  }
  code(act: () => void): string {
    try {
      act();
      return 'done';
    } catch (error) {
      return error instanceof MaruError ? error.code : String(error);
    }
  }
  get last(): CallPoll {
    return this.sent.at(-1)!;
  }
  settle(): void {
    vi.advanceTimersByTime(1_000);
  }
}

it('counts a person once, whatever they reload and from however many devices', () => {
  const it = new Scene();
  const [host, mina] = [it.enter('Host'), it.enter('Mina')];
  const pollId = it.start(host);
  it.polls.answer(mina, { pollId, choices: [0] });
  it.leave(mina);
  const [again, phone] = [it.enter('Mina'), it.enter('Mina')];
  expect(it.polls.seenBy(again).ownAnswers).toEqual([{ pollId, choices: [0] }]);
  it.polls.answer(again, { pollId, choices: [1] });
  expect(it.own.get(phone)).toEqual([{ event: 'poll-answered', data: { pollId, choices: [1] } }]);
  it.settle();
  expect(it.last).toMatchObject({ counts: [0, 1, 0], answeredCount: 1, peopleCount: 2 });
  it.polls.answer(phone, { pollId, choices: [] });
  it.settle();
  expect(it.last).toMatchObject({ counts: [0, 0, 0], answeredCount: 0, peopleCount: 2 });
  it.polls.close();
});

it('never has more answers than people, also after they left', () => {
  const it = new Scene();
  const host = it.enter('Host');
  const people = Array.from({ length: 6 }, (_, n) => it.enter(`P${n}`));
  const pollId = it.start(host);
  for (const peer of people) it.polls.answer(peer, { pollId, choices: [0] });
  for (const peer of people) it.leave(peer);
  it.settle();
  expect(it.last).toMatchObject({ answeredCount: 6, peopleCount: 7 });
  it.polls.end(pollId);
  it.enter('Late');
  expect(it.polls.seenBy(host).polls[0]).toMatchObject({ answeredCount: 6, peopleCount: 7 });
});

const ofLink = (holder: string): Claims => ({
  person: `invite:link:${holder}`,
  isGuest: true,
  seat: { inviteId: 'link', holder, seats: 50 },
});

it('answers of those who came by a link count while they are there, so that nobody votes under one name after the other', () => {
  const it = new Scene();
  const [host, guest] = [it.enter('Host'), it.enter('Guest', ofLink('guest'))];
  const pollId = it.start(host);
  it.polls.answer(host, { pollId, choices: [0] });
  it.polls.answer(guest, { pollId, choices: [1] });
  for (let n = 0; n < 20; n++) {
    const again = it.enter(`Again ${n}`, ofLink(`other ${n}`));
    it.polls.answer(again, { pollId, choices: [1] });
    it.settle();
    expect(it.last).toMatchObject({ counts: [1, 2, 0], answeredCount: 3, peopleCount: 3 });
    it.leave(again);
  }
  it.settle();
  expect(it.last).toMatchObject({ counts: [1, 1, 0], answeredCount: 2, peopleCount: 2 });
  it.leave(guest);
  it.settle();
  expect(it.last).toMatchObject({ counts: [1, 0, 0], answeredCount: 1, peopleCount: 1 });
  // back from a reload, with the answer of before
  const back = it.enter('Guest', ofLink('guest'));
  expect(it.polls.seenBy(back).ownAnswers).toEqual([{ pollId, choices: [1] }]);
  it.settle();
  expect(it.last).toMatchObject({ counts: [1, 1, 0], answeredCount: 2, peopleCount: 2 });
  it.leave(back);
  it.polls.end(pollId);
  expect(it.last).toMatchObject({ counts: [1, 0, 0], answeredCount: 1, peopleCount: 1 });
  expect(it.last.result?.answers).toEqual([{ displayName: 'Host', choices: [0] }]);
});

it('a late answer is refused in words, and changes nothing', () => {
  const it = new Scene();
  const [host, mina] = [it.enter('Host'), it.enter('Mina')];
  const pollId = it.start(host);
  it.polls.end(pollId);
  const before = it.sent.length;
  expect(it.code(() => it.polls.answer(mina, { pollId, choices: [0] }))).toBe('poll-ended');
  expect(it.code(() => it.polls.answer(mina, { pollId: uuidv7(), choices: [0] }))).toBe('not-possible-now');
  it.settle();
  expect([it.sent.length, it.last.answeredCount]).toEqual([before, 0]);
  expect(it.code(() => it.polls.end(pollId))).toBe('done');
  expect(it.events.map(({ name }) => name)).toEqual(['poll-started', 'poll-ended']);
});

it('refuses answers that do not fit, and those of what stands for nobody', () => {
  const it = new Scene();
  const host = it.enter('Host');
  const laptop = it.enter('Laptop', { issuedTo: { roomId: uuidv7(), issuedAt: 1 } });
  const program = it.enter('Recorder', { peerKind: 'program' });
  const room = it.enter('Hall', { peerKind: 'room', person: undefined, issuedTo: { roomId: uuidv7(), issuedAt: 1 } });
  const pollId = it.start(host);
  expect(it.code(() => it.polls.answer(host, { pollId, choices: [3] }))).toBe('bad-message');
  expect(it.code(() => it.polls.answer(host, { pollId, choices: [0, 1] }))).toBe('bad-message');
  for (const peer of [laptop, program])
    expect(it.code(() => it.polls.answer(peer, { pollId, choices: [0] }))).toBe('forbidden');
  it.polls.answer(room, { pollId, choices: [2] });
  it.settle();
  expect(it.last).toMatchObject({ counts: [0, 0, 1], answeredCount: 1, peopleCount: 2 });
  it.polls.close();
});

it('one runs at a time, and the same start again is one', () => {
  const it = new Scene();
  const [host, other] = [it.enter('Host'), it.enter('Other')];
  const pollId = it.start(host);
  expect(it.code(() => it.start(host, draftOf(), pollId))).toBe('done');
  expect(it.code(() => it.start(other, draftOf(), pollId))).toBe('not-possible-now');
  expect(it.code(() => it.start(host))).toBe('not-possible-now');
  expect(it.code(() => it.polls.hide(pollId))).toBe('not-possible-now');
  expect(it.sent).toHaveLength(1);
  it.polls.end(pollId);
  it.start(host);
  expect(it.polls.seenBy(host).polls.map(({ isShown }) => isShown)).toEqual([false, true]);
  it.polls.close();
});

it('an ended one leaves the TVs after a while, or when a host hides it', () => {
  const it = new Scene();
  const host = it.enter('Host');
  const first = it.start(host);
  it.polls.end(first);
  vi.advanceTimersByTime(defaultSettings.pollShownMs - 1);
  expect(it.last.isShown).toBe(true);
  vi.advanceTimersByTime(1);
  expect(it.last.isShown).toBe(false);
  const second = it.start(host);
  it.polls.end(second);
  it.polls.hide(second);
  expect(it.last).toMatchObject({ pollId: second, isShown: false });
  const before = it.sent.length;
  it.polls.hide(second);
  vi.advanceTimersByTime(defaultSettings.pollShownMs);
  expect(it.sent).toHaveLength(before);
});

it('sends counts at a pace, and the last of them always', () => {
  const it = new Scene();
  const host = it.enter('Host');
  const people = Array.from({ length: 100 }, (_, n) => it.enter(`P${n}`));
  const pollId = it.start(host);
  const before = it.sent.length;
  for (const peer of people) it.polls.answer(peer, { pollId, choices: [1] });
  expect(it.sent.length - before).toBe(1);
  vi.advanceTimersByTime(defaultSettings.pollCountsEveryMs);
  expect(it.sent.length - before).toBe(2);
  expect(it.last.answeredCount).toBe(100);
  vi.advanceTimersByTime(10_000);
  expect(it.sent.length - before).toBe(2);
  it.polls.close();
});

it('a secret poll ties nobody to a choice in anything that leaves the node', () => {
  const it = new Scene();
  const [host, mina, lee] = [it.enter('Host'), it.enter('Mina'), it.enter('Lee')];
  const pollId = it.start(host, draftOf({ isSecret: true }));
  it.polls.answer(mina, { pollId, choices: [0] });
  it.polls.answer(lee, { pollId, choices: [1] });
  it.settle();
  expect(it.polls.seenBy(host).ownAnswers).toEqual([]);
  it.polls.end(pollId);
  expect(it.last).toMatchObject({ counts: [1, 1, 0], result: { answers: null } });
  const all = JSON.stringify([it.sent, it.events, it.polls.seenBy(host), it.own.get(host) ?? []]);
  for (const name of ['Mina', 'Lee', personOf(mina.claims), personOf(lee.claims)]) expect(all).not.toContain(name);
  // and nothing of it is kept
  expect(it.polls.seenBy(mina).ownAnswers).toEqual([]);
});

it('an open poll names its people with the result, and not before', () => {
  const it = new Scene();
  const [host, mina] = [it.enter('Host'), it.enter('Mina')];
  const pollId = it.start(host, draftOf({ isMultiple: true }));
  it.polls.answer(mina, { pollId, choices: [2, 0] });
  it.settle();
  expect(JSON.stringify(it.sent)).not.toContain('Mina');
  it.polls.end(pollId);
  expect(it.last.result?.answers).toEqual([{ displayName: 'Mina', choices: [0, 2] }]);
});

it('a result with many long names fits into one event: names are cut, and the newest that fit are named', () => {
  const it = new Scene();
  const host = it.enter('Host');
  const people = Array.from({ length: 500 }, (_, n) => it.enter(`${n} ${'👨‍👩‍👧‍👦'.repeat(35)}`));
  const pollId = it.start(host, draftOf({ isMultiple: true }));
  for (const peer of people) it.polls.answer(peer, { pollId, choices: [0, 1, 2] });
  // she changes her mind, and is the newest then
  it.polls.answer(people[0]!, { pollId, choices: [1] });
  it.polls.end(pollId);
  const { poll } = it.events.at(-1)!;
  const answers = poll.result!.answers!;
  expect(poll).toMatchObject({ counts: [499, 500, 499], answeredCount: 500, peopleCount: 501 });
  expect(Buffer.byteLength(JSON.stringify(answers))).toBeLessThanOrEqual(64 * 1024);
  expect(answers.length).toBeGreaterThan(200);
  expect(answers.slice(-2).map(({ displayName }) => displayName.split(' ')[0])).toEqual(['499', '0']);
  for (const { displayName } of answers) {
    expect(displayName.length).toBeLessThanOrEqual(80);
    expect(Buffer.byteLength(displayName)).toBeLessThanOrEqual(240);
    expect(displayName.endsWith('…')).toBe(true);
  }
});

it('the right choice of a quiz leaves the node with its end', () => {
  const it = new Scene();
  const host = it.enter('Host');
  const pollId = it.start(host, draftOf({ rightChoice: 1 }));
  const late = it.enter('Late');
  it.settle();
  const before = JSON.stringify([it.sent, it.events, it.polls.seenBy(late)]);
  expect(before).not.toContain('rightChoice');
  expect(it.last.isQuiz).toBe(true);
  it.polls.end(pollId);
  expect(it.last.result?.rightChoice).toBe(1);
});

it('the end of the call ends what runs, with its result', () => {
  const it = new Scene();
  const host = it.enter('Host');
  const pollId = it.start(host);
  it.polls.answer(host, { pollId, choices: [1] });
  it.polls.close();
  it.polls.close();
  expect(it.events.map(({ name, poll }) => [name, poll.answeredCount])).toEqual([
    ['poll-started', 0],
    ['poll-ended', 1],
  ]);
  expect(vi.getTimerCount()).toBe(0);
});

type Act =
  | { do: 'enter' | 'leave'; who: number }
  | { do: 'start' | 'end'; who: number }
  | { do: 'answer'; who: number; choices: number[] };
const NAMES = 6;
const isOfLink = (n: number): boolean => n >= 4;
const who = fc.nat(NAMES - 1);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('enter' as const, 'leave' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('start' as const, 'end' as const), who }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      who,
      choices: fc.uniqueArray(fc.nat(3), { maxLength: 3 }),
    }),
  },
);

it('in any order has the numbers of the people’s last answers, each once', () => {
  fc.assert(
    fc.property(
      fc.array(act, { maxLength: 60, size: 'max' }),
      fc.boolean(),
      fc.boolean(),
      (acts, isMultiple, isSecret) => {
        const scene = new Scene();
        /** by poll: the person's last answer while it ran */
        const answers = new Map<string, Map<number, number[]>>();
        let running: string | null = null;
        const peerOf = (n: number): Peer | undefined => scene.peers.find(({ displayName }) => displayName === `P${n}`);
        /** of those who came by a link, who is there counts */
        const end = (pollId: string): void => {
          for (const n of answers.get(pollId)!.keys()) if (isOfLink(n) && !peerOf(n)) answers.get(pollId)!.delete(n);
          scene.polls.end(pollId);
        };
        for (const each of acts) {
          const peer = peerOf(each.who);
          if (each.do === 'enter') scene.enter(`P${each.who}`, isOfLink(each.who) ? ofLink(`P${each.who}`) : {});
          if (each.do === 'enter' || !peer) continue;
          if (each.do === 'leave') scene.leave(peer);
          if (each.do === 'start') {
            const pollId = uuidv7();
            const code = scene.code(() => scene.start(peer, draftOf({ isMultiple, isSecret }), pollId));
            expect(code).toBe(running === null ? 'done' : 'not-possible-now');
            if (code !== 'done') continue;
            running = pollId;
            answers.set(pollId, new Map());
          }
          if (each.do === 'end') {
            if (running !== null) end(running);
            running = null;
          }
          const pollId = [...answers.keys()].at(-1);
          if (each.do !== 'answer' || pollId === undefined) continue;
          const fits = each.choices.every((choice) => choice < 3) && (isMultiple || each.choices.length <= 1);
          const code = scene.code(() => scene.polls.answer(peer, { pollId, choices: each.choices }));
          expect(code).toBe(pollId !== running ? 'poll-ended' : fits ? 'done' : 'bad-message');
          if (code === 'done') answers.get(pollId)!.set(each.who, each.choices);
        }
        if (running !== null) end(running);
        for (const poll of scene.events.filter(({ name }) => name === 'poll-ended').map(({ poll: ended }) => ended)) {
          const last = [...answers.get(poll.pollId)!.values()].filter((choices) => choices.length > 0);
          const counts = [0, 1, 2].map((choice) => last.filter((choices) => choices.includes(choice)).length);
          expect(poll).toMatchObject({ counts, answeredCount: last.length });
          expect(poll.peopleCount).toBeGreaterThanOrEqual(poll.answeredCount);
          expect(poll.result?.answers?.length ?? null).toBe(isSecret ? null : last.length);
        }
        for (const poll of scene.sent) expect(poll.answeredCount).toBeLessThanOrEqual(poll.peopleCount);
        scene.polls.close();
      },
    ),
    { numRuns: RUNS, seed },
  );
});
