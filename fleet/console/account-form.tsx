/** What an account is made and changed by: name, e-mail, place, and its roles with the place that each holds for. */
import Plus from 'lucide-react/icons/plus';
import X from 'lucide-react/icons/x';
import { useTranslation } from 'react-i18next';
import { Role, type RoleGrant, type Scope } from '#contract/http/permissions.ts';
import { z } from '#contract/schema.ts';
import { shownText } from '#contract/shown-text.ts';
import { Button } from '#ui/button.tsx';
import { TextField } from '#ui/text-field.tsx';
import { SelectField } from './select-field.tsx';
import type { PlaceInTree } from './use-places.ts';

export type AccountDraft = { displayName: string; email: string; placeId: string | null; grants: RoleGrant[] };

/** As the server wants it; null: something is missing or wrong. */
export function checkedDraft({ displayName, email, placeId, grants }: AccountDraft) {
  const [name, mail] = [shownText(displayName), email.trim()];
  if (name === '' || !isEmail(mail)) return null;
  return { displayName: name, email: mail === '' ? null : mail, placeId, grants };
}
const isEmail = (mail: string): boolean => mail === '' || z.email().max(254).safeParse(mail).success;

type FieldsProps = {
  draft: AccountDraft;
  places: readonly PlaceInTree[];
  isChecked: boolean;
  isReadOnly?: boolean;
  onChange: (changes: Partial<AccountDraft>) => void;
};

export function AccountFields({ draft, places, isChecked, isReadOnly = false, onChange }: FieldsProps) {
  const { t } = useTranslation('people');
  return (
    <>
      <TextField
        label={t('fields.displayName')}
        value={draft.displayName}
        onChange={(displayName) => onChange({ displayName })}
        maxLength={80}
        isReadOnly={isReadOnly}
        problem={isChecked && shownText(draft.displayName) === '' ? t('needed', { ns: 'common' }) : null}
      />
      <TextField
        label={t('fields.email')}
        type="email"
        value={draft.email}
        onChange={(email) => onChange({ email })}
        maxLength={254}
        isReadOnly={isReadOnly}
        problem={isChecked && !isEmail(draft.email.trim()) ? t('fields.emailWrong') : null}
      />
      <SelectField
        label={t('fields.place')}
        choices={placeChoices(places, t('fields.organisation'))}
        chosen={draft.placeId ?? ''}
        isDisabled={isReadOnly}
        onChoose={(placeId) => onChange({ placeId: placeId === '' ? null : placeId })}
      />
      <Grants
        grants={draft.grants}
        places={places}
        isReadOnly={isReadOnly}
        onChange={(grants) => onChange({ grants })}
      />
    </>
  );
}

export const placeChoices = (places: readonly PlaceInTree[], organisation: string) => [
  { key: '', words: organisation },
  ...places.map(({ placeId, path }) => ({ key: placeId, words: path })),
];

type GrantsProps = {
  grants: RoleGrant[];
  places: readonly PlaceInTree[];
  isReadOnly: boolean;
  onChange: (grants: RoleGrant[]) => void;
};

function Grants({ grants, places, isReadOnly, onChange }: GrantsProps) {
  const { t } = useTranslation('people');
  const change = (index: number, grant: RoleGrant) => onChange(grants.with(index, grant));
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-2 text-base font-medium">{t('roles.title')}</legend>
      {grants.length === 0 && <p className="text-small text-quiet">{t('roles.none')}</p>}
      {grants.map(({ role, scope }, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place in the list
          key={index}
          className="grid grid-cols-[minmax(0,1fr)_auto] items-end gap-2 sm:grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)_auto]"
        >
          <SelectField
            label={t('roles.role')}
            choices={Role.options.map((key) => ({ key, words: t(`roles.${key}`) }))}
            chosen={role}
            isDisabled={isReadOnly}
            onChoose={(chosen) => change(index, { role: chosen, scope })}
          />
          <SelectField
            label={t('roles.scope')}
            className="order-1 col-span-2 sm:order-none sm:col-span-1"
            choices={[
              ...placeChoices(places, t('fields.organisation')),
              // kept as it is: rooms are granted by their places here
              ...(scope.kind === 'room'
                ? [{ key: scopeKey(scope), words: t('roles.aRoom', { id: scope.roomId.slice(-6) }) }]
                : []),
            ]}
            chosen={scopeKey(scope)}
            isDisabled={isReadOnly}
            onChoose={(key) => change(index, { role, scope: key === scopeKey(scope) ? scope : scopeOfPlace(key) })}
          />
          {!isReadOnly && (
            <Button
              variant="quiet"
              icon={X}
              className="min-h-14"
              aria-label={t('roles.remove', { number: index + 1 })}
              onPress={() => onChange(grants.toSpliced(index, 1))}
            />
          )}
        </div>
      ))}
      {!isReadOnly && (
        <Button
          icon={Plus}
          className="self-start"
          onPress={() => onChange([...grants, { role: 'member', scope: { kind: 'organisation' } }])}
        >
          {t('roles.add')}
        </Button>
      )}
    </fieldset>
  );
}

const scopeKey = (scope: Scope): string =>
  scope.kind === 'organisation' ? '' : scope.kind === 'place' ? scope.placeId : scope.roomId;
const scopeOfPlace = (placeId: string): Scope =>
  placeId === '' ? { kind: 'organisation' } : { kind: 'place', placeId };
