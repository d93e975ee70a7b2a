/** Polls on the room's phone: start one for everybody, answer for the room, see the numbers, end it and hide its result. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toMaruError } from '#contract/error-codes.ts';
import type { RoomCommand } from '#contract/room-command.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { PollCard } from '#ui/meeting/poll-card.tsx';
import { PollDialog } from '#ui/meeting/poll-dialog.tsx';
import type { RoomLink } from '../link/room-link.ts';
import type { RemoteView } from './projection.ts';
import { type Asking, useProjection } from './use-room.ts';

type RoomPollCardProps = {
  view: Extract<RemoteView, { screen: 'in-call' }>;
  link: Pick<RoomLink, 'command'>;
  asking: Asking;
};

export function RoomPollCard({ view, link, asking }: RoomPollCardProps) {
  const { t } = useTranslation('polls');
  const [isMaking, setMaking] = useState(false);
  const projection = useProjection('poll');
  const known = projection?.callId === view.phase.callId ? projection.poll : null;
  /** shown at once; the room's own answer follows */
  const [chosen, setChosen] = useState<{ pollId: string; choices: number[] } | null>(null);
  const ownChoices = known?.ownChoices.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the room has answered
  useEffect(() => setChosen(null), [ownChoices, known?.result]);
  // a room of before has no polls
  if (projection === null) return null;
  const { ask, pending, report } = asking;
  const answer = (pollId: string, choices: number[]): void => {
    setChosen({ pollId, choices });
    link.command({ name: 'answer-poll', pollId, choices }).catch((error: unknown) => {
      setChosen(null);
      report(toMaruError(error));
    });
  };
  const act = (name: 'end-poll' | 'hide-poll', pollId: string) => () => ask({ name, pollId } satisfies RoomCommand);
  const poll = known && (chosen?.pollId === known.pollId ? { ...known, ownChoices: chosen.choices } : known);
  return (
    <>
      {poll !== null && (
        <PollCard
          poll={poll}
          mayKeep
          onAnswer={(choices) => answer(poll.pollId, choices)}
          onEnd={act('end-poll', poll.pollId)}
          onHide={act('hide-poll', poll.pollId)}
          isPending={pending('end-poll') !== null || pending('hide-poll') !== null}
          onClose={null}
          className="shadow-card!"
        />
      )}
      {poll?.result !== null && (
        <Card title={t('section')} aside={<Button onPress={() => setMaking(true)}>{t('new')}</Button>}>
          <p className="text-base text-quiet">{t('ofRoom')}</p>
        </Card>
      )}
      <PollDialog
        isOpen={isMaking}
        onStart={(pollId, draft) => link.command({ name: 'start-poll', pollId, draft }).then(() => undefined)}
        onClose={() => setMaking(false)}
      />
    </>
  );
}
