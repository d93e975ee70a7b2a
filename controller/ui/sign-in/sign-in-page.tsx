/** The way in: the organisation's own sign-in where there is one, or user name and password. */
import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorCode } from '#contract/error-codes.ts';
import { type Account, peopleApi } from '#contract/http/people-api.ts';
import { Button } from '../button.tsx';
import { ErrorWords } from '../error-words.tsx';
import { callApi } from '../http-client.ts';
import { ProblemWords } from '../problem-words.tsx';
import { TextField } from '../text-field.tsx';
import { useAsyncAction } from '../use-async-action.ts';
import { Doorstep, doorstepForm } from './doorstep.tsx';

type SignInPageProps = {
  /** what one signs in for */
  lead: string;
  passwordHint?: string;
  /** why the organisation's sign-in sent the person back; null: it did not */
  refusal?: ErrorCode | null;
  /** goes to the organisation's sign-in, and comes back to this page */
  onOpenId: () => void;
  onSignedIn: (account: Account, password: string) => void;
};

export function SignInPage({ lead, passwordHint, refusal = null, onOpenId, onSignedIn }: SignInPageProps) {
  const { t } = useTranslation('sign-in');
  const { t: common } = useTranslation('common');
  const [userName, setUserName] = useState('');
  const [password, setPassword] = useState('');
  const [checked, setChecked] = useState(false);
  const { run, isPending, problem } = useAsyncAction();
  const openId = useOpenId();
  const missing = (value: string) => (checked && value === '' ? common('needed') : null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (userName.trim() === '' || password === '' || isPending) return;
    const answer = await run(() => callApi(peopleApi.signIn, { body: { userName: userName.trim(), password } }));
    if (answer !== null) onSignedIn(answer.account, password);
  };
  return (
    <Doorstep title={t('title')} lead={lead}>
      {refusal !== null && (
        <div role="alert" className="rounded-control bg-fault-soft p-4">
          <ErrorWords code={refusal} className="gap-1!" />
        </div>
      )}
      {openId !== null && (
        <>
          <Button variant="primary" size="large" onPress={onOpenId}>
            {t('openId', { label: openId.label })}
          </Button>
          <p className="text-center text-small text-quiet">{t('or')}</p>
        </>
      )}
      <form onSubmit={(event) => void submit(event)} className={doorstepForm} noValidate>
        <TextField
          label={t('userName')}
          value={userName}
          onChange={setUserName}
          autoComplete="username"
          spellCheck="false"
          problem={missing(userName)}
        />
        <TextField
          label={t('password')}
          hint={passwordHint}
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          problem={missing(password)}
        />
        <ProblemWords problem={problem} />
        <Button type="submit" variant={openId === null ? 'primary' : 'plain'} size="large" isPending={isPending}>
          {t('action')}
        </Button>
      </form>
    </Doorstep>
  );
}

/** null: not known yet, or there is none. Passwords work without the answer. */
function useOpenId(): { label: string } | null {
  const [openId, setOpenId] = useState<{ label: string } | null>(null);
  useEffect(() => {
    callApi(peopleApi.signInWays).then(
      (ways) => setOpenId(ways.openid),
      () => {},
    );
  }, []);
  return openId;
}
