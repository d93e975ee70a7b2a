/** What a person fills in for a meeting, and the draft that is sent: dates and times are those of this device's time zone. Pure. */
import type { MeetingDetail, MeetingDraft, NewMeeting } from '#contract/http/meetings-api.ts';
import type { MeetingRole } from '#contract/call-order.ts';
import { agendaLines, isAgenda } from '#contract/meeting-agenda.ts';
import {
  MAX_REPEATED_MEETINGS,
  MAX_REPEATED_INVITATIONS,
  MeetingRepetition,
  type RepetitionRhythm,
  repetitionDays,
} from '#contract/meeting-repetition.ts';
import type { Admission, GuestRecordRule, MeetingPolicy } from '#contract/meeting-policy.ts';
import { MAX_KEPT_DAYS } from '#contract/record-policy.ts';
import { MEETING_TITLE_ROOM } from '#contract/schema.ts';
import { cutText, lettersLeft, shownText } from '#contract/shown-text.ts';

export type InvitedRole = Exclude<MeetingRole, 'host' | 'guest'>;
export type FormPerson =
  | { kind: 'account'; accountId: string; displayName: string; role: InvitedRole | 'host' }
  | { kind: 'guest'; displayName: string; email: string | null };
/** `as-usual`: as the meeting's place has it */
export type FormAdmission = Admission | 'as-usual';
export type MeetingForm = {
  title: string;
  /** false: it runs when somebody starts it */
  hasTime: boolean;
  /** 2027-01-31 */
  date: string;
  /** 14:30 */
  time: string;
  /** as typed */
  minutes: string;
  people: readonly FormPerson[];
  roomIds: readonly string[];
  admission: FormAdmission;
  joinBeforeHost: boolean;
  guestsAllowed: boolean;
  allowedRanges: readonly string[];
  /** counts where the place permits it too */
  transcript: boolean;
  /** narrows what the place permits */
  guestRecord: GuestRecordRule;
  /** as typed */
  agenda: string;
  /** of a new one with a time; null: it is held once */
  repeats: FormRepetition | null;
};
/** `count`, `untilDay`: as typed; the one that `endsBy` names counts */
export type FormRepetition = { every: RepetitionRhythm; endsBy: 'count' | 'day'; count: string; untilDay: string };
export type FormProblem = 'title' | 'title-too-long' | 'when' | 'minutes' | 'agenda' | 'repeats' | 'scope';

/** What guests see afterwards, narrowed in nothing. */
export const AS_ITS_PLACE: GuestRecordRule = { shows: 'documents', days: MAX_KEPT_DAYS };
const MINUTE_MS = 60_000;
const STEP_MS = 30 * MINUTE_MS;
const USUAL_MINUTES = 30;
const LEAST_MINUTES = 5;
const MOST_MINUTES = 24 * 60;
/** as the server takes it */
const MOST_DAYS_AHEAD = 3 * 365;

/** of a calendar's meeting, whose title may be longer than a host types one */
const TITLE_SENT = { units: MEETING_TITLE_ROOM.letters, bytes: MEETING_TITLE_ROOM.bytes };

const two = (value: number): string => String(value).padStart(2, '0');

export function localDateTime(epochMs: number): { date: string; time: string } {
  const at = new Date(epochMs);
  return {
    date: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    time: `${two(at.getHours())}:${two(at.getMinutes())}`,
  };
}

/** The next half hour, half an hour long, as usual at its place. */
export function emptyForm(nowMs: number): MeetingForm {
  return {
    title: '',
    hasTime: true,
    ...localDateTime(Math.ceil(nowMs / STEP_MS) * STEP_MS),
    minutes: String(USUAL_MINUTES),
    people: [],
    roomIds: [],
    admission: 'as-usual',
    joinBeforeHost: true,
    guestsAllowed: true,
    allowedRanges: [],
    transcript: true,
    guestRecord: AS_ITS_PLACE,
    agenda: '',
    repeats: null,
  };
}

export function formOf(meeting: MeetingDetail, nowMs: number): MeetingForm {
  const { title, people, rooms, policy, agenda, isOfCalendar = false } = meeting;
  // a calendar's stay as they are, whatever is sent, and may be what no form takes
  const { startsAtMs, endsAtMs } = isOfCalendar ? { startsAtMs: null, endsAtMs: null } : meeting;
  const form = emptyForm(nowMs);
  return {
    ...form,
    title: isOfCalendar ? cutText(title, TITLE_SENT) : title,
    hasTime: startsAtMs !== null,
    ...(startsAtMs !== null && localDateTime(startsAtMs)),
    minutes:
      startsAtMs === null || endsAtMs === null ? form.minutes : String(Math.round((endsAtMs - startsAtMs) / MINUTE_MS)),
    people: people.map(
      ({ accountId, displayName, email, role }): FormPerson =>
        accountId === null || role === 'guest'
          ? { kind: 'guest', displayName, email }
          : { kind: 'account', accountId, displayName, role },
    ),
    roomIds: isOfCalendar ? [] : rooms.map(({ roomId }) => roomId),
    ...policy,
    agenda,
  };
}

/** null: no such time of day here, or none is typed */
export function startOf({ date, time }: Pick<MeetingForm, 'date' | 'time'>): number | null {
  const epochMs = new Date(`${date}T${time}`).getTime();
  return Number.isNaN(epochMs) ? null : epochMs;
}

/** null: not a duration */
export function minutesOf({ minutes }: Pick<MeetingForm, 'minutes'>): number | null {
  const value = Number(minutes);
  return Number.isInteger(value) && value >= LEAST_MINUTES && value <= MOST_MINUTES ? value : null;
}

/** Below 0: too long. */
export const titleLettersLeft = (title: string): number => lettersLeft(shownText(title), MEETING_TITLE_ROOM);

export function problemsOf(form: MeetingForm): ReadonlySet<FormProblem> {
  const problems = new Set<FormProblem>();
  if (shownText(form.title) === '') problems.add('title');
  if (titleLettersLeft(form.title) < 0) problems.add('title-too-long');
  if (form.hasTime && startOf(form) === null) problems.add('when');
  if (form.hasTime && minutesOf(form) === null) problems.add('minutes');
  if (!isAgenda(agendaLines(form.agenda))) problems.add('agenda');
  if (form.hasTime && form.repeats !== null && !problems.has('when') && !canRepeat(form)) problems.add('repeats');
  return problems;
}

/** Of a change of this one and those after it; the server refuses more, so that one change does not keep others waiting. */
export const isTooManyToFollow = ({ people }: Pick<MeetingForm, 'people'>, laterCount: number): boolean =>
  (laterCount + 1) * people.length > MAX_REPEATED_INVITATIONS;

function canRepeat(form: MeetingForm): boolean {
  const repetition = repetitionOfForm(form);
  if (repetition === null) return false;
  const days = repetitionDays(form.date, repetition);
  const lastMs = startOf({ date: days.at(-1) ?? '', time: form.time });
  const isNear = lastMs !== null && lastMs < Date.now() + MOST_DAYS_AHEAD * 86_400_000;
  const invitations = days.length * form.people.length;
  return days.length >= 2 && days.length <= MAX_REPEATED_MEETINGS && isNear && invitations <= MAX_REPEATED_INVITATIONS;
}

/** null: it is held once, or what is typed is no number or no day */
export function repetitionOfForm({ hasTime, repeats }: MeetingForm): MeetingRepetition | null {
  if (!hasTime || repeats === null) return null;
  const { every, endsBy, count, untilDay } = repeats;
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const ends = endsBy === 'count' ? { count: Number(count) } : { untilDay };
  return MeetingRepetition.safeParse({ every, timeZone, ends }).data ?? null;
}

/** Of a form without problems, for a meeting that is made. */
export function newMeetingOfForm(form: MeetingForm): NewMeeting {
  const repeats = repetitionOfForm(form);
  return { ...draftOfForm(form), ...(repeats && { repeats }) };
}

/** Of a form without problems. */
export function draftOfForm(form: MeetingForm): MeetingDraft {
  const policy = policyOf(form);
  return {
    title: shownText(form.title),
    startsAtMs: form.hasTime ? startOf(form) : null,
    durationMinutes: minutesOf(form) ?? USUAL_MINUTES,
    people: form.people.map((person) =>
      person.kind === 'guest'
        ? { displayName: person.displayName, email: person.email }
        : { accountId: person.accountId, role: person.role },
    ),
    roomIds: [...form.roomIds],
    ...(policy && { policy }),
    agenda: agendaLines(form.agenda).join('\n'),
  };
}

function policyOf(form: MeetingForm): MeetingPolicy | null {
  const { admission, joinBeforeHost, guestsAllowed, allowedRanges, transcript, guestRecord } = form;
  if (admission === 'as-usual') return null;
  return { admission, joinBeforeHost, guestsAllowed, allowedRanges: [...allowedRanges], transcript, guestRecord };
}
