/** The other meetings of a meeting's series and the open tasks of the earlier ones; marking tasks. */
import { useCallback, useEffect, useState } from 'react';
import type { MaruError } from '#contract/error-codes.ts';
import type { MeetingDetail } from '#contract/http/meetings-api.ts';
import { type SeriesMeeting, type SeriesTask, seriesApi } from '#contract/http/series-api.ts';
import { callApi } from '#ui/http-client.ts';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { type MeetingPart, useMeetingPart } from './use-meeting-part.ts';

const FIRST = 5;
/** as many as one answer holds */
const MOST = 200;

export type Series = {
  /** null: none is planned */
  next: SeriesMeeting | null;
  /** the newest first */
  earlier: readonly SeriesMeeting[];
  /** `too-many`: there are more than are shown here at all */
  more: 'none' | 'some' | 'too-many';
  tasks: readonly SeriesTask[];
  hasMoreTasks: boolean;
};
export type ShownTask = SeriesTask & { isDone: boolean };
export type SeriesState = MeetingPart<Series> & {
  showMore: () => void;
  /** those that are open, and those that were marked as done here */
  tasks: readonly ShownTask[];
  mark: (task: SeriesTask, isDone: boolean) => void;
  isMarking: (task: SeriesTask) => boolean;
  markProblem: MaruError | null;
};

export function useSeries(meeting: MeetingDetail): SeriesState {
  const [most, setMost] = useState(FIRST);
  const read = useCallback((meetingId: string, signal: AbortSignal) => readSeries(meetingId, signal, most), [most]);
  const part = useMeetingPart(meeting, read);
  const { known, refresh } = part;
  // a task that was marked here stays where it can be taken back
  const [marked, setMarked] = useState<readonly ShownTask[]>([]);
  useEffect(() => {
    if (known === null) return;
    const open = new Set(known.tasks.map(taskKeyOf));
    setMarked((before) => before.filter((task) => task.isDone && !open.has(taskKeyOf(task))));
  }, [known]);
  const { run, pending, problem: markProblem } = useAsyncAction<true>();
  const mark = async (task: SeriesTask, isDone: boolean) => {
    const params = { meetingId: task.meeting.meetingId, taskId: task.taskId };
    const body = { isDone, text: task.text };
    const answer = await run(() => callApi(seriesApi.markTask, { params, body }), {
      key: taskKeyOf(task),
      about: true,
    });
    if (answer !== null)
      setMarked((before) => [...before.filter((each) => taskKeyOf(each) !== taskKeyOf(task)), { ...task, isDone }]);
    // also after a refusal: another one has changed it
    refresh();
  };
  const markedByKey = new Map(marked.map((task) => [taskKeyOf(task), task]));
  const open = (known?.tasks ?? []).map((task) => markedByKey.get(taskKeyOf(task)) ?? { ...task, isDone: false });
  const shown = new Set(open.map(taskKeyOf));
  return {
    ...part,
    showMore: () => setMost(MOST),
    tasks: [...open, ...marked.filter((task) => !shown.has(taskKeyOf(task)))],
    mark: (task, isDone) => void mark(task, isDone),
    isMarking: (task) => pending(taskKeyOf(task)) !== null,
    markProblem,
  };
}

export const taskKeyOf = ({ meeting, taskId }: SeriesTask): string => `${meeting.meetingId}/${taskId}`;

export async function readSeries(meetingId: string, signal: AbortSignal, most = FIRST): Promise<Series> {
  const of = { params: { meetingId }, signal };
  const [{ next, tasks, hasMoreTasks }, { rows, nextCursor }] = await Promise.all([
    callApi(seriesApi.meetingSeries, of),
    callApi(seriesApi.earlierMeetings, { ...of, query: { limit: most } }),
  ]);
  const more = nextCursor === null ? 'none' : most < MOST ? 'some' : 'too-many';
  return { next, earlier: rows, more, tasks, hasMoreTasks };
}
