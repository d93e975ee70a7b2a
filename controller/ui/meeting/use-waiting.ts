/** Who waits to be let into a meeting, followed for one of its hosts, and what they decide. */
import { useCallback, useEffect, useState } from 'react';
import { admissionApi } from '#contract/http/admission-api.ts';
import type { WaitingDecision, WaitingList } from '#contract/waiting.ts';
import { callApi, followEvents, followWhileLookedAt } from '../http-client.ts';
import { type AsyncAction, useAsyncAction } from '../use-async-action.ts';

export type FollowedWaiting = {
  list: WaitingList;
  /** false: what is shown may be old; it is asked for again by itself */
  isConnected: boolean;
  problem: AsyncAction['problem'];
  pending: (key: string) => WaitingDecision['name'] | null;
  decide: (decision: WaitingDecision, key: string) => void;
};
const NOBODY: WaitingList = { meetingId: null, count: 0, waiting: [] };

/** @param meetingId null: not followed, nobody waits @param isHiddenToo in a call, where knocks are news in a hidden tab, too */
export function useWaiting(meetingId: string | null, isHiddenToo = false): FollowedWaiting {
  const [list, setList] = useState(NOBODY);
  const [isConnected, setConnected] = useState(true);
  const { run, pending, problem } = useAsyncAction<WaitingDecision['name']>();
  useEffect(() => {
    setList(NOBODY);
    setConnected(true);
    if (meetingId === null) return;
    const follower: Parameters<typeof followEvents<typeof admissionApi.meetingWaiting>>[1] = {
      params: { meetingId },
      onEvent: ({ data }) => setList(data),
      onConnected: setConnected,
      // no host any more
      onRefused: () => setList(NOBODY),
    };
    return isHiddenToo
      ? followEvents(admissionApi.meetingWaiting, follower)
      : followWhileLookedAt(admissionApi.meetingWaiting, () => follower);
  }, [meetingId, isHiddenToo]);
  const decide = useCallback(
    (decision: WaitingDecision, key: string) => {
      if (meetingId === null) return;
      void run(() => callApi(admissionApi.decideWaiting, { params: { meetingId }, body: decision }), {
        key,
        about: decision.name,
      });
    },
    [meetingId, run],
  );
  return { list, isConnected, problem, pending, decide };
}
