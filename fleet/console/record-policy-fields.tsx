/** How long a place, or the organisation, keeps what meetings leave behind: a period for each kind, none longer than above it. */
import { useTranslation } from 'react-i18next';
import { RECORD_KINDS, type RecordPolicy, shortestPolicy } from '#contract/record-policy.ts';
import { SelectField } from './select-field.tsx';

const KEPT_DAYS = [1, 7, 30, 90, 180, 365, 1_095, 1_825, 3_650];

type RecordPolicyFieldsProps = {
  policy: RecordPolicy;
  /** of the organisation and the places above; empty: it is the organisation's */
  above: readonly RecordPolicy[];
  onChange: (policy: RecordPolicy) => void;
};

export function RecordPolicyFields({ policy, above, onChange }: RecordPolicyFieldsProps) {
  const { t } = useTranslation('people');
  const limits = shortestPolicy(above);
  const words = (days: number | null) =>
    days === null ? t('places.kept.forGood') : t('places.kept.days', { count: days });
  return (
    <fieldset className="flex flex-col gap-3 border-t border-line pt-4">
      <legend className="sr-only">{t('places.kept.title')}</legend>
      <p className="text-base font-semibold" aria-hidden>
        {t('places.kept.title')}
      </p>
      <p className="text-small text-quiet">{t('places.kept.lead')}</p>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 sm:grid-cols-2">
        {RECORD_KINDS.map((kind) => {
          const [own, limit] = [policy[kind], limits[kind]];
          const days = KEPT_DAYS.filter((each) => limit === null || each < limit);
          // one that was set by another way, or before the one above, is among them
          const choices = [...new Set([...days, ...(own === null ? [] : [own])])].sort((a, b) => a - b);
          return (
            <SelectField
              key={kind}
              isWordy
              label={t(`places.kept.${kind}`)}
              choices={[
                {
                  key: 'none',
                  words: above.length === 0 ? words(null) : t('places.kept.asAbove', { period: words(limit) }),
                },
                ...choices.map((each) => ({ key: String(each), words: words(each) })),
              ]}
              chosen={own === null ? 'none' : String(own)}
              onChoose={(key) => onChange({ ...policy, [kind]: key === 'none' ? null : Number(key) })}
            />
          );
        })}
      </div>
    </fieldset>
  );
}
