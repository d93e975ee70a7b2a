/** A password of a room: typed, kept or removed, and never shown. */
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { TextField } from '#ui/text-field.tsx';

type SecretInputProps = {
  label: string;
  help: string;
  state: 'set' | 'enter-again' | null;
  /** it is encrypted for one */
  hasKiosk: boolean;
  /** undefined: as it is; null: to be removed */
  value: string | null | undefined;
  onChange: (value: string | null | undefined) => void;
};

export function SecretInput({ label, help, state, hasKiosk, value, onChange }: SecretInputProps) {
  const { t } = useTranslation('settings');
  const words =
    state === 'enter-again'
      ? 'secretAgain'
      : !hasKiosk
        ? 'secretNoKiosk'
        : state === 'set' && value !== null
          ? 'secretSet'
          : 'secretNone';
  return (
    <div className="flex flex-col gap-2">
      <TextField
        type="password"
        autoComplete="new-password"
        label={label}
        hint={help}
        isDisabled={!hasKiosk}
        value={value ?? ''}
        onChange={(text) => onChange(text === '' ? undefined : text)}
      />
      <div className="flex min-h-9 items-center justify-between gap-3">
        <p className={`text-small ${state === 'enter-again' ? 'font-semibold text-warn' : 'text-quiet'}`}>{t(words)}</p>
        {state !== null && value === undefined && (
          <Button variant="quiet" onPress={() => onChange(null)}>
            {t('secretRemove')}
          </Button>
        )}
      </div>
    </div>
  );
}
