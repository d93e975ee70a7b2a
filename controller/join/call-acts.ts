/** What a person does to the call and to others in it; a refusal becomes news. The node decides. */
import { useEffect } from 'react';
import type { CallClient } from '#call/call-client.ts';
import { useProblemLine } from '#ui/problem-words.tsx';
import type { Toast } from '#ui/toast.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';

type Call = Pick<
  CallClient,
  | 'muteParticipant'
  | 'muteAll'
  | 'removeParticipant'
  | 'setOrder'
  | 'setRole'
  | 'letSpeak'
  | 'raiseHand'
  | 'lowerHand'
  | 'endForAll'
  | 'endPoll'
  | 'hidePoll'
  | 'recallChat'
  | 'setTranscript'
>;
export type CallActs = {
  /** under way, by the key it was begun with */
  isPending: (key: string) => boolean;
  do: (key: string, act: (call: Call) => Promise<void>) => void;
  /** begun at once, also beside others of its kind */
  atOnce: (act: () => Promise<void>) => void;
  /** a failure of something that was asked elsewhere */
  report: (error: unknown) => void;
};

export function useCallActs(call: Call, add: (toast: Omit<Toast, 'id'>) => void): CallActs {
  const lineOf = useProblemLine();
  const { run, pending, problem, report } = useAsyncAction<true>();
  useEffect(() => {
    if (problem !== null) add({ words: lineOf(problem), tone: 'warn' });
  }, [problem, add, lineOf]);
  return {
    isPending: (key) => pending(key) !== null,
    do: (key, act) => void run(() => act(call), { key, about: true }),
    atOnce: (act) => void run(act),
    report,
  };
}
