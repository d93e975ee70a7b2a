/** Polls in the call's page: the card over the stage, and the button in the bar by which hosts begin one and all find it again. */
import ChartColumn from 'lucide-react/icons/chart-column';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallClient } from '#call/call-client.ts';
import { Button, type ButtonProps } from '#ui/button.tsx';
import { PollCard } from '#ui/meeting/poll-card.tsx';
import { PollDialog } from '#ui/meeting/poll-dialog.tsx';
import type { CallActs } from './call-acts.ts';
import type { Poll } from './use-poll.ts';
import { usePreparedPolls } from './use-prepared-polls.ts';

type PollOverStageProps = { poll: Poll; call: Pick<CallClient, 'answerPoll'>; acts: CallActs; mayKeep: boolean };

export function PollOverStage({ poll: { current, isOpen, setOpen }, call, acts, mayKeep }: PollOverStageProps) {
  if (current === null || !isOpen) return null;
  const { pollId } = current;
  return (
    <div className="pointer-events-none absolute inset-x-3 bottom-3 z-10 flex max-h-[calc(100%-1.5rem)] justify-end">
      <PollCard
        poll={current}
        mayKeep={mayKeep}
        // one after the other: the newest counts
        onAnswer={(choices) => acts.atOnce(() => call.answerPoll(pollId, choices))}
        onEnd={mayKeep ? () => acts.do('poll', (to) => to.endPoll(pollId)) : null}
        onHide={mayKeep ? () => acts.do('poll', (to) => to.hidePoll(pollId)) : null}
        isPending={acts.isPending('poll')}
        onClose={() => setOpen(false)}
        className="pointer-events-auto w-full animate-rise sm:w-96"
      />
    </div>
  );
}

type PollButtonProps = Pick<ButtonProps, 'size' | 'className'> & {
  poll: Poll;
  mayKeep: boolean;
  call: Pick<CallClient, 'startPoll'>;
  /** of a member, who may have prepared some; null: a guest */
  meetingId: string | null;
  /** with a short word under the icon */
  isShort?: boolean;
  /** it did something on the page itself */
  onDone?: () => void;
};

/** Nothing where nobody may begin one and none is there. */
export function PollButton({ poll, mayKeep, call, meetingId, isShort = false, onDone, ...look }: PollButtonProps) {
  const { t } = useTranslation('polls');
  const [isMaking, setMaking] = useState(false);
  const prepared = usePreparedPolls(isMaking ? meetingId : null);
  const { current, isRunning, isOpen, setOpen } = poll;
  // a result that was put away is found again as long as it can be hidden on TVs
  const makes = mayKeep && !isRunning && !(current?.isShown && !isOpen);
  if (!makes && current === null) return null;
  const isWaiting = isRunning && current?.ownChoices.length === 0;
  const words = makes ? t('new') : t(isWaiting ? 'waiting' : 'title');
  const press = () => {
    if (makes) setMaking(true);
    else setOpen(!isOpen);
    if (!makes) onDone?.();
  };
  return (
    <>
      <Button
        {...look}
        variant={isWaiting && !isOpen ? 'primary' : 'plain'}
        icon={ChartColumn}
        aria-label={isShort ? words : undefined}
        aria-expanded={makes ? undefined : isOpen}
        onPress={press}
      >
        {isShort ? t('short') : words}
      </Button>
      <PollDialog
        isOpen={isMaking}
        prepared={prepared}
        onStart={(pollId, draft) => call.startPoll(pollId, draft)}
        onClose={() => {
          setMaking(false);
          onDone?.();
        }}
      />
    </>
  );
}
