/** One ring of a plan: its rooms by name, by place and by share, its soak, and whether a person lets the next one begin. */
import Trash2 from 'lucide-react/icons/trash-2';
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { OnOff } from '#ui/on-off.tsx';
import { TextField } from '#ui/text-field.tsx';
import type { PlaceInTree } from '../use-places.ts';
import { PlaceChoice } from './place-choice.tsx';
import { DRAFT_RANGES, type NumberField, type RingDraft, type RingProblem } from './rollout-draft.ts';
import { RoomPicker } from './room-picker.tsx';

type RingFieldsProps = {
  ring: RingDraft;
  index: number;
  isLast: boolean;
  /** null: it is the only one */
  onRemove: (() => void) | null;
  places: readonly PlaceInTree[];
  /** shown only after a first try to start */
  problems: readonly RingProblem[];
  onChange: (changes: Partial<RingDraft>) => void;
};

export function useRangeWords(): (field: NumberField) => string {
  const { t } = useTranslation('updates');
  return (field) => {
    const [min, max] = DRAFT_RANGES[field];
    return t('plan.problem.number', { min, max });
  };
}

export function RingFields({ ring, index, isLast, onRemove, places, problems, onChange }: RingFieldsProps) {
  const { t } = useTranslation('updates');
  const range = useRangeWords();
  const wrong = (field: NumberField) =>
    problems.some((each) => typeof each === 'object' && 'field' in each && each.field === field) ? range(field) : null;
  const falling = problems.find((each) => typeof each === 'object' && 'falling' in each);
  const name = ring.name.trim() === '' ? t('ring.number', { number: index + 1 }) : ring.name;
  return (
    <li className="flex flex-col gap-5 rounded-card bg-raised p-5 shadow-card">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h3 className="text-base font-semibold">{t('ring.number', { number: index + 1 })}</h3>
        {onRemove !== null && (
          <Button
            variant="danger-quiet"
            icon={Trash2}
            aria-label={t('plan.removeRing', { ring: name })}
            onPress={onRemove}
          >
            {t('plan.remove')}
          </Button>
        )}
      </div>
      <TextField
        label={t('plan.ringName')}
        value={ring.name}
        maxLength={80}
        onChange={(value) => onChange({ name: value })}
        problem={problems.includes('name') ? t('needed', { ns: 'common' }) : null}
      />
      {isLast ? (
        <p className="rounded-control bg-sunken p-4">{t('plan.rest')}</p>
      ) : (
        <>
          <fieldset className="flex flex-col gap-2">
            <legend className="mb-2 text-base font-medium">{t('plan.ringRooms')}</legend>
            <RoomPicker rooms={ring.rooms} onChange={(rooms) => onChange({ rooms })} />
          </fieldset>
          <PlaceChoice
            label={t('plan.ringPlaces')}
            none={t('plan.choosePlaces')}
            places={places}
            chosen={ring.placeIds}
            onChange={(placeIds) => onChange({ placeIds })}
          />
          <TextField
            label={t('plan.upToPercent')}
            hint={t('plan.upToPercentHint')}
            inputMode="numeric"
            value={ring.upToPercent}
            onChange={(upToPercent) => onChange({ upToPercent })}
            problem={
              wrong('upToPercent') ??
              (typeof falling === 'object' && 'falling' in falling
                ? t('plan.problem.falling', { percent: falling.falling })
                : problems.includes('empty')
                  ? t('plan.problem.empty')
                  : null)
            }
          />
          <TextField
            label={t('plan.soak')}
            hint={t('plan.soakHint')}
            inputMode="numeric"
            value={ring.soakHours}
            onChange={(soakHours) => onChange({ soakHours })}
            problem={wrong('soakHours')}
          />
          <OnOff note={t('plan.needsGoHint')} isOn={ring.needsGo} onChange={(needsGo) => onChange({ needsGo })}>
            {t('plan.needsGo')}
          </OnOff>
        </>
      )}
    </li>
  );
}
