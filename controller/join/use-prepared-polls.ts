/** What the hosts of the meeting prepared to ask, fetched each time that somebody is about to ask. */
import { useEffect, useState } from 'react';
import { pollsApi, type PreparedPoll } from '#contract/http/polls-api.ts';
import { callApi } from '#ui/http-client.ts';

const NONE: readonly PreparedPoll[] = [];

/** @param meetingId null: not now, or not as who is signed in */
export function usePreparedPolls(meetingId: string | null): readonly PreparedPoll[] {
  const [prepared, setPrepared] = useState(NONE);
  useEffect(() => {
    if (meetingId === null) return;
    const asking = new AbortController();
    callApi(pollsApi.preparedPolls, { params: { meetingId }, signal: asking.signal }).then(
      ({ preparedPolls }) => setPrepared(preparedPolls),
      // a poll is made on the spot without them
      () => {},
    );
    return () => asking.abort();
  }, [meetingId]);
  return meetingId === null ? NONE : prepared;
}
