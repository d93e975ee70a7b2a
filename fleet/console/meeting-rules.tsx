/** What a place, or the organisation, sets for its meetings: who comes in, from which addresses, what guests see afterwards, how long it is kept. */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AddressRange } from '#contract/address-range.ts';
import { type MeetingDefaults, placesApi } from '#contract/http/places-api.ts';
import { recordApi } from '#contract/http/record-api.ts';
import { Admission, DEFAULT_MEETING_POLICY, type MeetingPolicy } from '#contract/meeting-policy.ts';
import type { RecordPolicy } from '#contract/record-policy.ts';
import { Button } from '#ui/button.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { OnOff } from '#ui/on-off.tsx';
import { TextField } from '#ui/text-field.tsx';
import { useFreshAction } from './fresh-sign-in.tsx';
import { GuestRecordFields } from './guest-record-fields.tsx';
import { RecordPolicyFields } from './record-policy-fields.tsx';
import { SelectField } from './select-field.tsx';

type MeetingRulesProps = {
  /** null: of the organisation */
  placeId: string | null;
  defaults: MeetingDefaults;
  /** null: not known */
  kept: { policy: RecordPolicy; above: readonly RecordPolicy[] } | null;
  onDone: () => void;
};

export function MeetingRules({ placeId, defaults, kept, onDone }: MeetingRulesProps) {
  const { t } = useTranslation('people');
  // nothing stands above the organisation
  const [policy, setPolicy] = useState<MeetingPolicy | null>(
    defaults.meetingPolicy ?? (placeId === null ? DEFAULT_MEETING_POLICY : null),
  );
  const [typed, setTyped] = useState(defaults.allowedRanges.join(' '));
  const [recordPolicy, setRecordPolicy] = useState(kept?.policy ?? null);
  const [checked, setChecked] = useState(false);
  const { run, isPending, problem } = useFreshAction();
  const allowedRanges = typed.split(/[\s,]+/).filter((range) => range !== '');
  const wrong = allowedRanges.find((range) => !AddressRange.safeParse(range).success);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (wrong !== undefined || isPending) return;
    const body = { meetingPolicy: policy, allowedRanges };
    const answer = await run(async () => {
      await (placeId === null
        ? callApi(placesApi.setOrganisationDefaults, { body })
        : callApi(placesApi.setPlaceDefaults, { params: { placeId }, body }));
      if (recordPolicy === null || recordPolicy === kept?.policy) return {};
      return placeId === null
        ? callApi(recordApi.setRecordPolicy, { body: recordPolicy })
        : callApi(recordApi.setPlaceRecordPolicy, { params: { placeId }, body: recordPolicy });
    });
    if (answer !== null) onDone();
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5" noValidate>
      <SelectField
        isWordy
        label={t('places.admission')}
        choices={[
          ...(placeId === null ? [] : [{ key: 'inherit' as const, words: t('places.inherit') }]),
          ...Admission.options.map((key) => ({ key, words: t(`places.${key}`) })),
        ]}
        chosen={policy?.admission ?? 'inherit'}
        onChoose={(admission) =>
          setPolicy(admission === 'inherit' ? null : { ...(policy ?? DEFAULT_MEETING_POLICY), admission })
        }
      />
      {policy !== null && (
        <div className="flex flex-col">
          <OnOff isOn={policy.joinBeforeHost} onChange={(joinBeforeHost) => setPolicy({ ...policy, joinBeforeHost })}>
            {t('places.joinBeforeHost')}
          </OnOff>
          <OnOff isOn={policy.guestsAllowed} onChange={(guestsAllowed) => setPolicy({ ...policy, guestsAllowed })}>
            {t('places.guestsAllowed')}
          </OnOff>
          <OnOff isOn={policy.transcript} onChange={(transcript) => setPolicy({ ...policy, transcript })}>
            {t('places.transcript')}
          </OnOff>
        </div>
      )}
      {policy?.guestsAllowed && (
        <GuestRecordFields
          rule={policy.guestRecord}
          onChange={(guestRecord) => setPolicy({ ...policy, guestRecord })}
        />
      )}
      <TextField
        label={t('places.ranges')}
        hint={t('places.rangesHint')}
        value={typed}
        onChange={setTyped}
        problem={checked && wrong !== undefined ? t('places.rangesWrong', { range: wrong }) : null}
      />
      {recordPolicy !== null && kept !== null && (
        <RecordPolicyFields policy={recordPolicy} above={kept.above} onChange={setRecordPolicy} />
      )}
      <ProblemWords problem={problem} />
      <Button type="submit" variant="primary" size="large" isPending={isPending}>
        {t('save')}
      </Button>
    </form>
  );
}
