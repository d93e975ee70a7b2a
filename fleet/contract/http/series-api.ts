/** A series: meetings that were planned one from the other. Each person is shown those that they are invited to. */
import { EpochMs, Id, z } from '../schema.ts';
import { ofPeople, pageRoute, type RouteTable } from './route.ts';

export const SeriesMeeting = z.object({
  meetingId: Id,
  title: z.string(),
  /** when it begins; of one without a time: when it was made */
  atMs: EpochMs,
  isCancelled: z.boolean(),
});
export type SeriesMeeting = z.infer<typeof SeriesMeeting>;

/** Of an element of the notes: it changes where the editor makes another of it. */
const TaskId = z.string().regex(/^\d{1,16}-\d{1,16}$/);
/** of all earlier meetings together */
export const MAX_SERIES_TASKS = 100;
const MAX_TASK_TEXT_UNITS = 2_000;

/** A task in the notes of an earlier meeting that nobody has marked as done. */
export const SeriesTask = z.object({
  meeting: SeriesMeeting,
  taskId: TaskId,
  /** a long one is cut off */
  text: z.string().max(MAX_TASK_TEXT_UNITS),
  /** who does it, as it was typed; null: nobody is named */
  person: z.string().nullable(),
  /** `2026-11-30`; null: no day is named */
  dueOn: z.string().nullable(),
  /** false: the notes of its meeting can be read only */
  mayMark: z.boolean(),
});
export type SeriesTask = z.infer<typeof SeriesTask>;

const MeetingParams = z.object({ meetingId: Id });

export const seriesApi = {
  meetingSeries: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/series',
    access: ofPeople,
    summary: 'The next meeting of a meeting’s series, and open tasks of the earlier ones that the caller is invited to',
    params: MeetingParams,
    response: z.object({
      /** null: none is planned that the caller is invited to */
      next: SeriesMeeting.nullable(),
      /** of the newest meeting first, in the order of its notes */
      tasks: z.array(SeriesTask).max(MAX_SERIES_TASKS),
      /** not all notes of earlier meetings were looked through, or there are more tasks */
      hasMoreTasks: z.boolean(),
    }),
  },
  earlierMeetings: {
    ...pageRoute({
      filter: {},
      sorts: ['newest'],
      row: SeriesMeeting,
      counts: z.object({}),
    }),
    path: '/api/v1/meetings/:meetingId/earlier-meetings',
    access: ofPeople,
    summary: 'Earlier meetings of a meeting’s series that the caller is invited to, the newest first, page by page',
    params: MeetingParams,
  },
  markTask: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/meetings/:meetingId/tasks/:taskId',
    access: ofPeople,
    summary: 'Mark a task in a meeting’s notes as done, or as open again',
    params: MeetingParams.extend({ taskId: TaskId }),
    body: z.strictObject({
      isDone: z.boolean(),
      /** as it was shown: another one that stands in its place meanwhile is not marked */
      text: z.string().max(MAX_TASK_TEXT_UNITS),
    }),
    response: z.object({}),
  },
} as const satisfies RouteTable;
