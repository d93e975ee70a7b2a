/**
 * A box by a virtual clock, as its updates go by the contract: it fetches, waits for its hours and an empty room, counts down,
 * switches, proves itself, or goes back. Minute by minute, without a network. Knows the contract and `#edge` alone.
 */
import {
  NO_UPDATE_BEFORE_BOOKING_MS,
  NOT_NOW_MS,
  PROVE_WITHIN_MS,
  type RoomUpdate,
  type RoomUpdateDesired,
  UPDATE_COUNTDOWN_MS,
  type UpdateFailure,
  type UpdateStep,
  type UpdateWait,
} from '#contract/room-update.ts';
import type { TvHours } from '#contract/settings/tv-settings.ts';
import { isWithinHours } from '#edge/update-hours.ts';

const MINUTE_MS = 60_000;
export type Span = { fromMs: number; toMs: number };
export type MeetingUnderTest = Span & { isBooked: boolean };
/** What a release does on a box. `vanish`: after the switch nothing is ever heard of it again. */
export type ReleaseBehaviour = 'good' | 'proof-fails' | 'hangs' | 'refused' | 'vanish' | 'ignores';

export type BoxLife = {
  zone: string;
  hours: TvHours | null;
  /** in order */
  meetings: readonly MeetingUnderTest[];
  /** in which it has no power */
  off: readonly Span[];
  saysNotNow: boolean;
  fetchMinutes: number;
  /** of the release that it is to take */
  behaviour: ReleaseBehaviour;
};

type Reported = Pick<RoomUpdate, 'running' | 'wanted' | 'step' | 'waitsFor' | 'progress' | 'failed'>;

export class BoxUnderTest {
  readonly life: BoxLife;
  #running: string;
  #atMs: number;
  #desired: RoomUpdateDesired | null = null;
  #step: UpdateStep = 'none';
  #stepSinceMs = 0;
  #waitsFor: UpdateWait | null = null;
  #minutesFetched = 0;
  #notNowUntilMs = 0;
  #hasSaidNotNow = '';
  #failed: RoomUpdate['failed'] = null;
  #isConfirmed = true;
  #hasVanished = false;
  /** when its software was changed, from the switch until the end of its proof */
  readonly changes: Span[] = [];
  attempts = 0;
  /** what it reported last while it was there */
  #reported: Reported | null = null;

  constructor(life: BoxLife, releaseId: string, nowMs: number) {
    this.life = life;
    this.#running = releaseId;
    this.#atMs = nowMs;
    this.#report();
  }

  get runs(): string {
    return this.#running;
  }
  get isOnline(): boolean {
    return !this.#hasVanished && !isIn(this.life.off, this.#atMs);
  }
  /** As the fleet knows it: the last that came. */
  get reported(): Reported | null {
    return this.#reported;
  }

  /** @param desired retained: it is there when the box is */
  advance(toMs: number, desired: RoomUpdateDesired): void {
    while (this.#atMs < toMs) {
      this.#atMs += MINUTE_MS;
      if (!this.isOnline) {
        // power that comes back begins the step anew; a fetch keeps what it has
        this.#stepSinceMs = this.#atMs;
        continue;
      }
      if (this.life.behaviour === 'ignores') continue;
      this.#desired = desired;
      // nothing to do in all these minutes
      if (this.#step === 'none' && !this.#isWanted()) this.#atMs = toMs;
      this.#minute();
      this.#report();
    }
  }

  #report(): void {
    if (!this.isOnline) return;
    const release = this.#desired?.release;
    const { fetchMinutes } = this.life;
    this.#reported = {
      running: { releaseId: this.#running, version: this.#running, isConfirmed: this.#isConfirmed },
      wanted: release ? { ...release, rolloutId: this.#desired!.rolloutId, attempt: this.#desired!.attempt } : null,
      step: this.#step,
      waitsFor: this.#waitsFor,
      progress: this.#step === 'fetch' ? { doneBytes: this.#minutesFetched, totalBytes: fetchMinutes } : null,
      failed: this.#failed,
    };
  }

  /** Something else than what runs, that is not held. */
  #isWanted(): boolean {
    const { release, attempt } = this.#desired!;
    if (!release || release.releaseId === this.#running) return false;
    const failed = this.#failed;
    return !(failed?.isHeld === true && failed.releaseId === release.releaseId && failed.attempt >= attempt);
  }

  #minute(): void {
    const { release } = this.#desired!;
    const isChanging = this.#step === 'switch' || this.#step === 'prove' || this.#step === 'confirm';
    if (!isChanging && !this.#isWanted()) {
      this.#go('none');
      return;
    }
    const lastedMs = this.#atMs - this.#stepSinceMs;
    switch (this.#step) {
      case 'none':
        this.#minutesFetched = 0;
        this.#go('fetch');
        return;
      case 'fetch':
        this.#minutesFetched += 1;
        if (this.#minutesFetched >= this.life.fetchMinutes) this.#go('verify');
        return;
      case 'verify':
        if (this.life.behaviour === 'refused') this.#fail('refused');
        else this.#go('place');
        return;
      case 'place':
        this.#go('wait');
        return;
      case 'wait':
        this.#wait(lastedMs);
        return;
      case 'switch':
        this.attempts += 1;
        this.#isConfirmed = false;
        if (this.life.behaviour === 'vanish') this.#hasVanished = true;
        this.#go('prove');
        return;
      case 'prove':
        this.#prove(lastedMs);
        return;
      case 'confirm':
        this.#running = release?.releaseId ?? this.#running;
        this.#isConfirmed = true;
        this.#failed = null;
        this.#go('none');
        return;
    }
  }

  #wait(lastedMs: number): void {
    const wait = this.#reasonToWait();
    if (wait !== 'countdown') {
      // a countdown that is broken off begins anew
      if (this.#waitsFor === 'countdown') this.#stepSinceMs = this.#atMs;
      this.#waitsFor = wait;
      return;
    }
    if (this.#waitsFor !== 'countdown') {
      this.#waitsFor = 'countdown';
      this.#stepSinceMs = this.#atMs;
      return;
    }
    const { release, deadlineMs } = this.#desired!;
    const mayPutOff = (deadlineMs === null || this.#atMs < deadlineMs) && this.#hasSaidNotNow !== release!.releaseId;
    if (this.life.saysNotNow && mayPutOff) {
      this.#hasSaidNotNow = release!.releaseId;
      this.#notNowUntilMs = Math.min(this.#atMs + NOT_NOW_MS, deadlineMs ?? Number.POSITIVE_INFINITY);
      this.#waitsFor = 'not-now';
      return;
    }
    if (lastedMs < UPDATE_COUNTDOWN_MS) return;
    this.#go('switch');
    this.changes.push({ fromMs: this.#atMs, toMs: this.#atMs });
  }

  /** The first that holds; `countdown`: nothing holds it up. */
  #reasonToWait(): UpdateWait {
    const { mayInstall, isUrgent } = this.#desired!;
    const { meetings, zone, hours } = this.life;
    if (!mayInstall) return 'go';
    // those that are over are of no account
    for (const meeting of meetings) {
      if (meeting.toMs <= this.#atMs) continue;
      if (meeting.fromMs <= this.#atMs) return 'meeting';
      if (meeting.isBooked && meeting.fromMs - this.#atMs <= NO_UPDATE_BEFORE_BOOKING_MS) return 'booking';
      if (meeting.isBooked) break;
    }
    if (this.#atMs < this.#notNowUntilMs) return 'not-now';
    return isUrgent || within(hours, zone, this.#atMs) ? 'countdown' : 'hours';
  }

  #prove(lastedMs: number): void {
    this.changes.at(-1)!.toMs = this.#atMs;
    switch (this.life.behaviour) {
      case 'proof-fails':
        this.#fail('proof-failed');
        return;
      case 'hangs':
        if (lastedMs >= PROVE_WITHIN_MS) this.#fail('not-proven-in-time');
        return;
      default:
        if (lastedMs >= MINUTE_MS) this.#go('confirm');
    }
  }

  #fail(failure: UpdateFailure): void {
    const { release, attempt } = this.#desired!;
    this.#isConfirmed = true;
    this.#failed = {
      releaseId: release?.releaseId ?? '',
      attempt,
      failure,
      refusal: failure === 'refused' ? 'damaged' : null,
      check: failure === 'proof-failed' ? 'screen' : null,
      detail: 'planted',
      atMs: this.#atMs,
      isHeld: true,
    };
    this.#go('none');
  }

  #go(step: UpdateStep): void {
    if (step === this.#step) return;
    this.#step = step;
    this.#stepSinceMs = this.#atMs;
    this.#waitsFor = null;
  }
}

const isIn = (spans: readonly Span[], atMs: number): boolean =>
  spans.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);

/** Many boxes of one zone ask for the same minute. */
const answers = new Map<string, boolean>();
function within(hours: TvHours | null, zone: string, atMs: number): boolean {
  if (hours === null) return true;
  const key = `${zone} ${hours.fromMinuteOfDay} ${hours.toMinuteOfDay} ${hours.days.length} ${atMs}`;
  const known = answers.get(key);
  if (known !== undefined) return known;
  const answer = isWithinHours(hours, zone, atMs);
  if (answers.size > 200_000) answers.clear();
  answers.set(key, answer);
  return answer;
}
