/** Broadcasts and recordings: planned, directed, watched, kept. Their media comes from the packager (live-delivery.ts). */
import {
  Audience,
  BroadcastAct,
  BroadcastKind,
  BroadcastQuality,
  Chapter,
  MeetingAir,
  ReportedBroadcastPhase,
} from '../broadcast.ts';
import { Viewing } from '../live-delivery.ts';
import { openWord } from '../open-words.ts';
import { EpochMs, Id, MeetingTitle, z } from '../schema.ts';
import { TranscriptSegment } from '../transcript.ts';
import { freshly, ofHostInCall, pageRoute, permitted, type RouteTable, settled } from './route.ts';

const BroadcastParams = z.object({ broadcastId: Id });
const MeetingParams = z.object({ meetingId: Id });

/** `growing`: it is on air; `finishing`: it can be replayed, its MP4 is being made. */
export const RecordingState = z.enum(['none', 'growing', 'finishing', 'ready', 'failed', 'deleted']);
export type RecordingState = z.infer<typeof RecordingState>;

/** As a viewer sees it in a list. */
export const WatchedBroadcast = z.object({
  broadcastId: Id,
  kind: openWord(BroadcastKind, 'broadcast'),
  title: z.string(),
  presenterName: z.string(),
  phase: ReportedBroadcastPhase,
  /** planned; null: by hand */
  startsAtMs: EpochMs.nullable(),
  liveAtMs: EpochMs.nullable(),
  endedAtMs: EpochMs.nullable(),
  recording: openWord(RecordingState, 'none'),
  durationMs: z.number().int().nonnegative().nullable(),
  watching: z.number().int().nonnegative(),
  /** when its recording is deleted; null: kept */
  deletedAtMs: EpochMs.nullable(),
  mayDownload: z.boolean(),
  /** its presenters, and who manages broadcasts */
  mayDelete: z.boolean(),
  /** something of what is spoken in it was written, and is kept */
  hasCaptions: z.boolean().optional(),
});
export type WatchedBroadcast = z.infer<typeof WatchedBroadcast>;

/** What the watch page shows first: whole, each time it changes. */
export const WatchHome = z.object({
  live: z.array(WatchedBroadcast).max(20),
  /** planned, the next first */
  coming: z.array(WatchedBroadcast).max(50),
  /** that can be replayed, the newest first */
  replays: z.array(WatchedBroadcast).max(100),
});
export type WatchHome = z.infer<typeof WatchHome>;

/** What was spoken in a meeting that is live. Times by the media node's clock. */
export const BroadcastCaption = TranscriptSegment.omit({ peerId: true });
export type BroadcastCaption = z.infer<typeof BroadcastCaption>;

/** Those that this page has not got yet, at most of the last minute. */
export const BroadcastCaptions = z.object({ broadcastId: Id, captions: z.array(BroadcastCaption) });
export type BroadcastCaptions = z.infer<typeof BroadcastCaptions>;

export const BroadcastDetail = WatchedBroadcast.extend({ chapters: z.array(Chapter) });
export type BroadcastDetail = z.infer<typeof BroadcastDetail>;

/** What is left out is the default: the meeting's title, by hand, the whole staff, 720p in parts of 500 ms. */
export const BroadcastPlan = z.strictObject({
  title: MeetingTitle.optional(),
  startsAtMs: EpochMs.nullable().optional(),
  audience: Audience.optional(),
  quality: BroadcastQuality.optional(),
});
export type BroadcastPlan = z.infer<typeof BroadcastPlan>;

/** A plan as its presenters see it. */
export const PlannedBroadcast = z.object({
  broadcastId: Id,
  title: z.string(),
  phase: ReportedBroadcastPhase,
  startsAtMs: EpochMs.nullable(),
  audience: Audience,
  quality: BroadcastQuality,
  watchUrl: z.url(),
});
export type PlannedBroadcast = z.infer<typeof PlannedBroadcast>;

/** What an audience can be chosen of. */
export const AudienceChoices = z.object({
  /** `Seoul / Tower / 3F`, in the order of these names */
  places: z.array(z.object({ placeId: Id, placeName: z.string() })),
  /** of all accounts */
  groups: z.array(z.string()),
});
export type AudienceChoices = z.infer<typeof AudienceChoices>;

/** As those see it who manage all of them. */
export const ManagedBroadcast = z.object({
  broadcastId: Id,
  kind: openWord(BroadcastKind, 'broadcast'),
  title: z.string(),
  presenterName: z.string(),
  phase: ReportedBroadcastPhase,
  startsAtMs: EpochMs.nullable(),
  liveAtMs: EpochMs.nullable(),
  endedAtMs: EpochMs.nullable(),
  watching: z.number().int().nonnegative(),
  peakWatching: z.number().int().nonnegative(),
  recording: openWord(RecordingState, 'none'),
  durationMs: z.number().int().nonnegative().nullable(),
  /** on the disk; null: not known yet */
  sizeBytes: z.number().int().nonnegative().nullable(),
  /** when its recording is or was deleted; null: kept */
  deletedAtMs: EpochMs.nullable(),
});
export type ManagedBroadcast = z.infer<typeof ManagedBroadcast>;
/** `under-way`: planned or running; `kept`: over, its recording is there; `gone`: cancelled, or nothing is kept of it. */
export const BroadcastShelf = z.enum(['under-way', 'kept', 'gone']);
export type BroadcastShelf = z.infer<typeof BroadcastShelf>;

const RecordedBy = z.enum(['nobody', 'hosts', 'hosts-and-rooms']);
const DownloadedBy = z.enum(['nobody', 'hosts', 'viewers']);
/** Of the organisation. */
export const RecordingPolicy = z.strictObject({
  /** after the end; null: for good */
  keptDays: z.number().int().min(1).max(3_650).nullable(),
  /** ordinary meetings; a room also needs its setting `mayRecord` */
  recordedBy: RecordedBy,
  downloadedBy: DownloadedBy,
});
export type RecordingPolicy = z.infer<typeof RecordingPolicy>;
export const DEFAULT_RECORDING_POLICY: RecordingPolicy = {
  keptDays: 90,
  recordedBy: 'hosts-and-rooms',
  downloadedBy: 'hosts',
};

export const broadcastsApi = {
  watchHome: {
    kind: 'events',
    method: 'GET',
    path: '/api/v1/watch-home',
    access: settled,
    summary:
      'Broadcasts that the caller may watch: live, coming, and replays of what was; captions of those that are live',
    events: { home: WatchHome, captions: BroadcastCaptions },
  },
  watchedBroadcast: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/broadcasts/:broadcastId',
    access: settled,
    summary: 'One broadcast; `not-found` where the caller is not of its audience, `address-not-allowed` from elsewhere',
    params: BroadcastParams,
    response: z.object({ broadcast: BroadcastDetail }),
  },
  createViewing: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/broadcasts/:broadcastId/viewings',
    access: settled,
    summary: 'What lets the caller at the media of a broadcast: a cookie for an hour, renewed by asking again',
    params: BroadcastParams,
    response: z.object({ viewing: Viewing }),
  },
  recordingFile: {
    kind: 'download',
    method: 'GET',
    path: '/api/v1/broadcasts/:broadcastId/file',
    access: settled,
    summary: 'The recording as an MP4 with chapters, by the right to download; 202 while it is being made',
    comesLater: true,
    contentTypes: ['video/mp4'],
    params: BroadcastParams,
  },
  broadcastCaptions: {
    kind: 'download',
    method: 'GET',
    path: '/api/v1/broadcasts/:broadcastId/captions.vtt',
    access: settled,
    summary:
      'What is spoken in a broadcast as captions (WebVTT), for who may watch it: in the times of its recording, and from `liveAtMs` while it is on air',
    params: BroadcastParams,
    contentTypes: ['text/vtt'],
  },
  deleteRecording: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/broadcasts/:broadcastId/recording',
    access: settled,
    summary: 'Delete a recording: by its presenters, and who manages broadcasts',
    params: BroadcastParams,
    response: z.object({}),
  },
  meetingAir: {
    kind: 'events',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/air',
    access: ofHostInCall,
    summary: 'What a meeting’s presenters direct by, and a small picture of the program in the green room',
    params: MeetingParams,
    events: { air: MeetingAir, preview: z.object({ broadcastId: Id, jpeg: z.string() }) },
  },
  audienceChoices: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/audience-choices',
    access: ofHostInCall,
    summary: 'Places, and groups of the directory, to which a broadcast of the meeting can be restricted',
    params: MeetingParams,
    response: AudienceChoices,
  },
  planBroadcast: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/meetings/:meetingId/broadcasts',
    access: ofHostInCall,
    summary: 'Plan a broadcast of a meeting; a meeting has one at a time',
    params: MeetingParams,
    body: BroadcastPlan,
    response: z.object({ broadcast: PlannedBroadcast }),
  },
  plannedBroadcasts: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/broadcasts',
    access: ofHostInCall,
    summary: 'Planned and past broadcasts of a meeting',
    params: MeetingParams,
    response: z.object({ broadcasts: z.array(PlannedBroadcast) }),
  },
  changeBroadcast: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/meetings/:meetingId/broadcasts/:broadcastId',
    access: ofHostInCall,
    summary: 'Change a plan; while it runs, its audience and title alone',
    params: MeetingParams.extend({ broadcastId: Id }),
    body: BroadcastPlan,
    response: z.object({ broadcast: PlannedBroadcast }),
  },
  cancelBroadcast: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/meetings/:meetingId/broadcasts/:broadcastId',
    access: ofHostInCall,
    summary: 'Cancel a broadcast that is planned',
    params: MeetingParams.extend({ broadcastId: Id }),
    response: z.object({}),
  },
  directBroadcast: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/meetings/:meetingId/broadcast-acts',
    access: ofHostInCall,
    summary: 'Direct the meeting’s broadcast: green room, countdown, live, hold, end; makes one where none is planned',
    params: MeetingParams,
    body: BroadcastAct,
    response: z.object({ air: MeetingAir }),
  },
  startRecording: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/meetings/:meetingId/recordings',
    access: ofHostInCall,
    summary: 'Record the meeting’s call; everybody in it sees so',
    params: MeetingParams,
    response: z.object({ air: MeetingAir }),
  },
  stopRecording: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/meetings/:meetingId/recordings/current',
    access: ofHostInCall,
    summary: 'End the recording of the meeting’s call',
    params: MeetingParams,
    response: z.object({ air: MeetingAir }),
  },
  listBroadcasts: {
    ...pageRoute({
      filter: {
        shelf: BroadcastShelf.optional(),
        /** a part of the title */
        text: z.string().max(200).optional(),
      },
      sorts: ['newest'],
      row: ManagedBroadcast,
      counts: z.object({
        /** of all files of broadcasts and recordings */
        usedBytes: z.number().int().nonnegative(),
        /** on the disk that holds them */
        freeBytes: z.number().int().nonnegative(),
      }),
    }),
    path: '/api/v1/broadcasts',
    access: permitted('broadcasts.manage', 'organisation'),
    summary: 'All broadcasts and recordings, newest first, and the space that they need',
  },
  endBroadcast: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/broadcasts/:broadcastId/end',
    access: permitted('broadcasts.manage', 'organisation'),
    summary: 'End a broadcast or a recording that runs, for everyone',
    params: BroadcastParams,
    response: z.object({}),
  },
  recordingPolicy: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/recording-policy',
    access: permitted('broadcasts.manage', 'organisation'),
    summary: 'Who may record and download, and how long recordings are kept',
    response: z.object({ policy: RecordingPolicy }),
  },
  setRecordingPolicy: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/recording-policy',
    access: freshly('broadcasts.manage', 'organisation'),
    summary: 'Change who may record and download, and how long recordings are kept',
    body: RecordingPolicy,
    response: z.object({ policy: RecordingPolicy }),
  },
} as const satisfies RouteTable;
