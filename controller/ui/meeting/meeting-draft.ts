/** A meeting as it is sent again when a part of it changes. */
import { type MeetingDetail, type MeetingDraft, meetingsApi } from '#contract/http/meetings-api.ts';
import { callApi } from '../http-client.ts';

type DraftPerson = MeetingDraft['people'][number];
const MINUTE_MS = 60_000;
const USUAL_MINUTES = 60;
/** as a draft takes them: a booking of a room's calendar may be shorter or longer, and keeps its own */
const [LEAST_MINUTES, MOST_MINUTES] = [5, 24 * 60];

export function draftOf({ title, startsAtMs, endsAtMs, people, rooms, policy }: MeetingDetail): MeetingDraft {
  const minutes =
    startsAtMs === null || endsAtMs === null ? USUAL_MINUTES : Math.round((endsAtMs - startsAtMs) / MINUTE_MS);
  const durationMinutes = Math.min(MOST_MINUTES, Math.max(LEAST_MINUTES, minutes));
  return {
    title,
    startsAtMs,
    durationMinutes,
    people: people.map(
      ({ accountId, displayName, email, role }): DraftPerson =>
        accountId === null || role === 'guest' ? { displayName, email } : { accountId, role },
    ),
    roomIds: rooms.map(({ roomId }) => roomId),
    policy,
  };
}

/**
 * Somebody more in a meeting, as it is at the server now.
 * @throws MaruError the server's refusal, or NoServer
 */
export async function addPerson(meetingId: string, person: DraftPerson): Promise<MeetingDetail> {
  const { meeting } = await callApi(meetingsApi.meeting, { params: { meetingId } });
  const draft = draftOf(meeting);
  const changed = await callApi(meetingsApi.changeMeeting, {
    params: { meetingId },
    body: { ...draft, sequence: meeting.sequence, people: [...draft.people, person] },
  });
  return changed.meeting;
}
