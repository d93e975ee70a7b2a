/**
 * Everything that the room machine has to get along with, as small as it can be said: a page that joins, leaves, loses
 * its place, is reloaded; its line to the agent, on which messages are under way; a fleet that grants, a node that
 * carries calls. Nothing moves by itself: a test decides what happens next. A page may be busy for long and hear late; what
 * it said is heard sooner than anybody taps, and joining takes longer than reading what it was told already.
 */
import { START_FAILS_MS } from '#contract/timing.ts';
import type { CallCommand } from '#contract/room-command.ts';
import type { ResumeTicket, ScreenEffect } from '#contract/screen-link.ts';
import { firstRoom, type RoomMachineEvent } from './room.ts';
import { given, grantOf, id, RoomUnderTest, ticketOf } from './room-under-test.ts';

type Report = Extract<RoomMachineEvent, { type: 'screen' }>['report'];
type ToPage = ScreenEffect | { name: 'welcome'; resume: ResumeTicket | null };
type ToRoom = Report | { type: 'hello'; ticket: ResumeTicket | null };
type Place =
  | { name: 'none' }
  | { name: 'joining'; callId: string; resumes: boolean }
  | { name: 'joined'; ticket: ResumeTicket };

const NONE: Place = { name: 'none' };
const OUTLASTS_SILENCE = new Set(['call-ended', 'join-failed', 'lost', 'effect-failed']);

export class RoomAndPage {
  readonly machine = new RoomUnderTest(firstRoom(null));
  place: Place = NONE;
  /** since when the page waits for a grant to go on with */
  grantWantedAtMs: number | null = null;
  linkUp = false;
  /** the page has heard the agent since the link is up */
  welcomed = false;
  fleetOnline = false;
  readonly liveCalls = new Set<string>();
  #toPage: ToPage[] = [];
  #toRoom: ToRoom[] = [];
  #unsaid: Report[] = [];
  #requests: { id: number; endedCallId: string | null }[] = [];
  #requestId = 0;
  #calls = 0;
  #secrets = 0;
  #fleetsCallId: string | null = null;

  /** Each is one thing that may happen now; false: it can't. */
  readonly moves = {
    'room is heard': () => this.#deliverToPage(),
    'page is heard': () => this.#deliverToRoom(),
    'page gets in': () => this.#getIn(),
    'page fails': () => this.#failToJoin(),
    'place is lost': () => this.place.name === 'joined' && this.#lose('peer-unknown'),
    'others end the call': () => this.#endCall('ended-by-participant'),
    'fleet answers': () => this.#answer(),
    'fleet goes': () => this.#setFleet(false),
    'fleet comes': () => this.#setFleet(true),
    'link breaks': () => this.#breakLink(),
    'link comes': () => this.#openLink(),
    'page is reloaded': () => this.#reload(),
    'a second passes': () => this.passes(1_000),
    'ten seconds pass': () => this.passes(10_000),
    'a minute passes': () => this.passes(60_000),
    'start is tapped': () => this.tap('join-call'),
    'cancel is tapped': () => this.tap('cancel-join'),
    'leave is tapped': () => this.tap('leave-call'),
    'end is tapped': () => this.tap('end-call'),
  } satisfies Record<string, () => boolean>;

  /** Commands come through the fleet, a start with a grant. */
  tap(name: CallCommand['name']): boolean {
    if (!this.fleetOnline) return false;
    this.#hearPage();
    this.#take(given(name, {}, { grant: name === 'join-call' ? this.#grant(null) : null }));
    return true;
  }

  passes(ms: number): boolean {
    this.#hearPage();
    const untilMs = this.machine.nowMs + ms;
    for (;;) {
      const name = this.machine.nextTimer(untilMs - this.machine.nowMs);
      if (name === null) break;
      this.#take({ type: 'timer', name });
    }
    const { grantWantedAtMs } = this;
    if (grantWantedAtMs !== null && this.machine.nowMs - grantWantedAtMs >= START_FAILS_MS) this.#lose('token-expired');
    return true;
  }

  #hearPage(): void {
    while (this.#deliverToRoom());
  }

  get #callId(): string | null {
    return this.place.name === 'joined'
      ? this.place.ticket.callId
      : this.place.name === 'joining'
        ? this.place.callId
        : null;
  }

  #take(event: RoomMachineEvent): void {
    for (const effect of this.machine.take(event)) {
      if (effect.type === 'screen' && this.linkUp) this.#toPage.push(effect.effect);
      if (effect.type !== 'request-grant') continue;
      this.#requestId += 1;
      // nothing is queued while the fleet is gone
      if (this.fleetOnline) this.#requests.push({ id: this.#requestId, endedCallId: effect.endedCallId });
    }
  }

  #say(report: Report): void {
    if (this.linkUp && this.welcomed) this.#toRoom.push(report);
    else if (OUTLASTS_SILENCE.has(report.type)) this.#unsaid.push(report);
  }

  #deliverToPage(): boolean {
    const effect = this.#toPage.shift();
    if (effect === undefined) return false;
    if (effect.name === 'welcome') this.#onWelcome(effect.resume);
    if (effect.name === 'join-call') this.#join(effect.grant.callId);
    if (effect.name === 'leave-call') this.#leave();
    if (effect.name === 'end-call' && !this.#endCall('ended-by-room'))
      this.#say({ type: 'effect-failed', name: 'end-call', code: 'not-possible-now' });
    return true;
  }

  #deliverToRoom(): boolean {
    const message = this.#toRoom.shift();
    if (message === undefined) return false;
    if (message.type !== 'hello') {
      this.#take({ type: 'screen', report: message });
      return true;
    }
    const { ticket } = message;
    const { phase } = this.machine.room;
    this.#toPage.push({ name: 'welcome', resume: ticket === null && phase.name === 'in-call' ? phase.ticket : null });
    this.#take({
      type: 'screen-connected',
      inCall: ticket && { ticket, meetingTitle: 'Weekly', startedAtMs: this.machine.nowMs },
    });
    return true;
  }

  #onWelcome(resume: ResumeTicket | null): void {
    this.welcomed = true;
    if (this.place.name === 'joined') {
      this.#sayJoined(this.place.ticket);
      if (this.grantWantedAtMs !== null)
        this.#say({ type: 'lost', callId: this.place.ticket.callId, code: 'peer-unknown' });
    }
    for (const report of this.#unsaid.splice(0)) this.#say(report);
    if (resume !== null && this.place.name === 'none')
      this.place = { name: 'joining', callId: resume.callId, resumes: true };
  }

  #join(callId: string): void {
    if (this.grantWantedAtMs !== null) {
      this.grantWantedAtMs = null;
      this.place = { name: 'joining', callId, resumes: false };
      return;
    }
    if (this.place.name === 'joining' && this.place.callId === callId) return;
    if (this.place.name === 'joined' && this.place.ticket.callId === callId) {
      this.#sayJoined(this.place.ticket);
      return;
    }
    this.#leave();
    this.place = { name: 'joining', callId, resumes: false };
  }

  #leave(): void {
    const callId = this.#callId;
    this.place = NONE;
    this.grantWantedAtMs = null;
    if (callId !== null) this.#say({ type: 'call-ended', callId, reason: 'left' });
  }

  #getIn(): boolean {
    if (this.place.name !== 'joining' || this.grantWantedAtMs !== null || this.#toPage.length > 0) return false;
    const { callId, resumes } = this.place;
    if (!this.liveCalls.has(callId)) {
      if (!resumes) return this.#lose('call-ended');
      this.place = NONE;
      this.#say({ type: 'call-ended', callId, reason: 'ended-by-participant' });
      return true;
    }
    this.#secrets += 1;
    const ticket = { ...ticketOf('A', `secret ${this.#secrets}`), callId };
    this.place = { name: 'joined', ticket };
    this.#sayJoined(ticket);
    return true;
  }

  #sayJoined(ticket: ResumeTicket): void {
    this.#say({ type: 'call-joined', ticket, meetingTitle: 'Weekly', startedAtMs: this.machine.nowMs });
    this.#say({ type: 'connection', connection: 'connected' });
  }

  #failToJoin(): boolean {
    if (this.place.name !== 'joining' || this.grantWantedAtMs !== null || this.#toPage.length > 0) return false;
    const { callId } = this.place;
    this.place = NONE;
    this.#say({ type: 'join-failed', callId, code: 'media-failed' });
    return true;
  }

  /** The page asks for a grant to go on with, and waits. */
  #lose(code: 'peer-unknown' | 'call-ended' | 'token-expired'): boolean {
    const callId = this.#callId;
    if (callId === null) return false;
    this.grantWantedAtMs = this.machine.nowMs;
    this.#say({ type: 'lost', callId, code });
    return true;
  }

  #endCall(reason: 'ended-by-participant' | 'ended-by-room'): boolean {
    if (this.place.name !== 'joined' || this.grantWantedAtMs !== null) return false;
    const { callId } = this.place.ticket;
    this.liveCalls.delete(callId);
    this.place = NONE;
    this.#say({ type: 'call-ended', callId, reason });
    return true;
  }

  #grant(endedCallId: string | null) {
    const known = this.#fleetsCallId;
    if (known === null || (endedCallId === known && !this.liveCalls.has(known))) {
      this.#calls += 1;
      this.#fleetsCallId = id(200 + this.#calls);
      this.liveCalls.add(this.#fleetsCallId);
    }
    return grantOf('A', { callId: this.#fleetsCallId!, expiresAtMs: this.machine.nowMs + 60_000 });
  }

  #answer(): boolean {
    const request = this.fleetOnline ? this.#requests.shift() : undefined;
    if (request === undefined) return false;
    // an answer to an older question is too late for the agent
    if (request.id === this.#requestId) this.#take({ type: 'grant', grant: this.#grant(request.endedCallId) });
    return true;
  }

  #setFleet(online: boolean): boolean {
    if (this.fleetOnline === online) return false;
    this.fleetOnline = online;
    this.#requests = [];
    this.#take({ type: 'fleet', online });
    return true;
  }

  #breakLink(): boolean {
    if (!this.linkUp) return false;
    this.linkUp = false;
    this.welcomed = false;
    // what was under way is lost
    this.#toPage = [];
    this.#toRoom = [];
    this.#take({ type: 'screen-gone' });
    return true;
  }

  #openLink(): boolean {
    if (this.linkUp) return false;
    this.linkUp = true;
    this.#toRoom.push({ type: 'hello', ticket: this.place.name === 'joined' ? this.place.ticket : null });
    return true;
  }

  #reload(): boolean {
    this.#breakLink();
    this.place = NONE;
    this.grantWantedAtMs = null;
    this.#unsaid = [];
    return true;
  }
}
