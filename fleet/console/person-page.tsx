/** One account: its details and roles, whether it is disabled, where it is signed in, and its API tokens. */
import ArrowLeft from 'lucide-react/icons/arrow-left';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type AccountRow, LOCAL_ISSUER, peopleApi } from '#contract/http/people-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ConfirmDialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { Icon } from '#ui/icon.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import en from '#ui/words/en/people.ts';
import ko from '#ui/words/ko/people.ts';
import { addWords } from '#ui/words/words.ts';
import { useMay } from './account.ts';
import { AccountFields, checkedDraft } from './account-form.tsx';
import { LinkDialog, type MadeLink } from './add-person.tsx';
import { FreshSignIn, useFreshAction } from './fresh-sign-in.tsx';
import { ListStatus } from './list-parts.tsx';
import { AccountState } from './people-page.tsx';
import { PersonSessions, PersonTokens } from './person-access.tsx';
import { PersonRecord } from './person-record.tsx';
import { useFetched } from './use-fetched.ts';
import { usePlaces } from './use-places.ts';

addWords({ people: { en, ko } });

export function PersonPage({ accountId }: { accountId: string }) {
  const { t } = useTranslation('people');
  const mayManage = useMay('people.manage');
  const { answer, problem, refresh } = useFetched(() => callApi(peopleApi.account, { params: { accountId } }));
  return (
    <FreshSignIn>
      <a
        href="#/people"
        className="inline-flex min-h-9 items-center gap-2 self-start text-small font-semibold text-accent"
      >
        <Icon of={ArrowLeft} className="size-4" />
        {t('person.back')}
      </a>
      {problem?.code === 'not-found' ? (
        <h1 className="text-title font-bold">{t('person.gone')}</h1>
      ) : answer === null ? (
        problem === null ? (
          <ListStatus words={t('loading')} isLoading />
        ) : (
          <ProblemWords problem={problem} />
        )
      ) : (
        <>
          <div className="-mt-3 flex flex-col gap-2">
            <h1 className="text-title font-bold wrap-anywhere">{answer.account.displayName}</h1>
            <p className="flex flex-wrap gap-x-4 gap-y-1 text-small text-quiet">
              <span>{answer.account.userName}</span>
              <AccountState row={answer.account} />
              {answer.account.issuer !== LOCAL_ISSUER && (
                <span>{t('person.directory', { issuer: answer.account.issuer })}</span>
              )}
            </p>
          </div>
          {answer.account.isForgotten ? (
            <p className="max-w-[65ch] text-quiet">{t('person.forgottenLead')}</p>
          ) : (
            <div className="grid grid-cols-[minmax(0,1fr)] gap-6 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)] lg:items-start">
              <Details account={answer.account} mayManage={mayManage} onChanged={refresh} />
              {mayManage && (
                <div className="flex flex-col gap-6">
                  <AccountItself account={answer.account} onChanged={refresh} />
                  <PersonSessions account={answer.account} />
                  <PersonTokens account={answer.account} />
                  <PersonRecord account={answer.account} onForgotten={refresh} />
                </div>
              )}
            </div>
          )}
        </>
      )}
    </FreshSignIn>
  );
}

type PersonProps = { account: AccountRow; onChanged: () => void };

function Details({ account, mayManage, onChanged }: PersonProps & { mayManage: boolean }) {
  const { t } = useTranslation('people');
  const { places } = usePlaces();
  const [draft, setDraft] = useState({ ...account, email: account.email ?? '' });
  const [checked, setChecked] = useState(false);
  const [isSaved, setSaved] = useState(false);
  const { run, isPending, problem } = useFreshAction();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    const to = checkedDraft(draft);
    if (to === null || isPending) return;
    const body = { ...to, isDisabled: account.isDisabled };
    const params = { accountId: account.accountId };
    if ((await run(() => callApi(peopleApi.changeAccount, { params, body }))) === null) return;
    setSaved(true);
    onChanged();
  };
  return (
    <Card title={t('person.details')}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <div className="flex flex-col gap-5">
          <AccountFields
            draft={draft}
            places={places ?? []}
            isChecked={checked}
            isReadOnly={!mayManage}
            onChange={(changes) => {
              setSaved(false);
              setDraft((before) => ({ ...before, ...changes }));
            }}
          />
          <ProblemWords problem={problem} />
          <p role="status" className="text-small font-semibold text-accent empty:hidden">
            {isSaved && t('saved')}
          </p>
          {mayManage && (
            <Button type="submit" variant="primary" className="self-start" isPending={isPending}>
              {t('save')}
            </Button>
          )}
        </div>
      </form>
    </Card>
  );
}

function AccountItself({ account, onChanged }: PersonProps) {
  const { t } = useTranslation('people');
  const { accountId, displayName: name, email, placeId, grants, isDisabled } = account;
  const [asking, setAsking] = useState<'disable' | 'link' | null>(null);
  const [made, setMade] = useState<MadeLink | null>(null);
  const { run, isPending, problem } = useFreshAction();
  const params = { accountId };
  const close = () => setAsking(null);
  const turn = async (toDisabled: boolean) => {
    close();
    const body = { displayName: name, email, placeId, grants, isDisabled: toDisabled };
    if ((await run(() => callApi(peopleApi.changeAccount, { params, body }))) !== null) onChanged();
  };
  const makeLink = async () => {
    close();
    const answer = await run(() => callApi(peopleApi.inviteAccountAgain, { params }));
    if (answer === null) return;
    setMade({ name, ...answer });
    onChanged();
  };
  return (
    <Card title={t('person.account')}>
      <div className="flex flex-col gap-4">
        {account.issuer === LOCAL_ISSUER && !isDisabled && (
          <Button isPending={isPending} onPress={() => setAsking('link')}>
            {t('person.newLink')}
          </Button>
        )}
        {isDisabled ? (
          <Button isPending={isPending} onPress={() => void turn(false)}>
            {t('person.enable')}
          </Button>
        ) : (
          <Button variant="danger-quiet" isDisabled={isPending} onPress={() => setAsking('disable')}>
            {t('person.disable')}
          </Button>
        )}
        <ProblemWords problem={problem} />
      </div>
      <ConfirmDialog
        title={t('person.disableTitle', { name })}
        body={t('person.disableBody')}
        action={t('person.disable')}
        isOpen={asking === 'disable'}
        onClose={close}
        onConfirm={() => void turn(true)}
      />
      <ConfirmDialog
        title={t('person.newLinkTitle', { name })}
        body={t('person.newLinkBody')}
        action={t('person.newLink')}
        isOpen={asking === 'link'}
        onClose={close}
        onConfirm={() => void makeLink()}
      />
      <LinkDialog made={made} onDone={() => setMade(null)} />
    </Card>
  );
}
