/**
 * Fleet server and program process, over a Unix socket in the data folder: JSON, one message a line. The program process runs a
 * headless Chromium for each broadcast, whose page joins the call by a grant and publishes what it draws. The server sends `run` again
 * for each broadcast after either side was started again; one that runs goes on.
 */
import { ProgramStage } from './broadcast.ts';
import { ErrorCode } from './error-codes.ts';
import { CallGrant } from './grants.ts';
import { ProtocolVersion } from './protocol-version.ts';
import { EpochMs, Id, Language, z } from './schema.ts';

/** In the data folder. */
export const PROGRAM_SOCKET = 'program.sock';
export const MAX_PROGRAM_MESSAGE_BYTES = 64 * 1024;

/** What the page draws over or instead of the stage. */
export const ProgramShow = z.strictObject({
  title: z.string().max(240),
  /** whose meeting it is */
  presenterName: z.string().max(240),
  language: Language,
  /** `title`: before it is live; `hold`: in between; `end`: over. null: the stage */
  card: z.enum(['title', 'hold', 'end']).nullable(),
  /** with `title`: when it goes live; null: not yet known */
  liveAtMs: EpochMs.nullable(),
  stage: ProgramStage,
  /** the corner mark says so; a recording has none */
  isLive: z.boolean(),
});
export type ProgramShow = z.infer<typeof ProgramShow>;

export const ToProgram = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('hello'), protocol: ProtocolVersion }),
  z.strictObject({
    name: z.literal('run'),
    broadcastId: Id,
    height: z.union([z.literal(720), z.literal(1080)]),
    show: ProgramShow,
    grant: CallGrant,
  }),
  z.strictObject({ name: z.literal('show'), broadcastId: Id, show: ProgramShow }),
  /** to `grant-wanted` */
  z.strictObject({ name: z.literal('grant'), broadcastId: Id, grant: CallGrant }),
  /** no grant: the meeting's call is over, or cannot be reached; it asks again by itself */
  z.strictObject({ name: z.literal('no-grant'), broadcastId: Id, code: ErrorCode }),
  /** what it sends is not the call, says the packager: a fresh page in its place */
  z.strictObject({ name: z.literal('replace'), broadcastId: Id, why: z.enum(['none', 'black', 'frozen']) }),
  z.strictObject({ name: z.literal('stop'), broadcastId: Id }),
]);
export type ToProgram = z.infer<typeof ToProgram>;

export const FromProgram = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('hello'),
    protocol: ProtocolVersion,
    /** why no program can run on this machine, in English, for IT; null: it can */
    whyUnavailable: z.string().max(2_000).nullable(),
    /** those that run */
    broadcastIds: z.array(Id).max(100),
  }),
  /** a grant leads into a call once: for each new page, and where the meeting goes on in another call */
  z.strictObject({ name: z.literal('grant-wanted'), broadcastId: Id, endedCallId: Id.nullable() }),
  /** its page is in the call, and sends */
  z.strictObject({ name: z.literal('publishing'), broadcastId: Id, callId: Id, peerId: Id }),
  /** it sends no more: its page is out of its call, or ended, hung or was replaced. It, or another, sends again by itself */
  z.strictObject({ name: z.literal('lost'), broadcastId: Id, why: z.string().max(500) }),
  /** each second while it sends */
  z.strictObject({
    name: z.literal('level'),
    broadcastId: Id,
    /** of the mixed voices in dBFS; null: silence */
    loudnessDb: z.number().nullable(),
    /** a small JPEG of the stage under the title card, base64, at most 12 KB; null: none, or not in the green room */
    preview: z
      .string()
      .max(16 * 1024)
      .nullable(),
  }),
  /** for chapters: who speaks for 4 s or more, which page is shown */
  z.strictObject({
    name: z.literal('chapter'),
    broadcastId: Id,
    atMs: EpochMs,
    kind: z.enum(['speaker', 'page']),
    title: z.string().max(300),
  }),
]);
export type FromProgram = z.infer<typeof FromProgram>;
