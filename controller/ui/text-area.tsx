/** Several lines of text with their label, their description and their error, announced in that order. */
import { FieldError } from 'react-aria-components/FieldError';
import { Label } from 'react-aria-components/Label';
import { Text } from 'react-aria-components/Text';
import { TextArea as AriaTextArea } from 'react-aria-components/TextArea';
import { TextField as AriaTextField } from 'react-aria-components/TextField';

type TextAreaProps = {
  label: string;
  value: string;
  onChange: (text: string) => void;
  rows: number;
  maxLength: number;
  isReadOnly?: boolean;
  hint?: string;
  /** what is wrong, in words */
  problem?: string | null;
  inputClassName?: string;
};

export function TextArea({ label, rows, hint, problem = null, inputClassName = '', ...rest }: TextAreaProps) {
  return (
    <AriaTextField {...rest} isInvalid={problem !== null} validationBehavior="aria" className="flex flex-col gap-2">
      <Label className="text-base font-medium">{label}</Label>
      <AriaTextArea
        rows={rows}
        dir="auto"
        className={`w-full rounded-control border border-edge bg-raised px-4 py-3 text-base text-ink transition-[border-color] placeholder:text-quiet data-focused:border-accent data-focused:outline-2 data-focused:outline-offset-0 data-focused:outline-accent data-invalid:border-fault ${inputClassName}`}
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
