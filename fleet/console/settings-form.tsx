/** The form of one section, made from its declaration. What is set on the kiosk itself is named, and not changed here. */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MaruError } from '#contract/error-codes.ts';
import type { RoomSettingsView } from '#contract/http/settings-api.ts';
import { allSettings, settingFieldsOf, isSecret, type SectionName } from '#contract/settings/all-settings.ts';
import type { SettingField } from '#contract/settings/setting-field.ts';
import { Button } from '#ui/button.tsx';
import { TextField } from '#ui/text-field.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { SettingInput } from './setting-input.tsx';
import { useSettingWords } from './setting-words.ts';

type Fields = Record<string, unknown>;
type SettingsFormProps = {
  section: SectionName;
  view: RoomSettingsView;
  isPending: boolean;
  problem: MaruError | null;
  onSave: (values: Fields, secrets: Record<string, string | null>) => void;
};

export function SettingsForm({ section, view, isPending, problem, onSave }: SettingsFormProps) {
  const { t } = useTranslation('console');
  const { label, help } = useSettingWords();
  const [draft, setDraft] = useState<Fields>(view.values[section] ?? {});
  const [secrets, setSecrets] = useState<Record<string, string | null>>({});
  const [isChecked, setChecked] = useState(false);
  const { schema } = allSettings[section];
  const defaults = schema.parse({}) as Fields;
  const wrong = new Set(schema.safeParse(draft).error?.issues.map(({ path }) => String(path[0])));
  const local = view.report?.local[section] ?? [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (wrong.size === 0 && !isPending) onSave(draft, secrets);
  };
  const isShown = ([field, { kind }]: [string, SettingField]) => kind !== 'local' || local.includes(field);
  return (
    <form onSubmit={submit} className="flex flex-col gap-7" noValidate>
      {settingFieldsOf(section)
        .filter(isShown)
        .map(([field, declared]) => {
          if (local.includes(field)) return <OnTheBox key={field} label={label(section, field)} />;
          if (isSecret(section, field))
            return (
              <Secret
                key={field}
                label={label(section, field)}
                help={help(section, field)}
                state={view.secrets[section]?.[field] ?? null}
                hasKiosk={view.report !== null}
                value={secrets[field]}
                onChange={(value) =>
                  setSecrets(({ [field]: _, ...others }) =>
                    value === undefined ? others : { ...others, [field]: value },
                  )
                }
              />
            );
          const isSet = draft[field] !== undefined;
          return (
            <div key={field} className="flex flex-col gap-2">
              <SettingInput
                section={section}
                field={field}
                declared={declared}
                value={isSet ? draft[field] : defaults[field]}
                problem={isChecked && wrong.has(field) ? t('roomSettings.invalid') : null}
                onChange={(value) => setDraft((known) => ({ ...known, [field]: value }))}
              />
              <div className="flex min-h-9 items-center justify-between gap-3 text-small text-quiet">
                {t(isSet ? 'roomSettings.origin.fleet' : 'roomSettings.origin.default')}
                {isSet && (
                  <Button
                    variant="quiet"
                    aria-label={t('roomSettings.resetField', { field: label(section, field) })}
                    onPress={() => setDraft(({ [field]: _, ...others }) => others)}
                  >
                    {t('roomSettings.reset')}
                  </Button>
                )}
              </div>
            </div>
          );
        })}
      <ProblemWords problem={problem} />
      {isChecked && wrong.size > 0 && (
        <p role="alert" className="text-small font-medium text-fault">
          {t('roomSettings.someInvalid', { fields: [...wrong].map((field) => label(section, field)).join(', ') })}
        </p>
      )}
      <Button type="submit" variant="primary" size="large" isPending={isPending}>
        {t('roomSettings.save')}
      </Button>
    </form>
  );
}

function OnTheBox({ label }: { label: string }) {
  const { t } = useTranslation('console');
  return (
    <div className="flex flex-col gap-1">
      <p className="font-medium">{label}</p>
      <p className="text-small text-quiet">{t('roomSettings.origin.box')}</p>
    </div>
  );
}

type SecretProps = {
  label: string;
  help: string;
  state: 'set' | 'enter-again' | null;
  /** it is encrypted for one */
  hasKiosk: boolean;
  /** undefined: as it is; null: to be removed */
  value: string | null | undefined;
  onChange: (value: string | null | undefined) => void;
};

function Secret({ label, help, state, hasKiosk, value, onChange }: SecretProps) {
  const { t } = useTranslation('console');
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
        <p className={`text-small ${state === 'enter-again' ? 'font-semibold text-warn' : 'text-quiet'}`}>
          {t(`roomSettings.${words}`)}
        </p>
        {state !== null && value === undefined && (
          <Button variant="quiet" onPress={() => onChange(null)}>
            {t('roomSettings.secretRemove')}
          </Button>
        )}
      </div>
    </div>
  );
}
