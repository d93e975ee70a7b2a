/**
 * A program's page and the process that started its browser: by the DevTools pipe, on which nobody else can speak. The process
 * evaluates `globalThis.maruProgram(message)` in the page, the page calls the binding of PROGRAM_BINDING with JSON.
 */
import type { CallGrant } from './grants.ts';
import type { ProgramShow } from './program-link.ts';
import { EpochMs, Id, z } from './schema.ts';

/** What the page sends by; a function that takes a text. */
export const PROGRAM_BINDING = 'maruProgramSend';

export type ToProgramPage =
  /** once in a page's life */
  | { name: 'run'; height: number; picturesPerSecond: number; show: ProgramShow; grant: CallGrant }
  | { name: 'show'; show: ProgramShow }
  /** to its `grant-wanted` */
  | { name: 'grant'; grant: CallGrant };

export const FromProgramPage = z.discriminatedUnion('name', [
  /** it can run */
  z.strictObject({ name: z.literal('ready') }),
  /** each REPORT_MS from `run` on */
  z.strictObject({
    name: z.literal('report'),
    /** of the tab's picture; counts of this page, since its start */
    framesCaptured: z.number().int().nonnegative(),
    framesEncoded: z.number().int().nonnegative(),
    keyFrames: z.number().int().nonnegative(),
    /** it is in a call, and the way to the node is open: frames are due */
    call: z.strictObject({ callId: Id, peerId: Id }).nullable(),
  }),
  z.strictObject({ name: z.literal('grant-wanted'), endedCallId: Id.nullable() }),
  z.strictObject({ name: z.literal('level'), loudnessDb: z.number().nullable(), preview: z.string().nullable() }),
  z.strictObject({
    name: z.literal('chapter'),
    atMs: EpochMs,
    kind: z.enum(['speaker', 'page']),
    title: z.string().max(300),
  }),
  /** it cannot go on: another page takes its place */
  z.strictObject({ name: z.literal('failed'), why: z.string().max(500) }),
]);
export type FromProgramPage = z.infer<typeof FromProgramPage>;

export const REPORT_MS = 250;

/** Of what is sent, unless IT set fewer for a server with few processors. */
export const PICTURES_PER_SECOND = { usual: 30, fewest: 10 } as const;
