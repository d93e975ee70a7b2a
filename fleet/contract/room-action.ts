/**
 * What IT does to a room from afar, and what comes back. Each action has an id, a time by which the kiosk must have begun
 * and one by which it must be through, and states that end: none is for ever under way. A microphone can be muted, never
 * opened: there is no such action.
 */
import { ErrorCode, ReportedErrorCode } from './error-codes.ts';
import { openUnion, openWord } from './open-words.ts';
import { ProtocolVersion } from './protocol-version.ts';
import { EpochMs, Id, z } from './schema.ts';

export const RoomAction = z.discriminatedUnion('name', [
  /** the page on the TV begins anew; a call goes on */
  z.strictObject({ name: z.literal('restart-screen') }),
  z.strictObject({ name: z.literal('restart-agent') }),
  /** the machine. In a call or a broadcast only with `evenInCall` */
  z.strictObject({ name: z.literal('restart-kiosk'), evenInCall: z.boolean().default(false) }),
  /** the last hour as a bundle without secrets */
  z.strictObject({ name: z.literal('collect-logs') }),
  /** lines as they are written, by the topic `logLines`, until it is stopped or the time is over */
  z.strictObject({ name: z.literal('follow-logs') }),
  z.strictObject({ name: z.literal('test-network') }),
  z.strictObject({ name: z.literal('run-self-test') }),
  /** a picture of the screen each few seconds; the TV shows that IT looks, until it is stopped or the time is over */
  z.strictObject({ name: z.literal('look-at-screen') }),
  z.strictObject({ name: z.literal('join-call') }),
  z.strictObject({ name: z.literal('leave-call') }),
  z.strictObject({ name: z.literal('set-volume'), percent: z.number().int().min(0).max(100) }),
  z.strictObject({ name: z.literal('mute-microphone') }),
]);
export type RoomAction = z.infer<typeof RoomAction>;
export const RoomActionName = z.enum(
  RoomAction.options.map(({ shape }) => shape.name.value) as [RoomAction['name'], ...RoomAction['name'][]],
);
export type RoomActionName = RoomAction['name'];

/** `pending`: on its way; `expired`: it did not begin, or was not through, in time; `stopped`: by who had asked. */
export const RoomActionState = z.enum(['pending', 'running', 'done', 'failed', 'refused', 'expired', 'stopped']);
export type RoomActionState = z.infer<typeof RoomActionState>;
export const isOver = (state: RoomActionState): boolean => state !== 'pending' && state !== 'running';

/** It begins within this, or not at all: nothing waits for a room that is off. */
export const ACTION_BEGINS_WITHIN_MS = 15_000;
/** By when it is through, from its begin. */
export const ACTION_RUNS_AT_MOST_MS: Record<RoomActionName, number> = {
  'restart-screen': 30_000,
  'restart-agent': 60_000,
  'restart-kiosk': 300_000,
  'collect-logs': 60_000,
  'follow-logs': 600_000,
  'test-network': 60_000,
  'run-self-test': 60_000,
  'look-at-screen': 300_000,
  'join-call': 60_000,
  'leave-call': 15_000,
  'set-volume': 15_000,
  'mute-microphone': 15_000,
};

/** Fleet to kiosk, not retained. */
export const ActionOrder = z.discriminatedUnion('order', [
  z.strictObject({
    order: z.literal('begin'),
    protocol: ProtocolVersion,
    actionId: Id,
    roomId: Id,
    action: RoomAction,
    /** as the TV shows it, e.g. while somebody looks at the screen */
    askedBy: z.string().max(240),
    /** fleet's clock */
    beginsBeforeMs: EpochMs,
    endsBeforeMs: EpochMs,
  }),
  z.strictObject({ order: z.literal('stop'), protocol: ProtocolVersion, actionId: Id, roomId: Id }),
]);
export type ActionOrder = z.infer<typeof ActionOrder>;

/** One measured step of a network test. */
export const NetworkCheck = z.object({
  check: openWord(
    z.enum([
      'link',
      'gateway',
      'name',
      'fleet-http',
      'fleet-mqtt',
      'signaling',
      'media-udp',
      'media-tcp',
      'relay',
      'live',
      'time',
    ]),
  ),
  /** e.g. host and port */
  target: z.string().max(200),
  outcome: openWord(z.enum(['passed', 'failed', 'skipped']), 'skipped'),
  tookMs: z.number().nonnegative().nullable(),
  /** for IT, in English */
  message: z.string().max(300),
});
export type NetworkCheck = z.infer<typeof NetworkCheck>;

export const ActionResult = openUnion('of', [
  z.object({ of: z.literal('test-network'), checks: z.array(NetworkCheck).max(40) }),
  z.object({
    of: z.literal('collect-logs'),
    sizeBytes: z.number().int().nonnegative(),
    lineCount: z.number().int().nonnegative(),
  }),
  z.object({ of: z.literal('look-at-screen'), pictureCount: z.number().int().nonnegative() }),
]);
export type ActionResult = z.infer<typeof ActionResult>;

/** Kiosk to fleet: `done` of a restart comes after it, from the agent that began by it. */
export const ActionReport = z.object({
  actionId: Id,
  state: openWord(z.enum(['running', 'done', 'failed', 'refused', 'stopped']), 'running'),
  code: ReportedErrorCode.nullable(),
  result: ActionResult.nullable(),
  /** kiosk's clock */
  atMs: EpochMs,
});
export type ActionReport = z.infer<typeof ActionReport>;

/** Of `follow-logs`. What was left out because it was too much is counted. */
export const LogLines = z.object({
  actionId: Id,
  lines: z
    .array(
      z.object({ atMs: EpochMs, from: z.string().max(40), level: z.string().max(40), text: z.string().max(1_000) }),
    )
    .max(50),
  skippedCount: z.number().int().nonnegative(),
});
export type LogLines = z.infer<typeof LogLines>;

/** Files that an action brings by `actionFile` of the device API: their type and their most. */
export const ACTION_FILES = {
  'collect-logs': { contentType: 'application/gzip', maxBytes: 20 * 1024 * 1024 },
  'look-at-screen': { contentType: 'image/jpeg', maxBytes: 2 * 1024 * 1024 },
} as const satisfies Partial<Record<RoomActionName, { contentType: string; maxBytes: number }>>;

/** As the console shows it. */
export const ShownAction = z.object({
  actionId: Id,
  roomId: Id,
  action: RoomAction,
  state: openWord(RoomActionState, 'running'),
  code: ReportedErrorCode.nullable(),
  result: ActionResult.nullable(),
  askedBy: z.string(),
  askedAtMs: EpochMs,
  begunAtMs: EpochMs.nullable(),
  endedAtMs: EpochMs.nullable(),
  /** by when it is over at the latest */
  endsBeforeMs: EpochMs,
  /** a file of it can be fetched */
  hasFile: z.boolean(),
});
export type ShownAction = z.infer<typeof ShownAction>;
/** Why an action was not even sent. */
export const RefusedAction = z.object({ roomId: Id, code: ErrorCode });
