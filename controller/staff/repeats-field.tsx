/** How a new meeting repeats: how often, until when, and what comes of it. */
import { useTranslation } from 'react-i18next';
import {
  MAX_REPEATED_MEETINGS,
  MAX_REPEATED_INVITATIONS,
  RepetitionRhythm,
  repetitionDays,
} from '#contract/meeting-repetition.ts';
import { ChoiceList } from '#ui/choice-list.tsx';
import { OnOff } from '#ui/on-off.tsx';
import { DateField } from '#ui/date-field.tsx';
import { TextField } from '#ui/text-field.tsx';
import { ToggleGroup } from '#ui/toggle-group.tsx';
import { dateOnly, groupedNumber } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { type FormRepetition, localDateTime, type MeetingForm, repetitionOfForm, startOf } from './meeting-form.ts';

const USUAL: FormRepetition = { every: 'week', endsBy: 'count', count: '10', untilDay: '' };
const USUAL_SPAN_MS = 90 * 86_400_000;

type RepeatsFieldProps = {
  form: MeetingForm;
  isWrong: boolean;
  onChange: (repeats: FormRepetition | null) => void;
};

export function RepeatsField({ form, isWrong, onChange }: RepeatsFieldProps) {
  const { t } = useTranslation('series');
  const { repeats } = form;
  const startMs = startOf(form) ?? Date.now();
  const set = (change: Partial<FormRepetition>) => repeats && onChange({ ...repeats, ...change });
  const problem = isWrong
    ? t('repeat.wrong', {
        meetings: MAX_REPEATED_MEETINGS,
        invitations: groupedNumber(MAX_REPEATED_INVITATIONS, currentLanguage()),
      })
    : null;
  return (
    <div className="flex flex-col gap-3">
      <OnOff
        isOn={repeats !== null}
        onChange={(isOn) => onChange(isOn ? { ...USUAL, untilDay: localDateTime(startMs + USUAL_SPAN_MS).date } : null)}
      >
        {t('repeat.on')}
      </OnOff>
      {repeats !== null && (
        <>
          <ChoiceList
            label={t('repeat.rhythm')}
            chosen={repeats.every}
            pending={null}
            choices={RepetitionRhythm.options.map((key) => ({ key, words: t(`repeat.every.${key}`) }))}
            onChoose={(every) => set({ every: every as RepetitionRhythm })}
          />
          <ToggleGroup
            label={t('repeat.ends')}
            chosen={repeats.endsBy}
            choices={[
              { key: 'count', words: t('repeat.endsByCount') },
              { key: 'day', words: t('repeat.endsByDay') },
            ]}
            onChoose={(endsBy) => set({ endsBy })}
          />
          {repeats.endsBy === 'count' ? (
            <TextField
              label={t('repeat.count')}
              inputMode="numeric"
              maxLength={2}
              value={repeats.count}
              problem={problem}
              onChange={(count) => set({ count })}
            />
          ) : (
            <DateField
              label={t('repeat.untilDay')}
              value={repeats.untilDay}
              problem={problem}
              onChange={(untilDay) => set({ untilDay })}
            />
          )}
          <RepetitionWords form={form} />
        </>
      )}
    </div>
  );
}

/** Nothing while it cannot be made. */
function RepetitionWords({ form }: { form: MeetingForm }) {
  const { t } = useTranslation('series');
  const repetition = repetitionOfForm(form);
  if (repetition === null || startOf(form) === null) return null;
  const days = repetitionDays(form.date, repetition);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined || days.length < 2 || days.length > MAX_REPEATED_MEETINGS) return null;
  const dateOf = (date: string) => dateOnly(startOf({ date, time: '12:00' })!, currentLanguage());
  return (
    <p role="status" className="numerals text-small text-quiet">
      {t('repeat.comes', { count: days.length, first: dateOf(first), last: dateOf(last) })}
      {repetition.every === 'month' && Number(form.date.slice(8)) > 28 && ` ${t('repeat.shortMonths')}`}
      {` ${t('repeat.rooms')}`}
    </p>
  );
}
