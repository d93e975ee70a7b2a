/** Meetings that repeat, in a list: one row for those that were made together. Pure. */
import type { MeetingSummary } from '#contract/http/meetings-api.ts';

/** `next`: the first that is not cancelled, or where all are, the first. `rest`: the others, by their order in the list. */
export type MeetingGroup = { next: MeetingSummary; rest: MeetingSummary[] };

/** In the order of their next ones. @param meetings by their start */
export function groupedByRepetition(meetings: readonly MeetingSummary[]): MeetingGroup[] {
  const together = new Map<string, MeetingSummary[]>();
  for (const meeting of meetings) {
    const key = meeting.repetition?.repetitionId ?? meeting.meetingId;
    together.set(key, [...(together.get(key) ?? []), meeting]);
  }
  return [...together.values()]
    .map((all) => {
      const next = all.find(({ isCancelled }) => !isCancelled) ?? all[0]!;
      return { next, rest: all.filter((each) => each !== next) };
    })
    .sort((a, b) => meetings.indexOf(a.next) - meetings.indexOf(b.next));
}
