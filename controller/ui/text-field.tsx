/** A line of text with its label, its description and its error, announced in that order. */
import { FieldError } from 'react-aria-components/FieldError';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { Text } from 'react-aria-components/Text';
import { TextField as AriaTextField } from 'react-aria-components/TextField';
import type { TextFieldProps as AriaTextFieldProps } from 'react-aria-components/TextField';

export type TextFieldProps = Omit<AriaTextFieldProps, 'children' | 'className' | 'style'> & {
  label: string;
  hint?: string;
  /** what is wrong, in words; shown with a mark, never by colour alone */
  problem?: string | null;
  placeholder?: string;
  /** only read aloud: the placeholder shows it */
  isLabelHidden?: boolean;
  className?: string;
  inputClassName?: string;
};

export function TextField({
  label,
  hint,
  problem,
  placeholder,
  isLabelHidden = false,
  className = '',
  inputClassName = '',
  ...rest
}: TextFieldProps) {
  const wrong = problem !== undefined && problem !== null && problem !== '';
  return (
    <AriaTextField {...rest} isInvalid={wrong} validationBehavior="aria" className={`flex flex-col gap-2 ${className}`}>
      <Label className={isLabelHidden ? 'sr-only' : 'text-base font-medium'}>{label}</Label>
      <Input
        placeholder={placeholder}
        className={`min-h-14 w-full rounded-control border border-edge bg-raised px-4 text-control text-ink transition-[border-color] placeholder:text-quiet data-focused:border-accent data-focused:outline-2 data-focused:outline-offset-0 data-focused:outline-accent data-invalid:border-fault data-disabled:opacity-45 ${inputClassName}`}
      />
      {hint && (
        <Text slot="description" className="text-small text-quiet">
          {hint}
        </Text>
      )}
      <FieldError className="text-small font-medium text-fault">{problem}</FieldError>
    </AriaTextField>
  );
}
