/** On or off, at once: the whole line is the target. */
import type { ReactNode } from 'react';
import { Switch as AriaSwitch } from 'react-aria-components/Switch';

type OnOffProps = {
  children: ReactNode;
  /** what it means when it is on */
  note?: string;
  isOn: boolean;
  isDisabled?: boolean;
  onChange: (isOn: boolean) => void;
};

export function OnOff({ children, note, isOn, isDisabled, onChange }: OnOffProps) {
  return (
    <AriaSwitch
      isSelected={isOn}
      isDisabled={isDisabled}
      onChange={onChange}
      className="group flex min-h-12 cursor-pointer items-center gap-4 py-2 select-none data-disabled:cursor-default data-disabled:opacity-45"
    >
      <span className="min-w-0 flex-1">
        <span className="block text-base">{children}</span>
        {note && <span className="block text-small text-quiet">{note}</span>}
      </span>
      <span
        aria-hidden="true"
        className="flex h-7 w-12 shrink-0 items-center rounded-full border-2 border-edge bg-sunken p-0.5 transition-colors group-data-focus-visible:outline-3 group-data-focus-visible:outline-offset-3 group-data-focus-visible:outline-accent group-data-selected:border-accent group-data-selected:bg-accent"
      >
        <span className="size-5 rounded-full bg-edge transition-transform group-data-selected:translate-x-5 group-data-selected:bg-accent-ink" />
      </span>
    </AriaSwitch>
  );
}
