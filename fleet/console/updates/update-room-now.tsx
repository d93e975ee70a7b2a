/** This room now: outside of its hours and before its ring, never in a meeting. Asked once, with what it means for the room. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RoomOverview } from '#contract/http/rooms-api.ts';
import { updatesApi } from '#contract/http/updates-api.ts';
import type { RoomUpdate } from '#contract/room-update.ts';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { Spinner } from '#ui/progress.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { useMay } from '../account.ts';
import { SelectField } from '../select-field.tsx';

type ReleaseChoice = { releaseId: string; version: string };
type UpdateRoomNowProps = {
  room: RoomOverview;
  /** what it is to run already; null: a release is chosen */
  wanted: RoomUpdate['wanted'];
  isOpen: boolean;
  onClose: () => void;
  onDone: () => void;
};

export function UpdateRoomNow({ room, wanted, isOpen, onClose, onDone }: UpdateRoomNowProps) {
  const { t } = useTranslation('updates');
  const [isAsked, setAsked] = useState(false);
  useEffect(() => {
    if (isOpen) setAsked(false);
  }, [isOpen]);
  return (
    <>
      {isAsked && (
        <p role="status" className="mt-3 text-small font-semibold text-accent">
          {t('software.asked')}
        </p>
      )}
      <Dialog
        title={t('software.nowTitle', { room: room.roomName })}
        isOpen={isOpen}
        onClose={onClose}
        role="alertdialog"
      >
        <Question
          room={room}
          wanted={wanted}
          onClose={onClose}
          onDone={() => {
            setAsked(true);
            onClose();
            onDone();
          }}
        />
      </Dialog>
    </>
  );
}

type QuestionProps = Omit<UpdateRoomNowProps, 'isOpen'>;

function Question({ room, wanted, onClose, onDone }: QuestionProps) {
  const { t } = useTranslation('updates');
  const { t: common } = useTranslation('common');
  const { choices, problem: choicesProblem } = useReleaseChoices(wanted);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const { run, isPending, problem } = useAsyncAction();
  const { roomId } = room;
  const chosen = choices?.find(({ releaseId }) => releaseId === chosenId) ?? choices?.[0];
  const update = async () => {
    if (chosen === undefined) return;
    const body = { releaseId: chosen.releaseId };
    if ((await run(() => callApi(updatesApi.updateRoomNow, { params: { roomId }, body }))) !== null) onDone();
  };
  return (
    <>
      <ProblemWords problem={problem ?? choicesProblem} />
      {choices === null && choicesProblem === null && (
        <p role="status" className="flex items-center gap-3 text-quiet">
          <Spinner /> {t('loading')}
        </p>
      )}
      {choices?.length === 0 && <p>{t('plan.noRelease')}</p>}
      {choices !== null && choices.length > 1 && chosen !== undefined && (
        <SelectField
          label={t('software.release')}
          isWordy
          choices={choices.map(({ releaseId, version }) => ({ key: releaseId, words: version }))}
          chosen={chosen.releaseId}
          onChoose={setChosenId}
        />
      )}
      {chosen !== undefined && (
        <>
          <p className="text-base text-quiet">{t('software.nowBody', { version: chosen.version })}</p>
          <p className="font-medium">{t(room.call === null ? 'software.nowNever' : 'software.nowInMeeting')}</p>
        </>
      )}
      <div className="mt-1 flex flex-col gap-3 sm:flex-row-reverse">
        {chosen !== undefined && (
          <Button
            variant="primary"
            size="large"
            className="flex-auto"
            isPending={isPending}
            onPress={() => void update()}
          >
            {t('software.now')}
          </Button>
        )}
        <Button size="large" className="flex-auto" onPress={onClose}>
          {common('notNow')}
        </Button>
      </div>
    </>
  );
}

/** Those for kiosks, the newest first; where the room is to run one already, that one alone. */
function useReleaseChoices(wanted: RoomUpdate['wanted']) {
  const [choices, setChoices] = useState<readonly ReleaseChoice[] | null>(wanted === null ? null : [wanted]);
  const maySeeAll = useMay('rooms.view');
  const { run, problem } = useAsyncAction();
  useEffect(() => {
    if (wanted !== null) return;
    // of an account of a place or a room: nothing is offered, and a rollout names the release
    if (!maySeeAll) return setChoices([]);
    void run(() => callApi(updatesApi.updatesOverview)).then((overview) => {
      if (overview === null) return;
      const offered = overview.releases.map(({ facts }) => facts).filter(({ role }) => role === 'kiosk');
      setChoices(offered.toSorted((a, b) => b.madeAtMs - a.madeAtMs));
    });
  }, [wanted, maySeeAll, run]);
  return { choices, problem };
}
