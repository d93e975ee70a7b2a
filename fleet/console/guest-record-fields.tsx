/** What guests see of a place's meetings afterwards, and for how many days. */
import { useTranslation } from 'react-i18next';
import { type GuestRecordRule, GuestRecordScope } from '#contract/meeting-policy.ts';
import { SelectField } from './select-field.tsx';

const SHOWN_DAYS = [1, 3, 7, 14, 30, 90];

type GuestRecordFieldsProps = { rule: GuestRecordRule; onChange: (rule: GuestRecordRule) => void };

export function GuestRecordFields({ rule, onChange }: GuestRecordFieldsProps) {
  const { t } = useTranslation('people');
  // one that was set by another way is among them
  const days = [...new Set([...SHOWN_DAYS, rule.days])].sort((a, b) => a - b);
  return (
    <div className="flex flex-col gap-4">
      <SelectField
        isWordy
        label={t('places.guestRecord.title')}
        choices={GuestRecordScope.options.map((key) => ({ key, words: t(`places.guestRecord.${key}`) }))}
        chosen={rule.shows}
        onChoose={(shows) => onChange({ ...rule, shows })}
      />
      {rule.shows !== 'nothing' && (
        <SelectField
          isWordy
          label={t('places.guestRecord.for')}
          choices={days.map((count) => ({ key: String(count), words: t('places.kept.days', { count }) }))}
          chosen={String(rule.days)}
          onChoose={(key) => onChange({ ...rule, days: Number(key) })}
        />
      )}
    </div>
  );
}
