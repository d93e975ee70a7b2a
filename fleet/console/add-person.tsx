/** Makes a local account, and shows its one-time link this once. */
import Plus from 'lucide-react/icons/plus';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { peopleApi, UserName } from '#contract/http/people-api.ts';
import { Button } from '#ui/button.tsx';
import { CopyText } from '#ui/copy-text.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { TextField } from '#ui/text-field.tsx';
import { type AccountDraft, AccountFields, checkedDraft } from './account-form.tsx';
import { useFreshAction } from './fresh-sign-in.tsx';
import { usePlaces } from './use-places.ts';

export type MadeLink = { name: string; inviteUrl: string; isMailed: boolean };

export function AddPerson({ onAdded }: { onAdded: () => void }) {
  const { t } = useTranslation('people');
  const [isOpen, setOpen] = useState(false);
  const [made, setMade] = useState<MadeLink | null>(null);
  return (
    <>
      <Button variant="primary" icon={Plus} onPress={() => setOpen(true)}>
        {t('add.button')}
      </Button>
      <Dialog title={t('add.title')} isOpen={isOpen} onClose={() => setOpen(false)} className="sm:max-w-xl!">
        <NewPerson
          onMade={(link) => {
            setOpen(false);
            setMade(link);
            onAdded();
          }}
        />
      </Dialog>
      <LinkDialog made={made} onDone={() => setMade(null)} />
    </>
  );
}

/** A one-time link, shown this once; `made` null: closed. */
export function LinkDialog({ made, onDone }: { made: MadeLink | null; onDone: () => void }) {
  const { t } = useTranslation('people');
  return (
    <Dialog title={t('add.linkTitle', { name: made?.name ?? '' })} isOpen={made !== null} onClose={onDone}>
      {made !== null && (
        <>
          <p className="text-base text-quiet">
            {t('add.linkLead')} {made.isMailed && t('add.mailed')}
          </p>
          <CopyText label={t('add.link')} text={made.inviteUrl} action={t('add.copy')} />
          <Button onPress={onDone}>{t('add.done')}</Button>
        </>
      )}
    </Dialog>
  );
}

const NOBODY: AccountDraft = {
  displayName: '',
  email: '',
  placeId: null,
  grants: [{ role: 'member', scope: { kind: 'organisation' } }],
};

function NewPerson({ onMade }: { onMade: (link: MadeLink) => void }) {
  const { t } = useTranslation('people');
  const { places } = usePlaces();
  const [userName, setUserName] = useState('');
  const [draft, setDraft] = useState(NOBODY);
  const [checked, setChecked] = useState(false);
  const { run, isPending, problem } = useFreshAction();
  const isName = UserName.safeParse(userName).success;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    const account = checkedDraft(draft);
    if (account === null || !isName || isPending) return;
    const answer = await run(() => callApi(peopleApi.createAccount, { body: { userName, ...account } }));
    if (answer !== null) onMade({ name: account.displayName, inviteUrl: answer.inviteUrl, isMailed: answer.isMailed });
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5" noValidate>
      <TextField
        label={t('fields.userName')}
        hint={t('fields.userNameHint')}
        value={userName}
        onChange={setUserName}
        maxLength={80}
        autoFocus
        autoComplete="off"
        problem={checked && !isName ? t('fields.userNameWrong') : null}
      />
      <AccountFields
        draft={draft}
        places={places ?? []}
        isChecked={checked}
        onChange={(changes) => setDraft((before) => ({ ...before, ...changes }))}
      />
      <ProblemWords problem={problem} />
      <Button type="submit" variant="primary" size="large" isPending={isPending}>
        {t('add.action')}
      </Button>
    </form>
  );
}
