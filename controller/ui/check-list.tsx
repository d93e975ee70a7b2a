/** Any of several, each a line of its own. */
import Check from 'lucide-react/icons/check';
import { Checkbox } from 'react-aria-components/Checkbox';
import { CheckboxGroup } from 'react-aria-components/CheckboxGroup';
import { Label } from 'react-aria-components/Label';
import { Icon } from './icon.tsx';

type CheckListProps = {
  label: string;
  choices: readonly { key: string; words: string }[];
  chosen: readonly string[];
  onChange: (keys: string[]) => void;
};

export function CheckList({ label, choices, chosen, onChange }: CheckListProps) {
  return (
    <CheckboxGroup value={[...chosen]} onChange={onChange} className="flex flex-col gap-1">
      <Label className="text-base font-medium">{label}</Label>
      <div className="max-h-56 overflow-y-auto rounded-control bg-sunken px-4 py-1">
        {choices.map(({ key, words }) => (
          <Checkbox
            key={key}
            value={key}
            className="group -mx-2 flex min-h-12 cursor-pointer items-center gap-3 rounded-small px-2 py-2 select-none data-focus-visible:outline-3 data-focus-visible:outline-accent data-hovered:bg-lifted"
          >
            <span className="grid size-6 shrink-0 place-items-center rounded-small border-2 border-edge group-data-selected:border-accent group-data-selected:bg-accent">
              <Icon of={Check} className="size-4 text-accent-ink opacity-0 group-data-selected:opacity-100" />
            </span>
            <bdi className="min-w-0 flex-1 text-base">{words}</bdi>
          </Checkbox>
        ))}
      </div>
    </CheckboxGroup>
  );
}
