/** Some of the places, or none: folded until it is asked for, as the tree may be long. */
import ChevronDown from 'lucide-react/icons/chevron-down';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { CheckList } from '#ui/check-list.tsx';
import type { PlaceInTree } from '../use-places.ts';

type PlaceChoiceProps = {
  label: string;
  hint?: string;
  /** what is shown where none is chosen */
  none: string;
  places: readonly PlaceInTree[];
  chosen: readonly string[];
  onChange: (placeIds: string[]) => void;
};

export function PlaceChoice({ label, hint, none, places, chosen, onChange }: PlaceChoiceProps) {
  const { t } = useTranslation('updates');
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  if (places.length === 0) return null;
  const words = chosen.length === 0 ? none : t('plan.placesToggle', { count: chosen.length });
  return (
    <div className="flex flex-col gap-2">
      {!isOpen && <p className="text-base font-medium">{label}</p>}
      <div id={id} className="empty:hidden">
        {isOpen && (
          <CheckList
            label={label}
            choices={places.map(({ placeId, path }) => ({ key: placeId, words: path }))}
            chosen={chosen}
            onChange={onChange}
          />
        )}
      </div>
      <Button
        icon={ChevronDown}
        className="self-start"
        aria-expanded={isOpen}
        aria-controls={id}
        aria-label={`${label}: ${words}`}
        onPress={() => setOpen(!isOpen)}
      >
        {words}
      </Button>
      {hint !== undefined && <p className="text-small text-quiet">{hint}</p>}
    </div>
  );
}
