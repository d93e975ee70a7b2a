/** The document on the room's TV: the TV's own in an idle room, the call's in a call. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OFF_AIR } from '#contract/broadcast.ts';
import { OPEN_ORDER } from '#contract/call-order.ts';
import type { DocumentAccess } from '#contract/grants.ts';
import type { Booking } from '#contract/room-agenda.ts';
import type { PageDrawing } from '#contract/page-drawing.ts';
import { RoomDocument } from '#contract/room-document.ts';
import { RoomDrawing } from '#contract/room-drawing.ts';
import type { RoomPhase, RoomState } from '#contract/room-state.ts';
import type { ScreenEffect } from '#contract/screen-link.ts';
import type { DocumentAct, Presenter, SharedDocument } from '#contract/shared-document.ts';
import { WHOLE_PAGE } from '#contract/shared-document.ts';
import { Parts } from '../parts/parts.ts';
import { servicesUnderTest } from '../parts/services-under-test.ts';
import { Projections } from '../projections.ts';
import { documentsPart } from './part.ts';
import { UNTOUCHED_MS } from './tv-document.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [ROOM, CALL, PEER, MEETING, DOCUMENT] = [id(1), id(2), id(3), id(4), id(5)];
const show: DocumentAct = { act: 'show', documentId: DOCUMENT, title: 'Plan.pptx', pageCount: 9, page: 1 };
const draw: DocumentAct = { act: 'draw', stroke: { strokeId: id(6), page: 2, colour: 'red', points: [1, 2, 3, 4] } };
const inCall: RoomPhase = {
  name: 'in-call',
  callId: CALL,
  peerId: PEER,
  meetingTitle: 'Weekly',
  bookingId: null,
  startedAtMs: 1,
  connection: 'connected',
  participantCount: 2,
  participants: [],
  sharedBy: null,
  order: OPEN_ORDER,
  air: OFF_AIR,
};
const roomIn = (phase: RoomPhase) => ({ roomName: 'Maple', phase }) as RoomState;
const booking = (over: Partial<Booking>): Booking => ({
  bookingId: 'b'.repeat(64),
  title: 'Others',
  isPrivate: false,
  organizer: null,
  startMs: Date.now() + 10 * 60_000,
  endMs: Date.now() + 3_600_000,
  isAllDay: false,
  link: 'none',
  state: 'upcoming',
  releasedBecause: null,
  checkInUntilMs: null,
  ...over,
});

let kept: Map<string, string>;
let effects: ScreenEffect[];
let isScreenThere: boolean;
let access: DocumentAccess | null;
let clockOffMs: number | null;
let asked: (string | null)[];
let tvKept: boolean[];
let projections: Projections;
let parts: Parts;

const present = (act: DocumentAct) => parts.dispatch({ name: 'present', act });
const shown = (): RoomDocument => RoomDocument.parse(projections.valueOf('document'));
const drawing = (): PageDrawing | null => RoomDrawing.parse(projections.valueOf('drawing')).drawing;
const effectsOf = <N extends ScreenEffect['name']>(name: N) =>
  effects.filter((effect): effect is Extract<ScreenEffect, { name: N }> => effect.name === name);
/** What the page holds after all that the agent has sent. */
const onPage = (): SharedDocument | null => effectsOf('show-document').at(-1)?.shown?.document ?? null;
const bookings = (...all: Booking[]) =>
  projections.publish('agenda', {
    timeZone: 'Asia/Seoul',
    calendar: { state: 'fresh', code: null, freshAsOfMs: null, unreadCount: 0 },
    bookings: all,
    moreCount: 0,
  });
const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * 60_000);

function start(phase: RoomPhase = { name: 'idle' }): void {
  projections = new Projections({ roomId: ROOM, epoch: 1 });
  parts = new Parts({
    list: [
      documentsPart(ROOM),
      {
        name: 'tv',
        make: () => ({
          start: () => {},
          stop: () => {},
          occasions: { 'document-on-tv': (is) => void tvKept.push(is) },
        }),
      },
    ],
    services: servicesUnderTest({
      projections,
      publish: (name, content) => projections.publish(name, content),
      perform: (effect) => isScreenThere && effects.push(effect) > 0,
      isFleetOnline: () => true,
      fleetLine: () => ({ mqttUrl: 'mqtts://127.0.0.1:8883', clockOffMs, roundTripMs: null }),
      requestDocumentAccess: async (callId) => {
        asked.push(callId);
        return access;
      },
      store: {
        value: (key: string) => kept.get(key) ?? null,
        keep: (key: string, value: string | null) => (value === null ? kept.delete(key) : kept.set(key, value)),
      } as never,
    }),
    onFault: (part, code) => {
      throw new Error(`${part}: ${code}`);
    },
    onNotices: () => {},
  });
  parts.start(roomIn(phase));
}

beforeEach(() => {
  vi.useFakeTimers();
  kept = new Map();
  [effects, asked, tvKept, isScreenThere, clockOffMs] = [[], [], [], true, null];
  access = {
    url: 'https://maru.example',
    token: 'one',
    expiresAtMs: Date.now() + 24 * 3_600_000,
    meetingId: MEETING,
    documents: ['present', 'view'],
  };
  start();
});
afterEach(async () => {
  await parts.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('access to its pages', () => {
  it.each([
    ['as the fleet’s', 0],
    ['two hours before the fleet’s', 2 * 3_600_000],
    ['two hours behind the fleet’s', -2 * 3_600_000],
  ])('is renewed a minute before its end by the fleet’s clock, where the kiosk’s goes %s', async (_, offMs) => {
    clockOffMs = offMs;
    access = { ...access!, expiresAtMs: Date.now() - offMs + 30 * 60_000 };
    await present(show);
    expect(asked).toHaveLength(1);
    await minutes(28);
    expect(asked).toHaveLength(1);
    // still good: it is not asked for again
    await present({ ...show, page: 2 });
    expect(asked).toHaveLength(1);
    await minutes(1);
    expect(asked).toHaveLength(2);
  });
});

describe('on the TV of an idle room', () => {
  it('is shown, turned and drawn on, and every phone sees it', async () => {
    expect(shown()).toMatchObject({ document: null, isPresenter: false });
    expect(await present({ act: 'turn-page', page: 2 })).toBe('not-possible-now');
    expect(await present(show)).toBeNull();
    expect(onPage()).toMatchObject({
      documentId: DOCUMENT,
      page: 1,
      presenter: { peerId: ROOM, displayName: 'Maple' },
    });
    expect(await present({ act: 'turn-page', page: 2 })).toBeNull();
    expect(await present(draw)).toBeNull();
    expect(effectsOf('change-document').map(({ change }) => change.change === 'act' && change.act)).toEqual([
      { act: 'turn-page', page: 2 },
      draw,
    ]);
    expect(shown()).toMatchObject({ isPresenter: true, document: { page: 2, title: 'Plan.pptx' } });
    expect(tvKept).toEqual([true]);
    expect(await present({ act: 'stop' })).toBeNull();
    expect(effectsOf('show-document').at(-1)?.shown).toBeNull();
    expect(shown()).toMatchObject({ document: null, isPresenter: false });
    expect(tvKept.at(-1)).toBe(false);
  });

  it('publishes nothing new while a pointer moves or a pen draws', async () => {
    await present(show);
    const { revision } = shown();
    await present({ act: 'point', at: { x: 1, y: 1 } });
    await present(draw);
    expect(shown().revision).toBe(revision);
  });

  it('has its pointer and its drawing published for the phones, of the page that is shown', async () => {
    await present(show);
    await present({ act: 'turn-page', page: 2 });
    await present(draw);
    await present({ act: 'point', at: { x: 1, y: 1 } });
    expect(drawing()).toMatchObject({ page: 2, pointer: { x: 1, y: 1 }, strokes: [{ strokeId: id(6) }] });
    await present({ act: 'turn-page', page: 3 });
    expect(drawing()).toEqual({ documentId: DOCUMENT, page: 3, pointer: null, strokes: [] });
    await present({ act: 'stop' });
    expect(drawing()).toBeNull();
  });

  it('comes back whole on a page that was reloaded, and after the agent has restarted', async () => {
    await present(show);
    await present({ act: 'turn-page', page: 2 });
    await present(draw);
    parts.notify('screen-connected', null);
    expect(onPage()).toMatchObject({ page: 2, strokes: [{ strokeId: id(6) }] });
    // a power cut stops nothing in order
    await vi.advanceTimersByTimeAsync(1_000);
    expect(kept.get('document')).toContain(id(6));
    await parts.stop();
    effects = [];
    start();
    parts.notify('screen-connected', null);
    await vi.advanceTimersByTimeAsync(0);
    expect(onPage()).toMatchObject({ page: 2, strokes: [{ strokeId: id(6) }] });
    expect([...kept.values()].join()).not.toContain('one"');
  });

  it('goes from a page that has one of before, where the agent knows of none', () => {
    parts.notify('screen-connected', null);
    expect(effectsOf('show-document')).toEqual([{ name: 'show-document', shown: null }]);
  });

  it('is refused without access to the documents, without a screen, and while a meeting starts', async () => {
    access = null;
    expect(await present(show)).toBe('forbidden');
    access = { url: 'https://maru.example', token: 't', expiresAtMs: 1e15, meetingId: MEETING, documents: ['view'] };
    expect(await present(show)).toBe('forbidden');
    access = { ...access, documents: ['present', 'view'] };
    isScreenThere = false;
    expect(await present(show)).toBe('no-screen');
    isScreenThere = true;
    parts.follow(roomIn({ name: 'starting', meetingTitle: '', sinceMs: 1, cancelOffered: false }));
    expect(await present(show)).toBe('not-possible-now');
    expect(shown().document).toBeNull();
  });

  it('gets its number of pages from the list of the fleet, and goes when it is deleted there', async () => {
    await present({ ...show, pageCount: null });
    parts.onReport({ type: 'document-listed', documentId: id(99), pageCount: 4, isThere: true });
    expect(shown().document?.pageCount).toBeNull();
    parts.onReport({ type: 'document-listed', documentId: DOCUMENT, pageCount: 4, isThere: true });
    expect(shown().document?.pageCount).toBe(4);
    parts.onReport({ type: 'document-listed', documentId: DOCUMENT, pageCount: null, isThere: false });
    expect(shown().document).toBeNull();
  });

  it('ends where a booking begins that began later than it was shown', async () => {
    bookings(booking({ startMs: Date.now() - 60_000, state: 'in-use' }), booking({}));
    await present(show);
    await minutes(9);
    expect(shown().document).not.toBeNull();
    await minutes(1);
    expect(shown().document).toBeNull();
    expect(effectsOf('show-document').at(-1)?.shown).toBeNull();
  });

  it('is left alone by a booking that was given back, and by one of the whole day', async () => {
    bookings(booking({ state: 'released' }), booking({ isAllDay: true }));
    await present(show);
    await minutes(15);
    expect(shown().document).not.toBeNull();
  });

  it('ends an hour after somebody last did something with it', async () => {
    await present(show);
    await minutes(50);
    await present({ act: 'turn-page', page: 2 });
    await minutes(59);
    expect(shown().document).not.toBeNull();
    await minutes(2);
    expect(shown().document).toBeNull();
    await parts.stop();
    start();
    expect(shown().document).toBeNull();
    expect(UNTOUCHED_MS).toBe(3_600_000);
  });
});

it('a document ends within a minute where the wall clock jumps past its end', async () => {
  await present(show);
  vi.setSystemTime(Date.now() + 3_600_000);
  await minutes(1);
  expect(shown().document).toBeNull();
});

describe('a meeting that starts', () => {
  it('leaves the document to the page, which brings it along, and then forgets it', async () => {
    await present(show);
    parts.follow(roomIn(inCall));
    expect(effectsOf('show-document').at(-1)?.shown).not.toBeNull();
    const heading = { documentId: DOCUMENT, title: 'Plan.pptx', pageCount: 9, page: 1, region: WHOLE_PAGE };
    const presenter: Presenter = { peerId: PEER, displayName: 'Maple' };
    parts.onReport({
      type: 'document',
      callId: CALL,
      document: { ...heading, presenter },
      isNewest: true,
      withdrawn: null,
    });
    expect(shown()).toMatchObject({ isPresenter: true, document: { documentId: DOCUMENT } });
    expect(effectsOf('show-document').at(-1)?.shown).toBeNull();
    parts.follow(roomIn({ name: 'idle' }));
    expect(shown().document).toBeNull();
  });

  it('leaves it to the page while the fleet moves it to the meeting of a booking, and ends it where that is given up', async () => {
    const starting: RoomPhase = { name: 'starting', meetingTitle: 'Budget', sinceMs: 1, cancelOffered: false };
    const moved = () =>
      parts.onReport({ type: 'document-listed', documentId: DOCUMENT, pageCount: null, isThere: false });
    await present(show);
    parts.follow(roomIn(starting));
    moved();
    expect(onPage()).not.toBeNull();
    parts.follow(roomIn({ name: 'idle' }));
    expect(onPage()).toBeNull();
    await present(show);
    parts.follow(roomIn(starting));
    parts.follow(roomIn(inCall));
    moved();
    expect(onPage()).not.toBeNull();
  });

  it('of others ends it all the same', async () => {
    await present(show);
    parts.follow(roomIn(inCall));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(effectsOf('show-document').at(-1)?.shown).toBeNull();
    parts.follow(roomIn({ name: 'idle' }));
    expect(shown().document).toBeNull();
  });

  it('that does not come about leaves it on the TV', async () => {
    await present(show);
    parts.follow(roomIn({ name: 'starting', meetingTitle: '', sinceMs: 1, cancelOffered: false }));
    parts.follow(roomIn({ name: 'idle' }));
    expect(shown().document).not.toBeNull();
  });
});

describe('in a call', () => {
  beforeEach(async () => {
    parts.follow(roomIn(inCall));
    await vi.advanceTimersByTimeAsync(0);
  });

  it('goes to the room’s peer, and its answer is the command’s', async () => {
    const done = present(show);
    const [first] = effectsOf('present');
    expect(first!.act).toEqual(show);
    parts.onReport({ type: 'presented', commandId: id(77), code: null });
    parts.onReport({ type: 'presented', commandId: first!.commandId, code: null });
    expect(await done).toBeNull();
    const refused = present({ act: 'turn-page', page: 2 });
    parts.onReport({ type: 'presented', commandId: effectsOf('present').at(-1)!.commandId, code: 'forbidden' });
    expect(await refused).toBe('forbidden');
  });

  it('fails in words where the page does not answer, or is not there', async () => {
    const done = present(show);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await done).toBe('room-not-answering');
    isScreenThere = false;
    expect(await present(show)).toBe('no-screen');
  });

  it('shows phones what the page reports, and who presents', () => {
    const heading = { documentId: DOCUMENT, title: 'Plan.pptx', pageCount: 9, page: 1, region: WHOLE_PAGE };
    const report = (callId: string, peerId: string) =>
      parts.onReport({
        type: 'document',
        callId,
        document: { ...heading, presenter: { peerId, displayName: 'A' } },
        isNewest: true,
        withdrawn: null,
      });
    report(id(88), PEER);
    expect(shown().document).toBeNull();
    report(CALL, id(89));
    expect(shown()).toMatchObject({ isPresenter: false, document: { page: 1 } });
    report(CALL, PEER);
    expect(shown().isPresenter).toBe(true);
    parts.onReport({ type: 'document', callId: CALL, document: null, isNewest: true, withdrawn: 'outsider-in-call' });
    expect(shown()).toMatchObject({ document: null, isNewest: true, withdrawn: 'outsider-in-call' });
    parts.follow(roomIn({ name: 'idle' }));
    expect(shown().withdrawn).toBeNull();
  });

  it('shows phones what is drawn in the call, until it ends', () => {
    const drawn: PageDrawing = { documentId: DOCUMENT, page: 1, pointer: null, strokes: [] };
    parts.onReport({ type: 'drawing', callId: id(88), drawing: drawn });
    expect(projections.valueOf('drawing')).toBeNull();
    parts.onReport({ type: 'drawing', callId: CALL, drawing: drawn });
    expect(drawing()).toEqual(drawn);
    parts.follow(roomIn({ name: 'idle' }));
    expect(drawing()).toBeNull();
  });

  it('brings a page that was reloaded what lets it at the pages, which a grant brings by itself', async () => {
    expect(asked).toEqual([]);
    parts.notify('screen-connected', null);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked.at(-1)).toBe(CALL);
    expect(effectsOf('use-document-access').at(-1)).toMatchObject({ callId: CALL, access: { token: 'one' } });
    // the end of the call is the end of asking
    parts.follow(roomIn({ name: 'idle' }));
  });
});
