/** A line of text with its label, its description and its error, announced in that order. */
import { FieldError } from 'react-aria-components/FieldError';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { Text } from 'react-aria-components/Text';
import { TextField as AriaTextField } from 'react-aria-components/TextField';
import type { TextFieldProps as AriaTextFieldProps } from 'react-aria-components/TextField';
import { useTranslation } from 'react-i18next';

/** from here on they are counted */
const FEW_LETTERS = 20;

export type TextFieldProps = Omit<AriaTextFieldProps, 'children' | 'className' | 'style'> & {
  label: string;
  hint?: string;
  /** what is wrong, in words; shown with a mark, never by colour alone */
  problem?: string | null;
  /** how many letters more fit, shown when there are few; below 0: so many are too many. For a field without `maxLength`, which cuts */
  lettersLeft?: number;
  placeholder?: string;
  /** only read aloud: the placeholder shows it */
  isLabelHidden?: boolean;
  className?: string;
  inputClassName?: string;
  /** only seen, while the field is empty and not written in: in place of what the browser shows there, in its own language */
  emptyWords?: string | undefined;
};

export function TextField({
  label,
  hint,
  problem,
  lettersLeft = Number.POSITIVE_INFINITY,
  placeholder,
  isLabelHidden = false,
  className = '',
  inputClassName = '',
  emptyWords,
  ...rest
}: TextFieldProps) {
  const { t } = useTranslation('common');
  const tooLong = lettersLeft < 0 ? t('tooLong', { count: -lettersLeft }) : null;
  const wrong = tooLong !== null || (problem !== undefined && problem !== null && problem !== '');
  return (
    <AriaTextField {...rest} isInvalid={wrong} validationBehavior="aria" className={`flex flex-col gap-2 ${className}`}>
      <Label className={isLabelHidden ? 'sr-only' : 'text-base font-medium'}>{label}</Label>
      <div className="relative flex flex-col">
        <Input
          placeholder={placeholder}
          className={`peer min-h-14 w-full rounded-control border border-edge bg-raised px-4 text-control text-ink transition-[border-color] placeholder:text-quiet data-focused:border-accent data-focused:outline-2 data-focused:outline-offset-0 data-focused:outline-accent data-invalid:border-fault data-disabled:opacity-45 ${emptyWords === undefined ? '' : 'not-focus:valid:text-transparent!'} ${inputClassName}`}
        />
        {emptyWords !== undefined && (
          <span
            aria-hidden
            className="pointer-events-none absolute inset-y-0 start-3 end-12 flex items-center truncate text-base text-quiet peer-invalid:hidden peer-focus:hidden"
          >
            {emptyWords}
          </span>
        )}
      </div>
      {hint && (
        <Text slot="description" className="text-small text-quiet">
          {hint}
        </Text>
      )}
      {lettersLeft >= 0 && lettersLeft <= FEW_LETTERS && (
        <Text slot="description" className="numerals text-small text-quiet">
          {t('lettersLeft', { count: lettersLeft })}
        </Text>
      )}
      <FieldError className="text-small font-medium text-fault">{tooLong ?? problem}</FieldError>
    </AriaTextField>
  );
}
