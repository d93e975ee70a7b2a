/** One of a few: a row of choices of which exactly one is selected. */
import type { ReactNode } from 'react';
import { ToggleButton } from 'react-aria-components/ToggleButton';
import { ToggleButtonGroup } from 'react-aria-components/ToggleButtonGroup';

export type ToggleChoice<K extends string> = {
  key: K;
  words: string;
  /** drawn above the words */
  picture?: ReactNode;
};
type ToggleGroupProps<K extends string> = {
  label: string;
  choices: readonly ToggleChoice<K>[];
  /** null: none of them */
  chosen: K | null;
  onChoose: (key: K) => void;
  isDisabled?: boolean;
  className?: string;
};

export function ToggleGroup<K extends string>(props: ToggleGroupProps<K>) {
  const { label, choices, chosen, onChoose, isDisabled, className = '' } = props;
  return (
    <ToggleButtonGroup
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={chosen === null ? [] : [chosen]}
      isDisabled={isDisabled}
      onSelectionChange={(keys) => {
        const [key] = keys;
        if (key !== undefined) onChoose(key as K);
      }}
      className={`grid auto-cols-fr grid-flow-col gap-1 rounded-control bg-sunken p-1 ${className}`}
    >
      {choices.map((choice) => (
        <ToggleButton
          key={choice.key}
          id={choice.key}
          className="flex min-h-12 cursor-pointer flex-col items-center justify-center gap-1.5 rounded-small px-2 py-2 text-center text-small font-medium text-quiet transition-colors select-none data-disabled:opacity-45 data-hovered:text-ink data-selected:bg-raised data-selected:text-ink data-selected:inset-ring-2 data-selected:inset-ring-accent"
        >
          {choice.picture}
          <span>{choice.words}</span>
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
