/**
 * The form into which a person types the code that a room's TV shows: for a phone's remote and for a laptop's screen. A tablet of a
 * wall gets its code from IT.
 */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';
import { Spinner } from './progress.tsx';
import { TextField } from './text-field.tsx';
import { formatTypedCode, isWholeCode } from './typed-code.ts';

type CodeFormProps = {
  /** a code that the person need not type, as from a QR */
  firstCode?: string;
  isPending: boolean;
  isFromIt?: boolean;
  /** what its button does; to connect, if not given */
  action?: string;
  /** a dialog is a card already */
  isCard?: boolean;
  /** @param code whole */
  onCode: (code: string) => void;
};

export function CodeForm({
  firstCode = '',
  isPending,
  isFromIt = false,
  action,
  isCard = true,
  onCode,
}: CodeFormProps) {
  const { t } = useTranslation('common');
  const source = isFromIt ? 'codeFromIt' : 'code';
  const [typed, setTyped] = useState(() => formatTypedCode(firstCode));
  const [isIncomplete, setIncomplete] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIncomplete(!isWholeCode(typed));
    if (isWholeCode(typed) && !isPending) onCode(typed);
  };
  return (
    <form
      onSubmit={submit}
      className={`flex flex-col gap-5 ${isCard ? 'rounded-card bg-raised p-5 shadow-card' : ''}`}
      noValidate
    >
      <TextField
        label={t(`${source}.label`)}
        hint={t(`${source}.hint`)}
        placeholder={t('code.placeholder')}
        value={typed}
        problem={isIncomplete ? t(`${source}.incomplete`) : null}
        autoComplete="off"
        spellCheck="false"
        inputClassName="numerals text-center text-heading! font-semibold tracking-[0.12em] uppercase placeholder:font-normal placeholder:opacity-60"
        onChange={(value) => {
          setTyped(formatTypedCode(value));
          setIncomplete(false);
        }}
      />
      <Button type="submit" variant="primary" size="large" isPending={isPending}>
        {action ?? t('code.action')}
      </Button>
      {isPending && (
        <p role="status" className="flex items-center justify-center gap-2 text-small text-quiet">
          <Spinner className="size-4" /> {t('code.pending')}
        </p>
      )}
    </form>
  );
}
