/** One of several by name, with its label: the browser's own list, which phones and screen readers know. */
import ChevronDown from 'lucide-react/icons/chevron-down';
import { useId } from 'react';
import { Icon } from '#ui/icon.tsx';

type SelectFieldProps<K extends string> = {
  label: string;
  choices: readonly { key: K; words: string }[];
  chosen: K;
  onChoose: (key: K) => void;
  isDisabled?: boolean;
  className?: string;
};

export function SelectField<K extends string>(props: SelectFieldProps<K>) {
  const { label, choices, chosen, onChoose, isDisabled = false, className = '' } = props;
  const id = useId();
  return (
    <div className={`flex min-w-0 flex-col gap-2 ${className}`}>
      <label htmlFor={id} className="text-base font-medium">
        {label}
      </label>
      <div className="relative">
        <select
          id={id}
          value={chosen}
          disabled={isDisabled}
          onChange={({ target }) => onChoose(target.value as K)}
          className="min-h-14 w-full cursor-pointer appearance-none truncate rounded-control border border-edge bg-raised pr-11 pl-4 text-base text-ink focus:border-accent focus:outline-2 focus:outline-offset-0 focus:outline-accent disabled:cursor-default disabled:opacity-45"
        >
          {choices.map(({ key, words }) => (
            <option key={key} value={key}>
              {words}
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
