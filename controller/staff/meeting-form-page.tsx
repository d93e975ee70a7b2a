/** A meeting is made or changed here: title, time, people, rooms, and who comes in. */
import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type FollowingConflict, type MeetingDetail, meetingsApi } from '#contract/http/meetings-api.ts';
import { Admission } from '#contract/meeting-policy.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ChoiceList } from '#ui/choice-list.tsx';
import { DateField } from '#ui/date-field.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { OnOff } from '#ui/on-off.tsx';
import { TextArea } from '#ui/text-area.tsx';
import { TextField } from '#ui/text-field.tsx';
import { ToggleGroup } from '#ui/toggle-group.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { useSameId } from '#ui/use-same-id.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { useLiveHome } from './live-home.ts';
import {
  draftOfForm,
  emptyForm,
  type FormAdmission,
  formOf,
  type FormProblem,
  isTooManyToFollow,
  type MeetingForm,
  minutesOf,
  newMeetingOfForm,
  problemsOf,
  startOf,
  titleLettersLeft,
} from './meeting-form.ts';
import { BusyRooms, type ChangeScope, type Following, followingOf, ScopeCard } from './change-scope.tsx';
import { StaffLoading, PageHead } from './parts.tsx';
import { PeopleToInvite } from './people-to-invite.tsx';
import { RepeatsField } from './repeats-field.tsx';
import { RoomsCard } from './rooms-card.tsx';
import { useMeeting } from './use-meeting.ts';

const DURATIONS = ['15', '30', '60', '90'] as const;

const FIELD_OF = {
  title: 'form.title',
  'title-too-long': 'form.title',
  when: 'form.when',
  minutes: 'form.minutes',
  agenda: 'form.agenda',
  repeats: 'form.repeats',
  scope: 'form.scope',
} as const satisfies Record<FormProblem, string>;

export function NewMeetingPage() {
  const { t } = useTranslation('staff');
  const [initial] = useState(() => emptyForm(Date.now()));
  const withSameId = useSameId();
  return (
    <>
      <PageHead title={t('form.newTitle')} />
      <MeetingFormOf
        initial={initial}
        meetingId={null}
        action={t('form.create')}
        send={(form) => {
          const body = { ...newMeetingOfForm(form), language: currentLanguage() };
          // what failed may have been made all the same
          return withSameId(
            body,
            async (requestId) => (await callApi(meetingsApi.createMeeting, { body: { ...body, requestId } })).meeting,
          );
        }}
      />
    </>
  );
}

export function ChangeMeetingPage({ meetingId, accountId }: { meetingId: string; accountId: string }) {
  const { t } = useTranslation('staff');
  const { meeting, problem } = useMeeting(meetingId);
  type Initial = { form: MeetingForm; sequence: number; isOfCalendar: boolean; following: Following | null };
  // what changes meanwhile does not overwrite what is typed
  const [initial, setInitial] = useState<Initial | null>(null);
  const [conflicts, setConflicts] = useState<readonly FollowingConflict[]>([]);
  const withSameId = useSameId();
  useEffect(() => {
    if (meeting === null) return;
    const { sequence, isOfCalendar = false } = meeting;
    const following = followingOf(meeting, accountId);
    setInitial((before) => before ?? { form: formOf(meeting, Date.now()), sequence, isOfCalendar, following });
  }, [meeting, accountId]);
  return (
    <>
      <PageHead title={t('form.changeTitle')} backTo={`#/meetings/${meetingId}`} />
      {initial === null ? (
        problem === null ? (
          <StaffLoading />
        ) : (
          <ProblemWords problem={problem} />
        )
      ) : (
        <MeetingFormOf
          initial={initial.form}
          meetingId={meetingId}
          isOfCalendar={initial.isOfCalendar}
          following={initial.following}
          conflicts={conflicts}
          action={t('form.save')}
          send={async (form, scope) => {
            setConflicts([]);
            const body = { ...draftOfForm(form), sequence: initial.sequence };
            const params = { meetingId };
            if (scope === 'one') return (await callApi(meetingsApi.changeMeeting, { params, body })).meeting;
            // what failed may have been changed all the same
            const answer = await withSameId(body, (requestId) =>
              callApi(meetingsApi.changeFollowing, { params, body: { ...body, requestId } }),
            );
            setConflicts(answer.conflicts);
            return answer.conflicts.length > 0 ? null : answer.meeting;
          }}
        />
      )}
    </>
  );
}

type MeetingFormOfProps = {
  initial: MeetingForm;
  /** null: it is not made yet */
  meetingId: string | null;
  /** title, time and room are the calendar's */
  isOfCalendar?: boolean;
  action: string;
  /** of the meeting that it follows, offered while the field is empty */
  lastAgenda?: string;
  /** those after it that may be changed with it; null: there are none */
  following?: Following | null;
  /** why the last change of them was not made */
  conflicts?: readonly FollowingConflict[];
  /** null: it was refused, and the form stays */
  send: (form: MeetingForm, scope: ChangeScope) => Promise<MeetingDetail | null>;
};

export function MeetingFormOf({
  initial,
  meetingId,
  isOfCalendar = false,
  action,
  lastAgenda = '',
  following = null,
  conflicts = [],
  send,
}: MeetingFormOfProps) {
  const { t } = useTranslation('staff');
  const { t: series } = useTranslation('series');
  const live = useLiveHome();
  const [form, setForm] = useState(initial);
  const [isChecked, setChecked] = useState(false);
  const { run, isPending, problem } = useAsyncAction();
  const [chosenScope, setScope] = useState<ChangeScope>('one');
  // without a time there is nothing that those that follow could have
  const mayFollow = following !== null && form.hasTime;
  const scope = mayFollow ? chosenScope : 'one';
  const problemsNow = (): ReadonlySet<FormProblem> =>
    scope === 'following' && following !== null && isTooManyToFollow(form, following.laterCount)
      ? new Set([...problemsOf(form), 'scope'])
      : problemsOf(form);
  const problems = isChecked ? problemsNow() : new Set<FormProblem>();
  const set = (change: Partial<MeetingForm>) => setForm((before) => ({ ...before, ...change }));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (problemsNow().size > 0 || isPending) return;
    const made = await run(() =>
      send(form, scope).catch((error: unknown) => {
        live.failed(error);
        throw error;
      }),
    );
    if (made !== null) location.hash = `#/meetings/${made.meetingId}`;
  };
  const startsAtMs = form.hasTime ? startOf(form) : null;
  const minutes = minutesOf(form);
  return (
    <form
      onSubmit={(event) => void submit(event)}
      className="flex flex-col gap-5 lg:grid lg:grid-cols-2 lg:items-start"
      noValidate
    >
      <div className="flex flex-col gap-5">
        <Card>
          <div className="flex flex-col gap-5">
            {isOfCalendar ? (
              <OfCalendar title={form.title} />
            ) : (
              <>
                <TextField
                  label={t('form.title')}
                  value={form.title}
                  lettersLeft={titleLettersLeft(form.title)}
                  autoComplete="off"
                  autoFocus={initial.title === ''}
                  problem={problems.has('title') ? t('form.titleMissing') : null}
                  onChange={(title) => set({ title })}
                />
                <When form={form} problems={problems} onChange={set} />
              </>
            )}
            {meetingId === null && form.hasTime && (
              <RepeatsField form={form} isWrong={problems.has('repeats')} onChange={(repeats) => set({ repeats })} />
            )}
            <TextArea
              label={t('form.agenda')}
              hint={t('form.agendaNote')}
              rows={4}
              maxLength={6_000}
              value={form.agenda}
              problem={problems.has('agenda') ? t('form.agendaWrong') : null}
              onChange={(agenda) => set({ agenda })}
            />
            {lastAgenda !== '' && form.agenda === '' && (
              <Button className="self-start" onPress={() => set({ agenda: lastAgenda })}>
                {series('lastAgenda')}
              </Button>
            )}
          </div>
        </Card>
        {!isOfCalendar && (
          <RoomsCard
            meetingId={meetingId}
            startsAtMs={startsAtMs}
            minutes={minutes}
            chosen={form.roomIds}
            onChange={(roomIds) => set({ roomIds })}
          />
        )}
      </div>
      <div className="flex flex-col gap-5">
        <PeopleToInvite people={form.people} onChange={(people) => set({ people })} />
        <PolicyCard form={form} isNew={meetingId === null} onChange={set} />
        {mayFollow && (
          <ScopeCard
            scope={scope}
            following={following}
            isDayMoved={form.date !== initial.date}
            isWrong={problems.has('scope')}
            onChange={setScope}
          />
        )}
      </div>
      <div className="flex flex-col gap-3 max-lg:sticky max-lg:bottom-0 max-lg:-mx-4 max-lg:bg-surface max-lg:px-4 max-lg:py-3 lg:col-start-2">
        {problems.size > 0 && (
          <p role="alert" className="text-small font-medium text-fault">
            {t('form.check', { fields: [...new Set([...problems].map((each) => t(FIELD_OF[each])))].join(', ') })}
          </p>
        )}
        <ProblemWords problem={problem} />
        {conflicts.length > 0 && <BusyRooms conflicts={conflicts} />}
        <Button type="submit" variant="primary" size="large" isPending={isPending}>
          {action}
        </Button>
      </div>
    </form>
  );
}

function OfCalendar({ title }: { title: string }) {
  const { t } = useTranslation('staff');
  return (
    <div className="flex flex-col gap-2">
      <p className="text-base font-semibold">{title}</p>
      <p className="text-small text-quiet">{t('form.ofCalendar')}</p>
    </div>
  );
}

type PartProps = { form: MeetingForm; onChange: (change: Partial<MeetingForm>) => void };

function When({ form, problems, onChange }: PartProps & { problems: ReadonlySet<FormProblem> }) {
  const { t } = useTranslation('staff');
  return (
    <>
      <ToggleGroup
        label={t('form.when')}
        chosen={form.hasTime ? 'timed' : 'any-time'}
        choices={[
          { key: 'timed', words: t('form.timed') },
          { key: 'any-time', words: t('form.anyTime') },
        ]}
        onChoose={(key) => onChange({ hasTime: key === 'timed' })}
      />
      {form.hasTime ? (
        <>
          <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,11.5rem),1fr))] gap-4">
            <DateField
              label={t('form.date')}
              value={form.date}
              problem={problems.has('when') ? t('form.whenMissing') : null}
              onChange={(date) => onChange({ date })}
            />
            <TextField
              label={t('form.time')}
              type="time"
              value={form.time}
              problem={problems.has('when') ? t('form.whenMissing') : null}
              onChange={(time) => onChange({ time })}
            />
          </div>
          <div className="flex flex-col gap-2">
            <TextField
              label={t('form.minutes')}
              inputMode="numeric"
              value={form.minutes}
              maxLength={4}
              problem={problems.has('minutes') ? t('form.minutesWrong') : null}
              onChange={(minutes) => onChange({ minutes })}
            />
            <ToggleGroup
              label={t('form.durations')}
              chosen={DURATIONS.find((each) => each === form.minutes) ?? null}
              choices={DURATIONS.map((key) => ({ key, words: t('form.minutesShort', { count: Number(key) }) }))}
              onChoose={(minutes) => onChange({ minutes })}
            />
          </div>
          <p className="text-small text-quiet">
            {t('form.zone', { zone: Intl.DateTimeFormat().resolvedOptions().timeZone })}
          </p>
        </>
      ) : (
        <p className="text-small text-quiet">{t('form.anyTimeNote')}</p>
      )}
    </>
  );
}

function PolicyCard({ form, isNew, onChange }: PartProps & { isNew: boolean }) {
  const { t } = useTranslation('staff');
  const { t: words } = useTranslation('meeting');
  const choices: FormAdmission[] = isNew ? ['as-usual', ...Admission.options] : [...Admission.options];
  return (
    <Card title={t('form.policy')}>
      <ChoiceList
        label={t('form.policy')}
        chosen={form.admission}
        pending={null}
        choices={choices.map((key) => ({
          key,
          words: key === 'as-usual' ? t('form.asUsual') : words(`policy.${key}`),
          note: t(`form.policyNote.${key}`),
        }))}
        onChoose={(key) => onChange({ admission: key as FormAdmission })}
      />
      {form.admission !== 'as-usual' && (
        <div className="mt-2 flex flex-col border-t border-line pt-2">
          <OnOff isOn={form.joinBeforeHost} onChange={(joinBeforeHost) => onChange({ joinBeforeHost })}>
            {words('policy.beforeHost')}
          </OnOff>
          <OnOff isOn={form.guestsAllowed} onChange={(guestsAllowed) => onChange({ guestsAllowed })}>
            {t('form.guestsAllowed')}
          </OnOff>
          <OnOff isOn={form.transcript} onChange={(transcript) => onChange({ transcript })}>
            {t('form.transcript')}
          </OnOff>
          {form.allowedRanges.length > 0 && (
            <p className="text-small text-quiet">
              {words('policy.ranges')}: {form.allowedRanges.join(', ')}
            </p>
          )}
        </div>
      )}
    </Card>
  );
}
