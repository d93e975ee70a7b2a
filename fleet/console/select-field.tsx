/** One of several by name, with its label: the browser's own list, which phones and screen readers know. */
import { useId } from 'react';

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
      <select
        id={id}
        value={chosen}
        disabled={isDisabled}
        onChange={({ target }) => onChoose(target.value as K)}
        className="min-h-14 w-full rounded-control border border-edge bg-raised px-4 text-control text-ink focus:border-accent focus:outline-2 focus:outline-offset-0 focus:outline-accent disabled:opacity-45"
      >
        {choices.map(({ key, words }) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}
