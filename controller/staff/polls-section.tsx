/** Polls of a meeting on its page: the results of its calls, and for hosts what is prepared to ask. */
import Trash2 from 'lucide-react/icons/trash-2';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import type { MeetingDetail } from '#contract/http/meetings-api.ts';
import { type MeetingPoll, pollsApi, type PreparedPoll } from '#contract/http/polls-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { PollForm } from '#ui/meeting/poll-form.tsx';
import { PollResult } from '#ui/meeting/poll-result.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { useLiveHome } from './live-home.ts';

/** While a call of it runs: the home stream shows no polls. */
const LOOK_MS = 5_000;

type Known = { polls: readonly MeetingPoll[]; prepared: readonly PreparedPoll[] };

export function PollsSection({ meeting, isHost }: { meeting: MeetingDetail; isHost: boolean }) {
  const { t } = useTranslation('polls');
  const { known, problem, refresh } = useMeetingPolls(meeting, isHost);
  // who manages meetings without being one of the people
  if (problem?.code === 'forbidden') return null;
  // a meeting without polls has no empty card for people who cannot make any
  if (known === null || (!isHost && known.polls.length === 0)) return <ProblemWords problem={problem} />;
  return (
    <Card title={t('section')} place="polls">
      <div className="flex flex-col gap-5">
        <ProblemWords problem={problem} />
        {known.polls.map(({ poll, isLost }) => (
          <article
            key={poll.pollId}
            data-place={`polls-${poll.pollId}`}
            aria-label={poll.question}
            className="flex flex-col gap-3"
          >
            <h3 className="text-base font-semibold break-words">{poll.question}</h3>
            <p className="numerals text-small text-quiet">
              {t(poll.isSecret ? 'isSecret' : 'isOpen')}
              {' · '}
              {isLost
                ? t('lost')
                : `${t('answered', { answered: poll.answeredCount, people: poll.peopleCount })} · ${t(poll.result === null ? 'runs' : 'ended')}`}
            </p>
            {poll.result !== null && <PollResult poll={poll} />}
          </article>
        ))}
        {isHost && <Prepared meetingId={meeting.meetingId} prepared={known.prepared} onChanged={refresh} />}
      </div>
    </Card>
  );
}

type PreparedProps = { meetingId: string; prepared: readonly PreparedPoll[]; onChanged: () => void };

function Prepared({ meetingId, prepared, onChanged }: PreparedProps) {
  const { t } = useTranslation('polls');
  const [isMaking, setMaking] = useState(false);
  const { run, pending, isPending, problem, dismissProblem } = useAsyncAction<true>();
  const prepare = async (body: PreparedPoll['draft']) => {
    const done = await run(() => callApi(pollsApi.preparePoll, { params: { meetingId }, body }));
    if (done === null) return;
    setMaking(false);
    onChanged();
  };
  const remove = async (preparedPollId: string) => {
    const params = { meetingId, preparedPollId };
    const about = { key: preparedPollId, about: true as const };
    if ((await run(() => callApi(pollsApi.removePreparedPoll, { params }), about)) !== null) onChanged();
  };
  return (
    <div className="flex flex-col gap-3">
      {prepared.length > 0 && <h3 className="text-base font-semibold">{t('prepared')}</h3>}
      <ul className="flex flex-col">
        {prepared.map(({ preparedPollId, draft }) => (
          <li key={preparedPollId} className="flex items-center gap-3 border-t border-line py-1 first:border-0">
            <span className="min-w-0 flex-1 text-base break-words">{draft.question}</span>
            <Button
              variant="quiet"
              icon={Trash2}
              aria-label={t('removePrepared', { question: draft.question })}
              isPending={pending(preparedPollId) !== null}
              onPress={() => void remove(preparedPollId)}
            />
          </li>
        ))}
      </ul>
      {!isMaking && <ProblemWords problem={problem} />}
      <Button
        className="self-start"
        onPress={() => {
          // of another act
          dismissProblem();
          setMaking(true);
        }}
      >
        {t('prepare')}
      </Button>
      <Dialog title={t('prepare')} isOpen={isMaking} onClose={() => setMaking(false)} className="sm:max-w-xl!">
        <p className="text-base text-quiet">{t('prepareNote')}</p>
        <PollForm action={t('keep')} isPending={isPending} failed={null} onSubmit={(draft) => void prepare(draft)} />
        <ProblemWords problem={problem} />
      </Dialog>
    </div>
  );
}

function useMeetingPolls(meeting: MeetingDetail, isHost: boolean) {
  const live = useLiveHome();
  const { meetingId } = meeting;
  const runs = meeting.participantCount > 0;
  const [state, setState] = useState<{ known: Known | null; problem: MaruError | null }>({
    known: null,
    problem: null,
  });
  const [asked, setAsked] = useState(0);
  const refresh = useCallback(() => setAsked((count) => count + 1), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a changed meeting is why it is fetched again
  useEffect(() => {
    const asking = new AbortController();
    const of = { params: { meetingId }, signal: asking.signal };
    Promise.all([
      callApi(pollsApi.meetingPolls, of),
      isHost ? callApi(pollsApi.preparedPolls, of) : { preparedPolls: [] },
    ]).then(
      ([{ polls }, { preparedPolls: prepared }]) => setState({ known: { polls, prepared }, problem: null }),
      (error: unknown) => {
        if (asking.signal.aborted || live.failed(error)) return;
        setState((before) => ({ ...before, problem: toMaruError(error) }));
      },
    );
    return () => asking.abort();
  }, [meeting, meetingId, isHost, live, asked]);
  useEffect(() => {
    if (!runs) return;
    const timer = setInterval(refresh, LOOK_MS);
    return () => clearInterval(timer);
  }, [runs, refresh]);
  return { ...state, refresh };
}
