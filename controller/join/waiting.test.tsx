// @vitest-environment happy-dom
/** A knock from the page's side: followed over lost lines and restarts, in words in each state, and in the call by itself. */
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OFF_AIR } from '#contract/broadcast.ts';
import type { TicketState } from '#contract/waiting.ts';
import { PageUnderTest } from '#ui/page-under-test.tsx';
import joinEn from '#ui/words/en/join.ts';
import meetingEn from '#ui/words/en/meeting.ts';
import joinKo from '#ui/words/ko/join.ts';
import meetingKo from '#ui/words/ko/meeting.ts';
import { showLanguage } from '#ui/words/words.ts';
import { Guest } from './guest.ts';
import { JoinPage } from './join-page.tsx';
import type { KnownEntry, WayIn } from './way-in.ts';

const heading = {
  meetingId: '0193a0b0-0000-7000-8000-000000000001',
  meetingTitle: 'Weekly plan',
  hostName: 'Mina',
  displayName: null,
};
const knockFirst: KnownEntry = { kind: 'knock', ...heading };
const waits: KnownEntry = { kind: 'waiting', ...heading, displayName: 'Jonas', ticket: 'ticket-1', state: 'waiting' };
const SIGNALING = 'ws://node.test/signaling';
const admitted: KnownEntry = {
  kind: 'admitted',
  ...heading,
  displayName: 'Jonas',
  admission: 'links-wait',
  grant: {
    callId: heading.meetingId,
    meetingId: heading.meetingId,
    meetingTitle: 'Weekly plan',
    peerId: heading.meetingId,
    signalingUrl: SIGNALING,
    joinToken: 'of-a-test',
    expiresAtMs: Date.now() + 60_000,
    documents: null,
    iceServers: [],
  },
};

/** The server's side of the stream: each connection of the page, newest last. */
type Line = { say: (name: string, data: object) => void; end: () => void; bearer: string };
let lines: Line[];
let isServerThere: boolean;
let refusesTicket: boolean;
/** of this test: those that are left would go on looking for their node, and for a call once they are touched */
let guests: Guest[];
let page: PageUnderTest;
beforeEach(() => {
  // there is no device, and no node
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  lines = [];
  isServerThere = true;
  refusesTicket = false;
  guests = [];
  Object.defineProperty(navigator, 'mediaDevices', { value: undefined, configurable: true });
  vi.stubGlobal(
    'fetch',
    async (_path: string, { headers, signal }: { headers: Record<string, string>; signal: AbortSignal }) => {
      if (!isServerThere) throw new TypeError('Failed to fetch');
      if (refusesTicket) return Response.json({ error: { code: 'token-invalid', message: '' } }, { status: 401 });
      const encoder = new TextEncoder();
      const body = new ReadableStream<Uint8Array>({
        start: (stream) => {
          signal.addEventListener('abort', () => stream.error(signal.reason));
          lines.push({
            bearer: headers.authorization!,
            say: (name, data) => stream.enqueue(encoder.encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)),
            end: () => stream.error(new Error('line lost')),
          });
        },
      });
      return new Response(body);
    },
  );
  page = new PageUnderTest({ join: { en: joinEn, ko: joinKo }, meeting: { en: meetingEn, ko: meetingKo } });
});
afterEach(() => {
  page.end();
  for (const guest of guests) guest.call.close();
  vi.restoreAllMocks();
});

class PlayedWay {
  readonly kind = 'invite';
  ticket: string | null = null;
  answers: KnownEntry[];
  readonly knocks: unknown[] = [];
  /** the addresses of nodes to which its page has opened a line */
  readonly opened: string[] = [];
  constructor(...answers: KnownEntry[]) {
    this.answers = answers;
  }
  enter = async () => this.#next();
  knock = async (knock: unknown) => {
    this.knocks.push(knock);
    return this.#next();
  };
  stopWaiting = async () => {};
  forgetTicket = () => {};
  takeSocket = (url: string) => {
    this.opened.push(url);
    return Object.assign(new EventTarget(), { close: () => {}, send: () => {}, readyState: 0 }) as unknown as WebSocket;
  };
  #next(): KnownEntry {
    return this.answers.length > 1 ? this.answers.shift()! : this.answers[0]!;
  }
}
const guestBy = (way: PlayedWay) => {
  const guest = new Guest(way as unknown as WayIn);
  guests.push(guest);
  return guest;
};
const say = (state: TicketState) =>
  act(async () => lines.at(-1)!.say('ticket', { state, hostName: 'Mina', sinceMs: 1_000 }));

describe('Join that is pressed before the server has answered', () => {
  const showAhead = async () => {
    const { promise, resolve } = Promise.withResolvers<KnownEntry>();
    const way = new PlayedWay(admitted);
    way.enter = () => promise;
    const guest = guestBy(way);
    guest.start();
    await page.show(<JoinPage guest={guest} />);
    await page.press('Join');
    expect(page.text).not.toContain('Please type your name first');
    return { guest, answer: (entry: KnownEntry) => act(async () => resolve(entry)) };
  };

  it('joins by itself once the name of the account or of the link has come', async () => {
    const { guest, answer } = await showAhead();
    expect(guest.call.getSnapshot().phase.name).toBe('idle');
    await answer(admitted);
    await page.until(() => guest.call.getSnapshot().phase.name === 'joining');
    expect(page.text).not.toContain('Please type your name first');
  });

  it('asks for the name where none has come', async () => {
    const { guest, answer } = await showAhead();
    await answer({ ...admitted, displayName: null } as KnownEntry);
    await page.until(() => page.text.includes('Please type your name first'));
    expect(guest.call.getSnapshot().phase.name).not.toBe('joining');
  });

  it('asks nobody in the name of somebody who has not seen whom they ask', async () => {
    const { answer } = await showAhead();
    await answer({ ...knockFirst, displayName: 'Jonas' } as KnownEntry);
    await page.until(() => page.buttons('Ask to join').length === 1);
    expect(page.text).not.toContain('Waiting to be let in');
    expect(page.text).not.toContain('Please type your name first');
  });
});

describe('a guest who has to ask', () => {
  it('says name and organisation, waits in words, and is in the call by itself once let in', async () => {
    const way = new PlayedWay(knockFirst, waits, admitted);
    const guest = guestBy(way);
    guest.start();
    await page.show(<JoinPage guest={guest} />);
    await page.until(() => page.buttons('Ask to join').length === 1);
    expect(page.buttons('Join')).toEqual([]);
    await page.press('Ask to join');
    expect(way.knocks).toEqual([]);
    await page.fill('Your name', 'Jonas');
    await page.fill('Your organisation', 'Dealer East');
    await page.press('Ask to join');
    await page.until(() => page.text.includes('Waiting to be let in'));
    expect(way.knocks).toEqual([{ displayName: 'Jonas', organisation: 'Dealer East' }]);
    expect(page.text).toContain('Weekly plan');
    expect(page.text).toContain('Mina sees that you are here');
    await page.until(() => lines.length === 1);
    expect(lines[0]!.bearer).toBe('Bearer ticket-1');
    await say('waiting');
    expect(way.opened).toEqual([]);
    await say('admitted');
    await page.until(() => way.opened.length > 0);
    expect(way.opened).toEqual([SIGNALING]);
    expect(guest.call.getSnapshot().phase.name).toBe('joining');
  });

  it('waits on over lost lines and a server that is away, and says so', async () => {
    const way = new PlayedWay(waits, admitted);
    const guest = guestBy(way);
    guest.start();
    await page.show(<JoinPage guest={guest} />);
    await page.until(() => lines.length === 1);
    await say('no-host');
    expect(page.text).toContain('Nobody who can let you in is there yet');
    isServerThere = false;
    lines[0]!.end();
    await page.until(() => page.text.includes('You keep your place'));
    await page.until(() => page.text.includes('The line to the server is lost'));
    isServerThere = true;
    await page.until(() => lines.length === 2, 5_000);
    await say('locked');
    expect(page.text).not.toContain('The line to the server is lost');
    expect(page.text).toContain('The meeting is locked');
    await say('admitted');
    await page.until(() => way.opened.length > 0);
  });

  it('asks anew where the server has forgotten the knock', async () => {
    refusesTicket = true;
    const guest = guestBy(new PlayedWay(waits, knockFirst));
    guest.start();
    await page.show(<JoinPage guest={guest} />);
    await page.until(() => page.buttons('Ask to join').length === 1);
  });

  it.each([
    ['declined', 'You were not let in', true],
    ['over', 'The meeting is over', false],
  ] as const)('is told in words when it is %s', async (state, words, mayAskAgain) => {
    const guest = guestBy(new PlayedWay(waits, knockFirst));
    guest.start();
    await page.show(<JoinPage guest={guest} />);
    await page.until(() => lines.length === 1);
    await say(state);
    expect(page.text).toContain(words);
    expect(page.buttons('Try again').length).toBe(mayAskAgain ? 1 : 0);
    if (!mayAskAgain) return;
    await page.press('Try again');
    await page.until(() => page.buttons('Ask to join').length === 1);
  });

  it('is as before where the meeting lets everybody in, and says so', async () => {
    const guest = guestBy(new PlayedWay({ ...admitted, displayName: null, admission: 'all-enter' } as KnownEntry));
    guest.start();
    await page.show(<JoinPage guest={guest} />);
    await page.until(() => page.buttons('Join').length === 1);
    expect(page.text).toContain('This meeting lets you in directly.');
    act(() => showLanguage('ko'));
    expect(page.text).toContain(joinKo.check.policy);
  });

  it('shows the agenda to who may come in', async () => {
    const guest = guestBy(new PlayedWay({ ...admitted, agenda: 'Prices\n<b>Next</b> steps' } as KnownEntry));
    guest.start();
    await page.show(<JoinPage guest={guest} />);
    await page.until(() => page.buttons('Join').length === 1);
    const agenda = document.querySelector('details')!;
    expect(agenda.open).toBe(false);
    expect(agenda.querySelector('summary')!.textContent).toBe('Agenda');
    expect([...agenda.querySelectorAll('li')].map(({ textContent }) => textContent)).toEqual([
      'Prices',
      '<b>Next</b> steps',
    ]);
  });

  describe('in a call that is recorded and written', () => {
    const { recording, transcript: isWritten } = joinEn.check.goesOn;
    let guest: Guest;
    async function show(entry: KnownEntry, button: string): Promise<void> {
      guest = guestBy(new PlayedWay(entry));
      const transcript = { isOn: true, isPossible: true, language: 'ko', isFailing: false } as const;
      const announced = { air: { ...OFF_AIR, isRecorded: true }, transcript };
      vi.spyOn(guest.call, 'getSnapshot').mockReturnValue({ ...guest.call.getSnapshot(), announced });
      guest.start();
      await page.show(<JoinPage guest={guest} />);
      await page.until(() => page.buttons(button).length === 1);
    }

    it('is said right above Join', async () => {
      await show(admitted, 'Join');
      for (const words of [recording, isWritten]) expect(page.text).toContain(words);
      const notice = document.querySelector('form [role=status]')!;
      expect(notice.nextElementSibling).toBe(page.buttons('Join')[0]);
    });

    it('is not said to who has to ask first', async () => {
      await show(knockFirst, 'Ask to join');
      for (const words of [recording, isWritten]) expect(page.text).not.toContain(words);
    });
  });

  it('shows none where there is none', async () => {
    const guest = guestBy(new PlayedWay(admitted));
    guest.start();
    await page.show(<JoinPage guest={guest} />);
    await page.until(() => page.buttons('Join').length === 1);
    expect(document.querySelector('details')).toBeNull();
  });
});
