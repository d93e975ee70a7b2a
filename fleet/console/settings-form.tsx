/**
 * The form of one section, made from its declaration. What is locked from above or set on the kiosk itself is named, and
 * not changed here. A change of many rooms is tried before it is applied.
 */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MaruError } from '#contract/error-codes.ts';
import type { SettingsTrial, SettingsView } from '#contract/http/settings-api.ts';
import { allSettings, isSecret, type SectionName, settingFieldsOf } from '#contract/settings/all-settings.ts';
import type { SettingField } from '#contract/settings/setting-field.ts';
import { Button } from '#ui/button.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { TextField } from '#ui/text-field.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { SecretInput } from './secret-input.tsx';
import { SettingInput } from './setting-input.tsx';
import { useSettingWords } from './setting-words.ts';
import type { DraftedChange } from './settings-of.ts';
import { TrialResult } from './trial-result.tsx';

type Fields = Record<string, unknown>;
type SettingsFormProps = {
  section: SectionName;
  view: SettingsView;
  isPending: boolean;
  problem: MaruError | null;
  onTry: (change: DraftedChange) => Promise<SettingsTrial>;
  onSave: (change: DraftedChange) => void;
};

export function SettingsForm({ section, view, isPending, problem, onTry, onSave }: SettingsFormProps) {
  const { t } = useTranslation('settings');
  const words = useSettingWords();
  const before: Fields = view.own[section] ?? {};
  const locksBefore = view.locks[section] ?? [];
  const [own, setOwn] = useState<Fields>(before);
  const [locks, setLocks] = useState<readonly string[]>(locksBefore);
  const [secrets, setSecrets] = useState<Record<string, string | null>>({});
  const [reason, setReason] = useState('');
  const [isChecked, setChecked] = useState(false);
  const [trial, setTrial] = useState<SettingsTrial | null>(null);
  const trying = useAsyncAction();
  const isRoom = view.scope.kind === 'room';
  const wrong = new Set(allSettings[section].schema.safeParse(own).error?.issues.map(({ path }) => String(path[0])));
  const local = view.report?.local[section] ?? [];
  const change: DraftedChange = {
    ...changeOf(section, { before, own, locksBefore, locks }),
    ...(Object.keys(secrets).length > 0 && { secrets: { [section]: secrets } }),
    ...(reason.trim() !== '' && { reason }),
  };
  const hasChange = Boolean(change.set ?? change.clear ?? change.lock ?? change.secrets);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (wrong.size > 0 || isPending || trying.isPending || !hasChange) return;
    if (isRoom) onSave(change);
    else setTrial(await trying.run(() => onTry(change)));
  };
  if (trial !== null)
    return (
      <div className="flex flex-col gap-5">
        <TrialResult trial={trial} />
        <ProblemWords problem={problem} />
        <Button variant="primary" size="large" isPending={isPending} onPress={() => onSave(change)}>
          {t('trial.apply')}
        </Button>
        <Button size="large" isDisabled={isPending} onPress={() => setTrial(null)}>
          {t('cancel')}
        </Button>
      </div>
    );
  const isShown = ([field, { kind }]: [string, SettingField]) =>
    kind === 'local' ? local.includes(field) : kind !== 'secret' || isRoom;
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-7" noValidate>
      {settingFieldsOf(section)
        .filter(isShown)
        .map(([field, declared]) => {
          const label = words.label(section, field);
          if (local.includes(field)) return <Fixed key={field} label={label} why={t('source.kiosk-file')} />;
          if (isSecret(section, field))
            return (
              <SecretInput
                key={field}
                label={label}
                help={words.help(section, field)}
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
          const { inherited, inheritedFrom, lockedBy } = view.inForce[section]![field]!;
          const inheritedWords = words.value(section, field, inherited);
          if (lockedBy)
            return (
              <Fixed
                key={field}
                label={label}
                value={inheritedWords}
                why={t('lockedBy', { source: words.source(lockedBy, view.scope) })}
                kept={
                  before[field] === undefined
                    ? null
                    : t('keptBelow', { value: words.value(section, field, before[field]) })
                }
              />
            );
          const isOwn = own[field] !== undefined;
          return (
            <div key={field} className="flex flex-col gap-2">
              <SettingInput
                section={section}
                field={field}
                declared={declared}
                value={isOwn ? own[field] : inherited}
                problem={isChecked && wrong.has(field) ? t('invalid') : null}
                onChange={(value) => setOwn((known) => ({ ...known, [field]: value }))}
              />
              <div className="flex min-h-9 flex-wrap items-center justify-between gap-x-3 gap-y-1 text-small text-quiet">
                {isOwn ? t('source.here') : words.source(inheritedFrom, view.scope)}
                {isOwn && (
                  <Button
                    variant="quiet"
                    aria-label={t('inheritField', { field: label, value: inheritedWords })}
                    onPress={() => setOwn(({ [field]: _, ...others }) => others)}
                  >
                    {t('inherit', { value: inheritedWords })}
                  </Button>
                )}
              </div>
              {!isRoom && (
                <label className="flex min-h-12 cursor-pointer items-center gap-3 text-small">
                  <input
                    type="checkbox"
                    className="size-5 accent-accent"
                    aria-label={t('lockField', { field: label })}
                    checked={locks.includes(field)}
                    onChange={({ target }) =>
                      setLocks((known) => (target.checked ? [...known, field] : known.filter((each) => each !== field)))
                    }
                  />
                  {t('lock')}
                </label>
              )}
            </div>
          );
        })}
      <TextField label={t('reason')} hint={t('reasonHint')} maxLength={300} value={reason} onChange={setReason} />
      <ProblemWords problem={trying.problem ?? problem} />
      {isChecked && wrong.size > 0 && (
        <p role="alert" className="text-small font-medium text-fault">
          {t('someInvalid', { fields: [...wrong].map((field) => words.label(section, field)).join(', ') })}
        </p>
      )}
      {isChecked && !hasChange && (
        <p role="alert" className="text-small font-medium">
          {t('trial.none')}
        </p>
      )}
      <Button type="submit" variant="primary" size="large" isPending={isPending || trying.isPending}>
        {t(isRoom ? 'save' : 'trial.try')}
      </Button>
    </form>
  );
}

type FixedProps = { label: string; value?: string; why: string; kept?: string | null };

function Fixed({ label, value, why, kept = null }: FixedProps) {
  return (
    <div className="flex flex-col gap-1">
      <p className="font-medium">{label}</p>
      {value !== undefined && <p className="wrap-anywhere">{value}</p>}
      <p className="text-small text-quiet">{why}</p>
      {kept !== null && <p className="text-small text-quiet">{kept}</p>}
    </div>
  );
}

type Edited = { before: Fields; own: Fields; locksBefore: readonly string[]; locks: readonly string[] };

/** Only what differs. */
function changeOf(section: string, { before, own, locksBefore, locks }: Edited): DraftedChange {
  const set = Object.entries(own).filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(before[field]));
  const clear = Object.keys(before).filter((field) => own[field] === undefined);
  const lock = [
    ...locks.filter((field) => !locksBefore.includes(field)).map((field) => [field, true] as const),
    ...locksBefore.filter((field) => !locks.includes(field)).map((field) => [field, false] as const),
  ];
  return {
    ...(set.length > 0 && { set: { [section]: Object.fromEntries(set) } }),
    ...(clear.length > 0 && { clear: { [section]: clear } }),
    ...(lock.length > 0 && { lock: { [section]: Object.fromEntries(lock) } }),
  };
}
