/** One of several, each a line of its own with what there is to know of it. */
import { Label } from 'react-aria-components/Label';
import { Radio, RadioGroup } from 'react-aria-components/RadioGroup';
import { Spinner } from './progress.tsx';

export type ListChoice = { key: string; words: string; note?: string | null };
type ChoiceListProps = {
  label: string;
  choices: readonly ListChoice[];
  /** null: none of them */
  chosen: string | null;
  /** asked for, not yet so */
  pending: string | null;
  onChoose: (key: string) => void;
};

export function ChoiceList({ label, choices, chosen, pending, onChoose }: ChoiceListProps) {
  return (
    <RadioGroup
      value={pending ?? chosen ?? ''}
      onChange={(key) => {
        if (pending === null && key !== chosen) onChoose(key);
      }}
      className="flex flex-col"
    >
      <Label className="sr-only">{label}</Label>
      {choices.map(({ key, words, note }) => (
        <Radio
          key={key}
          value={key}
          className="group -mx-2 flex min-h-12 cursor-pointer items-center gap-3 rounded-small px-2 py-2 select-none data-focus-visible:outline-3 data-focus-visible:outline-accent data-hovered:bg-lifted"
        >
          <span className="flex size-6 shrink-0 items-center justify-center rounded-full border-2 border-edge group-data-selected:border-accent">
            {key === pending ? (
              <Spinner className="size-4 text-accent" />
            ) : (
              <span className="size-3 rounded-full group-data-selected:bg-accent" />
            )}
          </span>
          <span className="min-w-0 flex-1">
            <span className="block truncate text-base">{words}</span>
            {note && <span className="block text-small text-quiet">{note}</span>}
          </span>
        </Radio>
      ))}
    </RadioGroup>
  );
}
