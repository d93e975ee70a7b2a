/**
 * A broadcast: a meeting shown live to an audience, kept for those who could not watch. A recording of an ordinary meeting is
 * the same chain without an audience. The fleet server owns its state; program and packager carry it out.
 */
import { AddressRange } from './address-range.ts';
import { ReportedErrorCode } from './error-codes.ts';
import { openWord } from './open-words.ts';
import { EpochMs, Id, z } from './schema.ts';

export const BroadcastKind = z.enum(['broadcast', 'recording']);
export type BroadcastKind = z.infer<typeof BroadcastKind>;

/**
 * `planned`: nothing runs. `green-room`: the program runs, nobody sees it. `countdown`: goes live at `liveAtMs`. `hold`: live, the
 * viewers see a card. A recording knows `green-room` (it starts), `live` and `ended`.
 */
export const BroadcastPhase = z.enum(['planned', 'green-room', 'countdown', 'live', 'hold', 'ended', 'cancelled']);
export type BroadcastPhase = z.infer<typeof BroadcastPhase>;
export const ReportedBroadcastPhase = openWord(BroadcastPhase, 'ended');
/** Its program runs. */
export const isRunning = (phase: BroadcastPhase): boolean =>
  phase === 'green-room' || phase === 'countdown' || isOnAir(phase);
/** Viewers see it, or it is recorded. */
export const isOnAir = (phase: BroadcastPhase): boolean => phase === 'live' || phase === 'hold';

export const COUNTDOWN_MS = 5_000;

/** Who is on the program's stage. `one` who is gone is everyone until they are back. */
export const ProgramStage = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('everyone') }),
  z.strictObject({ kind: z.literal('speakers') }),
  z.strictObject({ kind: z.literal('one'), peerId: Id }),
]);
export type ProgramStage = z.infer<typeof ProgramStage>;

/** Who may watch: signed in, of one of these places or groups (each list empty: of the whole organisation), from these addresses. */
export const Audience = z.strictObject({
  /** a place holds for the places and rooms below it */
  placeIds: z.array(Id).max(50),
  /** as the directory names them */
  groups: z.array(z.string().min(1).max(200)).max(50),
  /** empty: from anywhere */
  allowedRanges: z.array(AddressRange).max(64),
});
export type Audience = z.infer<typeof Audience>;
export const WHOLE_STAFF: Audience = { placeIds: [], groups: [], allowedRanges: [] };

/** Fixed for the life of a broadcast: players do not bear a change. */
export const BroadcastQuality = z.strictObject({
  height: z.union([z.literal(720), z.literal(1080)]),
  /** 200: nearer to live, for a small audience */
  partMs: z.union([z.literal(500), z.literal(200)]),
});
export type BroadcastQuality = z.infer<typeof BroadcastQuality>;
export const DEFAULT_QUALITY: BroadcastQuality = { height: 720, partMs: 500 };

/** What its presenters do. Refused with `not-possible-now` in a phase that does not allow it. */
export const BroadcastAct = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('open-green-room') }),
  /** a countdown of COUNTDOWN_MS, then live */
  z.strictObject({ name: z.literal('start') }),
  z.strictObject({ name: z.literal('cancel-countdown') }),
  z.strictObject({ name: z.literal('hold') }),
  z.strictObject({ name: z.literal('resume') }),
  z.strictObject({ name: z.literal('set-stage'), stage: ProgramStage }),
  /** from the green room: planned again, or gone where it had no time */
  z.strictObject({ name: z.literal('close-green-room') }),
  /** for everyone, for good */
  z.strictObject({ name: z.literal('end') }),
]);
export type BroadcastAct = z.infer<typeof BroadcastAct>;

/** What everybody in a call sees of it, sent by the fleet to its node. */
export const AirPhase = z.enum(['off', 'green-room', 'countdown', 'live', 'hold']);
export const CallAir = z.object({
  phase: openWord(AirPhase, 'live'),
  /** of `countdown`: when it goes live; of `live` and `hold`: since when it is */
  liveAtMs: EpochMs.nullable(),
  /** how many watch; null: not known */
  watching: z.number().int().nonnegative().nullable(),
  /** the call is recorded, by a broadcast or alone */
  isRecorded: z.boolean(),
});
export type CallAir = z.infer<typeof CallAir>;
export const OFF_AIR: CallAir = { phase: 'off', liveAtMs: null, watching: null, isRecorded: false };

/** `black`, `frozen`, `none`: of what the program really sends; `slate`: what viewers see meanwhile is the card. */
export const ProgramPicture = z.enum(['good', 'black', 'frozen', 'none']);

/** What a presenter directs by: whole, each time it changes, once a second at most. */
export const BroadcastDesk = z.object({
  broadcastId: Id,
  meetingId: Id,
  kind: openWord(BroadcastKind, 'broadcast'),
  title: z.string(),
  phase: ReportedBroadcastPhase,
  /** when it is planned to go live; null: by hand */
  startsAtMs: EpochMs.nullable(),
  liveAtMs: EpochMs.nullable(),
  stage: ProgramStage.nullable().catch(null),
  /** of what the program sends; null: none runs */
  picture: openWord(ProgramPicture, 'none').nullable(),
  /** loudness of the last second, in dBFS; null: silence */
  loudnessDb: z.number().nullable(),
  /** the slate is on air instead of the program */
  isOnSlate: z.boolean(),
  watching: z.number().int().nonnegative(),
  peakWatching: z.number().int().nonnegative(),
  /** what its presenter should know: `program-unavailable`, `packager-unavailable`, `rewind-off`, `recording-failed` */
  troubles: z.array(ReportedErrorCode).max(10),
});
export type BroadcastDesk = z.infer<typeof BroadcastDesk>;

export const MOST_SHOWABLE_PEOPLE = 300;
/** Somebody in the call whom the program can show alone. */
export const ShowablePerson = z.object({ peerId: Id, displayName: z.string() });
export type ShowablePerson = z.infer<typeof ShowablePerson>;

/** The desk of one meeting, to those who direct it. */
export const MeetingAir = z.object({
  /** null: neither live nor recorded nor planned */
  broadcast: BroadcastDesk.nullable(),
  recording: BroadcastDesk.nullable(),
  mayBroadcast: z.boolean(),
  mayRecord: z.boolean(),
  /** who is in the call while a broadcast runs, in the order in which they came; null: none runs, or to a room's phone, which has the roster */
  people: z.array(ShowablePerson).max(MOST_SHOWABLE_PEOPLE).nullable().default(null),
});
export type MeetingAir = z.infer<typeof MeetingAir>;
export const NO_MEETING_AIR: MeetingAir = {
  broadcast: null,
  recording: null,
  mayBroadcast: false,
  mayRecord: false,
  people: null,
};

export const ChapterKind = z.enum(['start', 'speaker', 'page', 'hold']);
/** Where in a recording something begins. */
export const Chapter = z.object({
  /** from the recording's start */
  atMs: z.number().int().nonnegative(),
  kind: openWord(ChapterKind),
  /** the speaker's name; of a page `TITLE, 3` */
  title: z.string(),
});
export type Chapter = z.infer<typeof Chapter>;
