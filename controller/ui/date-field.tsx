/** A day, chosen by the browser's own picker; below it in the page's language, which need not be the browser's. */
import { useTranslation } from 'react-i18next';
import { TextField, type TextFieldProps } from './text-field.tsx';
import { longDate } from './words/format.ts';
import { currentLanguage } from './words/words.ts';

/** `value`: 2027-01-31; '' for none */
export function DateField({ value, inputClassName = '', ...rest }: TextFieldProps & { value: string }) {
  const { t } = useTranslation('common');
  const atMs = new Date(`${value}T00:00`).getTime();
  return (
    <TextField
      {...rest}
      type="date"
      value={value}
      emptyWords={value === '' ? t('chooseDay') : undefined}
      hint={Number.isNaN(atMs) ? undefined : longDate(atMs, currentLanguage())}
      // its letters and its button need the width
      inputClassName={`min-w-0 px-3! text-base! numerals ${inputClassName}`}
    />
  );
}
