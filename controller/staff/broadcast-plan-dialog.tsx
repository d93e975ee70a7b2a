/** A broadcast is planned or changed here: title, time, who may watch, picture. */
import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type AudienceChoices, broadcastsApi, type PlannedBroadcast } from '#contract/http/broadcasts-api.ts';
import { Button } from '#ui/button.tsx';
import { CheckList } from '#ui/check-list.tsx';
import { DateField } from '#ui/date-field.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { OnOff } from '#ui/on-off.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { TextField } from '#ui/text-field.tsx';
import { ToggleGroup } from '#ui/toggle-group.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { titleLettersLeft } from './meeting-form.ts';
import { type PlanForm, type PlanProblem, broadcastPlanOf, planProblemsOf, wrongRange } from './broadcast-plan.ts';
import { useLiveHome } from './live-home.ts';

type PlanDialogProps = {
  meetingId: string;
  /** null: it is planned anew */
  broadcastId: string | null;
  initial: PlanForm;
  /** then its title and audience alone can be changed */
  isRunning: boolean;
  onSaved: (broadcast: PlannedBroadcast) => void;
  onClose: () => void;
};

export function BroadcastPlanDialog(props: PlanDialogProps) {
  const { meetingId, broadcastId, initial, isRunning, onSaved, onClose } = props;
  const { t } = useTranslation('broadcast');
  const live = useLiveHome();
  const [form, setForm] = useState(initial);
  const [isChecked, setChecked] = useState(false);
  const { run, isPending, problem } = useAsyncAction();
  const problems = isChecked ? planProblemsOf(form, Date.now(), isRunning) : NO_PROBLEMS;
  const set = (change: Partial<PlanForm>) => setForm((before) => ({ ...before, ...change }));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (planProblemsOf(form, Date.now(), isRunning).size > 0 || isPending) return;
    const body = broadcastPlanOf(form, isRunning);
    const answer = await run(() =>
      (broadcastId === null
        ? callApi(broadcastsApi.planBroadcast, { params: { meetingId }, body })
        : callApi(broadcastsApi.changeBroadcast, { params: { meetingId, broadcastId }, body })
      ).catch((error: unknown) => {
        live.failed(error);
        throw error;
      }),
    );
    if (answer !== null) onSaved(answer.broadcast);
  };
  return (
    <Dialog title={t(broadcastId === null ? 'plan.planTitle' : 'plan.changeTitle')} isOpen onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5" noValidate>
        <TextField
          label={t('plan.title')}
          value={form.title}
          lettersLeft={titleLettersLeft(form.title)}
          autoComplete="off"
          problem={problems.has('title') ? t('needed', { ns: 'common' }) : null}
          onChange={(title) => set({ title })}
        />
        {isRunning ? (
          <p className="text-small text-quiet">{t('plan.fixed')}</p>
        ) : (
          <When form={form} problems={problems} onChange={set} />
        )}
        <Audience meetingId={meetingId} form={form} problems={problems} onChange={set} />
        {!isRunning && <Quality form={form} onChange={set} />}
        <ProblemWords problem={problem} />
        <Button type="submit" variant="primary" size="large" isPending={isPending}>
          {t(broadcastId === null ? 'plan.action' : 'plan.save')}
        </Button>
        <Button size="large" onPress={onClose}>
          {t('close', { ns: 'common' })}
        </Button>
      </form>
    </Dialog>
  );
}

const NO_PROBLEMS: ReadonlySet<PlanProblem> = new Set();
type PartProps = { form: PlanForm; onChange: (change: Partial<PlanForm>) => void };
type CheckedProps = PartProps & { problems: ReadonlySet<PlanProblem> };

function When({ form, problems, onChange }: CheckedProps) {
  const { t } = useTranslation('broadcast');
  const wrong = problems.has('when') ? t('plan.whenMissing') : problems.has('past') ? t('plan.inPast') : null;
  return (
    <div className="flex flex-col gap-3">
      <ToggleGroup
        label={t('plan.when')}
        chosen={form.hasTime ? 'timed' : 'by-hand'}
        choices={[
          { key: 'timed', words: t('plan.timed') },
          { key: 'by-hand', words: t('plan.byHand') },
        ]}
        onChoose={(key) => onChange({ hasTime: key === 'timed' })}
      />
      {form.hasTime && (
        <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,9.5rem),1fr))] gap-4">
          <DateField label={t('plan.date')} value={form.date} problem={wrong} onChange={(date) => onChange({ date })} />
          <TextField label={t('plan.time')} type="time" value={form.time} onChange={(time) => onChange({ time })} />
        </div>
      )}
      <p className="text-small text-quiet">{t(form.hasTime ? 'plan.timedNote' : 'plan.byHandNote')}</p>
    </div>
  );
}

function Audience({ meetingId, form, problems, onChange }: CheckedProps & { meetingId: string }) {
  const { t } = useTranslation('broadcast');
  const choices = useAudienceChoices(meetingId, !form.isForAll);
  // what was chosen before stays to be seen, and taken back
  const places = choices?.places ?? [];
  const groups = [...new Set([...(choices?.groups ?? []), ...form.groups])];
  return (
    <div className="flex flex-col gap-3">
      <p className="text-base font-medium">{t('plan.audience')}</p>
      <ToggleGroup
        label={t('plan.audience')}
        chosen={form.isForAll ? 'everyone' : 'some'}
        choices={[
          { key: 'everyone', words: t('plan.everyone') },
          { key: 'some', words: t('plan.some') },
        ]}
        onChoose={(key) => onChange({ isForAll: key === 'everyone' })}
      />
      {!form.isForAll && (
        <>
          {places.length > 0 && (
            <CheckList
              label={t('plan.places')}
              choices={places.map(({ placeId, placeName }) => ({ key: placeId, words: placeName }))}
              chosen={form.placeIds}
              onChange={(placeIds) => onChange({ placeIds })}
            />
          )}
          {groups.length > 0 && (
            <CheckList
              label={t('plan.groups')}
              choices={groups.map((group) => ({ key: group, words: group }))}
              chosen={form.groups}
              onChange={(chosen) => onChange({ groups: chosen })}
            />
          )}
          <TextField
            label={t('plan.ranges')}
            hint={t('plan.rangesHint')}
            value={form.ranges}
            autoComplete="off"
            problem={problems.has('ranges') ? t('plan.rangesWrong', { range: wrongRange(form) ?? '' }) : null}
            onChange={(ranges) => onChange({ ranges })}
          />
        </>
      )}
    </div>
  );
}

/** null: not known yet, or not to be had: then addresses alone restrict it. */
function useAudienceChoices(meetingId: string, isWanted: boolean): AudienceChoices | null {
  const [choices, setChoices] = useState<AudienceChoices | null>(null);
  useEffect(() => {
    if (!isWanted) return;
    const asking = new AbortController();
    callApi(broadcastsApi.audienceChoices, { params: { meetingId }, signal: asking.signal }).then(setChoices, () => {});
    return () => asking.abort();
  }, [meetingId, isWanted]);
  return choices;
}

function Quality({ form, onChange }: PartProps) {
  const { t } = useTranslation('broadcast');
  return (
    <div className="flex flex-col gap-3">
      <p className="text-base font-medium">{t('plan.quality')}</p>
      <ToggleGroup
        label={t('plan.quality')}
        chosen={form.height === 720 ? '720' : '1080'}
        choices={[
          { key: '720', words: t('plan.q720') },
          { key: '1080', words: t('plan.q1080') },
        ]}
        onChoose={(key) => onChange({ height: key === '720' ? 720 : 1080 })}
      />
      <OnOff note={t('plan.nearLiveNote')} isOn={form.isNearLive} onChange={(isNearLive) => onChange({ isNearLive })}>
        {t('plan.nearLive')}
      </OnOff>
    </div>
  );
}
