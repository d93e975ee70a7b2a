/** Which poll is before this page's person: the newest, from its start until they put it away; its result comes once more. */
import { useEffect, useState } from 'react';
import type { SeenPoll } from '#contract/polls.ts';

export type Poll = {
  /** null: none to see */
  current: SeenPoll | null;
  isRunning: boolean;
  isOpen: boolean;
  setOpen: (isOpen: boolean) => void;
};

export function usePoll(polls: readonly SeenPoll[]): Poll {
  const newest = polls.at(-1) ?? null;
  const [seenId, setSeenId] = useState<string | null>(null);
  const [putAway, setPutAway] = useState<string | null>(null);
  const isRunning = newest !== null && newest.result === null;
  const isShown = newest !== null && (isRunning || newest.isShown);
  const pollId = newest?.pollId ?? null;
  useEffect(() => {
    // a result leaves the TV after a while, and stays for who is reading it
    if (isShown) setSeenId(pollId);
  }, [isShown, pollId]);
  const current = isShown || (pollId !== null && seenId === pollId) ? newest : null;
  const key = `${pollId} ${isRunning}`;
  return {
    current,
    isRunning,
    isOpen: current !== null && putAway !== key,
    setOpen: (isOpen) => setPutAway(isOpen ? null : key),
  };
}
