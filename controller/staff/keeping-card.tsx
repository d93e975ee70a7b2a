/** How long what the meeting leaves behind is kept, when the next of it goes, what of it guests see; hosts narrow both, save or delete all of it. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type MeetingDetail, meetingsApi } from '#contract/http/meetings-api.ts';
import { type RecordKeeping, recordApi } from '#contract/http/record-api.ts';
import { type GuestRecordRule, GuestRecordScope, narrowerGuestRecord } from '#contract/meeting-policy.ts';
import { Card } from '#ui/card.tsx';
import { ConfirmDialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { ToggleGroup } from '#ui/toggle-group.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { dateOnly } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { AS_ITS_PLACE } from './meeting-form.ts';
import { MeetingPartState } from './meeting-part-state.tsx';
import { useMeetingPart } from './use-meeting-part.ts';
import { WholeRecord } from './whole-record.tsx';

const OWN_DAYS = [7, 30, 90];

type KeepingCardProps = {
  meeting: MeetingDetail;
  isHost: boolean;
  /** what guests see of it is another, or all that it left behind is gone */
  onChanged: () => void;
};

export function KeepingCard({ meeting, isHost, onChanged }: KeepingCardProps) {
  const { t } = useTranslation('record');
  const part = useMeetingPart(meeting, readKeeping);
  const { known } = part;
  // who manages meetings without being one of the people
  if (part.problem?.code === 'forbidden') return null;
  return (
    <Card title={t('keeping.title')}>
      <div className="flex flex-col gap-4">
        <MeetingPartState part={part} />
        {known && (
          <>
            <KindLines kinds={known.kinds} />
            {isHost && <OwnDays meetingId={meeting.meetingId} ownDays={known.ownDays} onChanged={part.refresh} />}
            {!meeting.isCancelled && <GuestsAfter meeting={meeting} isHost={isHost} onChanged={onChanged} />}
          </>
        )}
        {isHost && <WholeRecord meetingId={meeting.meetingId} onDeleted={onChanged} />}
      </div>
    </Card>
  );
}

const readKeeping = (meetingId: string, signal: AbortSignal): Promise<RecordKeeping> =>
  callApi(recordApi.recordKeeping, { params: { meetingId }, signal });

function KindLines({ kinds }: Pick<RecordKeeping, 'kinds'>) {
  const { t } = useTranslation('record');
  if (kinds.every(({ days }) => days === null))
    return <p className="text-base text-quiet">{t('keeping.allForGood')}</p>;
  return (
    <>
      <dl className="flex flex-col">
        {kinds.map(({ kind, days, dueAtMs }) => (
          <div key={kind} className="border-t border-line py-2 first:border-0">
            <dt className="text-base font-medium">{t(`keeping.kinds.${kind}`)}</dt>
            <dd className="numerals text-base text-quiet">
              {[
                days === null ? t('keeping.forGood') : t('keeping.days', { count: days }),
                ...(dueAtMs === null ? [] : [dueWords(dueAtMs)]),
              ].join(' · ')}
            </dd>
          </div>
        ))}
      </dl>
      <p className="text-small text-quiet">{t('keeping.lead')}</p>
    </>
  );

  function dueWords(dueAtMs: number): string {
    if (dueAtMs <= Date.now()) return t('keeping.goesSoon');
    return t('keeping.goesOn', { date: dateOnly(dueAtMs, currentLanguage()) });
  }
}

type OwnDaysProps = { meetingId: string; ownDays: number | null; onChanged: () => void };

function OwnDays({ meetingId, ownDays, onChanged }: OwnDaysProps) {
  const { t } = useTranslation('record');
  const [asked, setAsked] = useState<number | null>(null);
  const { run, isPending, problem } = useAsyncAction();
  const set = async (days: number | null) => {
    setAsked(null);
    if ((await run(() => callApi(recordApi.setRecordKeeping, { params: { meetingId }, body: { days } }))) !== null)
      onChanged();
  };
  // one that was set by another way is among them
  const choices = [...new Set([...OWN_DAYS, ...(ownDays === null ? [] : [ownDays])])].sort((a, b) => a - b);
  return (
    <div className="flex flex-col gap-2 border-t border-line pt-3">
      <p className="text-base font-medium">{t('keeping.own')}</p>
      <ToggleGroup
        label={t('keeping.own')}
        choices={[
          { key: 'as-usual', words: t('keeping.asUsual') },
          ...choices.map((count) => ({ key: String(count), words: t('keeping.days', { count }) })),
        ]}
        chosen={ownDays === null ? 'as-usual' : String(ownDays)}
        isDisabled={isPending}
        onChoose={(key) => (key === 'as-usual' ? void set(null) : setAsked(Number(key)))}
      />
      <p className="text-small text-quiet">{t('keeping.ownHint')}</p>
      <ProblemWords problem={problem} />
      <ConfirmDialog
        title={t('keeping.ownTitle', { count: asked ?? 0 })}
        body={t('keeping.ownBody')}
        action={t('keeping.ownAction')}
        isOpen={asked !== null}
        onConfirm={() => asked !== null && void set(asked)}
        onClose={() => setAsked(null)}
      />
    </div>
  );
}

/** Nothing where guests see nothing by the rule of its place. */
function GuestsAfter({ meeting, isHost, onChanged }: KeepingCardProps) {
  const { t } = useTranslation('record');
  const { run, isPending, problem } = useAsyncAction();
  const { meetingId, policy, guestRecordOfPlace: ofPlace, hostAccountId } = meeting;
  if (ofPlace.shows === 'nothing' || !policy.guestsAllowed || hostAccountId === undefined) return null;
  const { shows, days } = narrowerGuestRecord(ofPlace, policy.guestRecord);
  const less = GuestRecordScope.options.filter((each) => isLess(each, ofPlace.shows));
  const set = async (guestRecord: GuestRecordRule) => {
    const asked = { params: { meetingId }, body: { ...policy, guestRecord } };
    if ((await run(() => callApi(meetingsApi.setMeetingPolicy, asked))) !== null) onChanged();
  };
  return (
    <div className="flex flex-col gap-2 border-t border-line pt-3">
      <p className="text-base font-medium">{t('guests.title')}</p>
      <p className="numerals text-base text-quiet">
        {shows === 'nothing' ? t('guests.nothing') : `${t(`guests.${shows}`)} · ${t('keeping.days', { count: days })}`}
      </p>
      {isHost && (
        <ToggleGroup
          label={t('guests.title')}
          choices={[
            { key: 'as-usual', words: t('keeping.asUsual') },
            ...less
              .toReversed()
              .map((key) => ({ key, words: t(`guests.only.${key as Exclude<GuestRecordScope, 'documents'>}`) })),
          ]}
          chosen={isLess(shows, ofPlace.shows) ? shows : 'as-usual'}
          isDisabled={isPending}
          onChoose={(key) =>
            void set(key === 'as-usual' ? AS_ITS_PLACE : { ...AS_ITS_PLACE, shows: key as GuestRecordScope })
          }
        />
      )}
      {isHost && <p className="text-small text-quiet">{t('guests.hint')}</p>}
      <ProblemWords problem={problem} />
    </div>
  );
}

const isLess = (one: GuestRecordScope, other: GuestRecordScope): boolean =>
  GuestRecordScope.options.indexOf(one) < GuestRecordScope.options.indexOf(other);
