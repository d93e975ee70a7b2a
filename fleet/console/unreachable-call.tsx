/** A call that people may still be in, though its media server is silent: what that means, and IT's act to give it up. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { meetingsApi } from '#contract/http/meetings-api.ts';
import type { RoomOverview } from '#contract/http/rooms-api.ts';
import { Button } from '#ui/button.tsx';
import { ConfirmDialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';

/** `fetchedAtMs`: when the server answered how long the node has been silent */
export function UnreachableCall({ room, fetchedAtMs }: { room: RoomOverview; fetchedAtMs: number }) {
  const { t } = useTranslation('console');
  const [asking, setAsking] = useState(false);
  const [givenUp, setGivenUp] = useState(false);
  const { run, isPending, problem } = useAsyncAction();
  const { unreachableCall } = room;
  if (unreachableCall === null || givenUp) return null;
  const giveUp = async () => {
    setAsking(false);
    const answer = await run(() => callApi(meetingsApi.giveUpCalls, { params: { roomId: room.roomId } }));
    setGivenUp(answer !== null);
  };
  const minutes = Math.floor((unreachableCall.silentMs + Date.now() - fetchedAtMs) / 60_000);
  return (
    <section className="flex flex-col gap-3 rounded-card bg-warn-soft p-5">
      <p className="font-semibold">{t('unreachableCall.what', { count: unreachableCall.participantCount })}</p>
      <p>
        {t('unreachableCall.since', { count: minutes })} {t('unreachableCall.meaning')}
      </p>
      <ProblemWords problem={problem} />
      <Button className="self-start" isPending={isPending} onPress={() => setAsking(true)}>
        {t('unreachableCall.giveUp')}
      </Button>
      <ConfirmDialog
        title={t('unreachableCall.title')}
        body={t('unreachableCall.body')}
        action={t('unreachableCall.giveUp')}
        isOpen={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => void giveUp()}
      />
    </section>
  );
}
