/** Words to find, in one line with its button: smaller than a field that is filled in, as finding is not what a page is for. */
import Search from 'lucide-react/icons/search';
import { type FormEvent, useState } from 'react';
import { Button } from './button.tsx';
import { TextField } from './text-field.tsx';

type SearchFieldProps = {
  label: string;
  /** the name of its button */
  action: string;
  maxLength: number;
  /** without the spaces around them; null: the field was emptied */
  onFind: (words: string | null) => void;
  isPending?: boolean;
};

export function SearchField({ label, action, maxLength, onFind, isPending = false }: SearchFieldProps) {
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const words = text.trim();
    if (words !== '') onFind(words);
  };
  return (
    <form onSubmit={submit} className="flex items-end gap-2">
      <TextField
        label={label}
        isLabelHidden
        placeholder={label}
        value={text}
        maxLength={maxLength}
        onChange={(typed) => {
          setText(typed);
          if (typed.trim() === '') onFind(null);
        }}
        className="min-w-0 flex-1"
        inputClassName="min-h-12! text-base!"
      />
      <Button type="submit" variant="quiet" icon={Search} aria-label={action} isPending={isPending} />
    </form>
  );
}
