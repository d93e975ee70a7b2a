/** Which microphone or camera: the platform's own list, which every phone and screen reader knows. */
import ChevronDown from 'lucide-react/icons/chevron-down';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon, type LucideIcon } from '#ui/icon.tsx';
import type { OfferedDevice } from './guest-devices.ts';

type DeviceSelectProps = {
  label: string;
  icon: LucideIcon;
  choices: readonly OfferedDevice[];
  /** null: none of them, as far as the browser reports */
  chosen: string | null;
  onChoose: (deviceId: string) => void;
};

export function DeviceSelect({ label, icon, choices, chosen, onChoose }: DeviceSelectProps) {
  const { t } = useTranslation('join');
  const id = useId();
  return (
    <div className="flex items-center gap-3">
      <Icon of={icon} className="size-5 text-quiet" />
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <div className="relative min-w-0 flex-1">
        <select
          id={id}
          value={chosen ?? ''}
          onChange={(event) => onChoose(event.target.value)}
          className="min-h-12 w-full cursor-pointer appearance-none truncate rounded-control border border-edge bg-raised pr-11 pl-4 text-base text-ink"
        >
          {choices.map(({ deviceId, label: name }, index) => (
            <option key={deviceId} value={deviceId}>
              {name || t('check.deviceUnnamed', { number: index + 1 })}
            </option>
          ))}
        </select>
        <Icon
          of={ChevronDown}
          className="pointer-events-none absolute top-1/2 right-4 size-5 -translate-y-1/2 text-quiet"
        />
      </div>
    </div>
  );
}
