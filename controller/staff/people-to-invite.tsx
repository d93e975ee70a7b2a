/** Who is invited to a meeting that is being made: people of the organisation with their role, and guests. */
import X from 'lucide-react/icons/x';
import { type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { shownText } from '#contract/shown-text.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { PeopleSearch } from '#ui/meeting/people-search.tsx';
import { TextField } from '#ui/text-field.tsx';
import { ToggleGroup } from '#ui/toggle-group.tsx';
import type { FormPerson, InvitedRole } from './meeting-form.ts';

const ROLES: readonly InvitedRole[] = ['member', 'presenter', 'co-host'];
const looksLikeMail = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);

type PeopleToInviteProps = { people: readonly FormPerson[]; onChange: (people: FormPerson[]) => void };

export function PeopleToInvite({ people, onChange }: PeopleToInviteProps) {
  const { t: words } = useTranslation('meeting');
  const accounts = new Set(people.flatMap((person) => (person.kind === 'account' ? person.accountId : [])));
  const replace = (index: number, ...by: FormPerson[]) => onChange(people.toSpliced(index, 1, ...by));
  return (
    <Card title={words('people.title')}>
      <div className="flex flex-col gap-5">
        <ul className="flex flex-col empty:hidden">
          {people.map((person, index) => (
            <PersonRow
              key={person.kind === 'account' ? person.accountId : `${person.displayName} ${person.email ?? ''}`}
              person={person}
              onRole={(role) => {
                if (person.kind === 'account') replace(index, { ...person, role });
              }}
              onRemove={() => replace(index)}
            />
          ))}
        </ul>
        <PeopleSearch
          without={accounts}
          onAdd={({ accountId, displayName }) =>
            onChange([...people, { kind: 'account', accountId, displayName, role: 'member' }])
          }
        />
        <GuestFields
          onAdd={(guest) => {
            const isKnown = people.some(
              (person) =>
                person.kind === 'guest' && person.displayName === guest.displayName && person.email === guest.email,
            );
            if (!isKnown) onChange([...people, guest]);
          }}
        />
      </div>
    </Card>
  );
}

type PersonRowProps = { person: FormPerson; onRole: (role: InvitedRole) => void; onRemove: () => void };

function PersonRow({ person, onRole, onRemove }: PersonRowProps) {
  const { t } = useTranslation('staff');
  const { t: words } = useTranslation('meeting');
  const isHost = person.kind === 'account' && person.role === 'host';
  return (
    <li className="flex flex-wrap items-center gap-x-3 border-t border-line py-2 first:border-0">
      <span className="min-w-0 flex-1">
        <bdi className="line-clamp-2 text-base font-medium">{person.displayName}</bdi>
        <span className="block truncate text-small text-quiet">
          {person.kind === 'guest'
            ? [words('mark.guest'), person.email].filter((each) => each !== null).join(' · ')
            : words(`role.${person.role}`)}
        </span>
      </span>
      {!isHost && (
        <Button
          variant="quiet"
          icon={X}
          aria-label={t('form.removePerson', { name: person.displayName })}
          onPress={onRemove}
        />
      )}
      {person.kind === 'account' && !isHost && (
        <ToggleGroup
          className="w-full"
          label={t('form.roleOf', { name: person.displayName })}
          chosen={person.role as InvitedRole}
          choices={ROLES.map((key) => ({ key, words: words(`role.${key}`) }))}
          onChoose={onRole}
        />
      )}
    </li>
  );
}

/** No form of its own: it stands in the meeting's, and Enter adds the guest. */
function GuestFields({ onAdd }: { onAdd: (guest: Extract<FormPerson, { kind: 'guest' }>) => void }) {
  const { t: words } = useTranslation('meeting');
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [isChecked, setChecked] = useState(false);
  const displayName = shownText(name);
  const mail = email.trim();
  const isMailWrong = mail !== '' && !looksLikeMail(mail);
  const add = () => {
    setChecked(true);
    if (displayName === '' || isMailWrong) return;
    onAdd({ kind: 'guest', displayName, email: mail || null });
    setName('');
    setEmail('');
    setChecked(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    event.preventDefault();
    add();
  };
  return (
    <fieldset className="flex flex-col gap-4 border-t border-line pt-4" onKeyDown={onKeyDown}>
      <legend className="sr-only">{words('guest.title')}</legend>
      <p aria-hidden="true" className="text-base font-semibold">
        {words('guest.title')}
      </p>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label={words('guest.name')}
          value={name}
          maxLength={80}
          autoComplete="off"
          problem={isChecked && displayName === '' ? words('guest.nameMissing') : null}
          onChange={setName}
        />
        <TextField
          label={words('guest.email')}
          type="email"
          value={email}
          maxLength={254}
          autoComplete="off"
          problem={isChecked && isMailWrong ? words('guest.emailWrong') : null}
          onChange={setEmail}
        />
      </div>
      <Button onPress={add}>{words('guest.add')}</Button>
    </fieldset>
  );
}
