/** A host's broadcast of a meeting: directed as on the phone, and planned here. Draws nothing for people without either right. */
import CalendarPlus from 'lucide-react/icons/calendar-plus';
import Pencil from 'lucide-react/icons/pencil';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type BroadcastDesk, isRunning } from '#contract/broadcast.ts';
import { broadcastsApi, type PlannedBroadcast } from '#contract/http/broadcasts-api.ts';
import type { MeetingDetail } from '#contract/http/meetings-api.ts';
import { DirectorCard } from '#ui/broadcast/director-card.tsx';
import { useDirecting } from '#ui/broadcast/use-directing.ts';
import type { FollowedAir } from '#ui/broadcast/use-meeting-air.ts';
import { Button } from '#ui/button.tsx';
import { CopyText } from '#ui/copy-text.tsx';
import { ConfirmDialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { emptyPlan, isWholeStaff, planFormOf } from './broadcast-plan.ts';
import { BroadcastPlanDialog } from './broadcast-plan-dialog.tsx';
import { useLiveHome } from './live-home.ts';
import { StaleNote } from './parts.tsx';

export function MeetingBroadcast({ meeting, followed }: { meeting: MeetingDetail; followed: FollowedAir }) {
  const { air, previewUrl, isConnected, line } = followed;
  const directing = useDirecting(line);
  if (air === null || (!air.mayBroadcast && !air.mayRecord)) return null;
  return (
    <div className="flex flex-col gap-3">
      {!isConnected && <StaleNote />}
      <DirectorCard air={air} directing={directing} people={air.people} previewUrl={previewUrl} hasMark={false}>
        {air.mayBroadcast && <Plan meeting={meeting} desk={air.broadcast} />}
      </DirectorCard>
    </div>
  );
}

/** @param desk null: none is planned or runs */
function Plan({ meeting, desk }: { meeting: MeetingDetail; desk: BroadcastDesk | null }) {
  const { t } = useTranslation('broadcast');
  const { t: common } = useTranslation('common');
  const live = useLiveHome();
  const { meetingId } = meeting;
  const { planned, keep } = usePlanned(meetingId, desk);
  const [open, setOpen] = useState<'plan' | 'cancel' | null>(null);
  const { run, isPending, problem } = useAsyncAction();
  const close = () => setOpen(null);
  const cancel = (broadcastId: string) => {
    close();
    void run(() =>
      callApi(broadcastsApi.cancelBroadcast, { params: { meetingId, broadcastId } }).catch((error: unknown) => {
        live.failed(error);
        throw error;
      }),
    );
  };
  const dialog = open === 'plan' && (
    <BroadcastPlanDialog
      meetingId={meetingId}
      broadcastId={planned?.broadcastId ?? null}
      initial={planned === null ? emptyPlan(meeting, Date.now()) : planFormOf(planned, Date.now())}
      isRunning={desk !== null && isRunning(desk.phase)}
      onSaved={(broadcast) => {
        keep(broadcast);
        close();
      }}
      onClose={close}
    />
  );
  if (desk === null)
    return (
      <>
        <ProblemWords problem={problem} />
        <Button icon={CalendarPlus} onPress={() => setOpen('plan')}>
          {t('plan.action')}
        </Button>
        {dialog}
      </>
    );
  if (planned === null) return null;
  return (
    <div className="flex flex-col gap-3 border-t border-line pt-4">
      <ProblemWords problem={problem} />
      <p className="text-base font-medium">
        <bdi>{planned.title}</bdi>
      </p>
      <p className="text-small text-quiet">
        {t('plan.audienceIs', { who: t(isWholeStaff(planned.audience) ? 'plan.everyone' : 'plan.limited') })}
      </p>
      <CopyText label={t('plan.watchAddress')} text={planned.watchUrl} action={common('copy')} />
      <Button icon={Pencil} onPress={() => setOpen('plan')}>
        {t('plan.change')}
      </Button>
      {desk.phase === 'planned' && (
        <Button variant="danger-quiet" isPending={isPending} onPress={() => setOpen('cancel')}>
          {t('plan.cancel')}
        </Button>
      )}
      {dialog}
      <ConfirmDialog
        title={t('plan.cancelTitle')}
        body={t('plan.cancelBody')}
        action={t('plan.cancel')}
        isOpen={open === 'cancel'}
        onClose={close}
        onConfirm={() => cancel(planned.broadcastId)}
      />
    </div>
  );
}

/** The plan of what is planned or runs, fetched anew with each change of its title, time or phase. null: not known yet */
function usePlanned(meetingId: string, desk: BroadcastDesk | null) {
  const [known, setKnown] = useState<PlannedBroadcast | null>(null);
  const broadcastId = desk?.broadcastId ?? null;
  const asOf = desk === null ? null : [desk.broadcastId, desk.title, desk.startsAtMs, desk.phase].join();
  useEffect(() => {
    if (asOf === null) return;
    const asking = new AbortController();
    callApi(broadcastsApi.plannedBroadcasts, { params: { meetingId }, signal: asking.signal }).then(
      ({ broadcasts }) => setKnown(broadcasts.find((each) => asOf.startsWith(each.broadcastId)) ?? null),
      // the desk still directs it
      () => {},
    );
    return () => asking.abort();
  }, [meetingId, asOf]);
  return { planned: known !== null && known.broadcastId === broadcastId ? known : null, keep: setKnown };
}
