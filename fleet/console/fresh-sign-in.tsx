/** Asks once for the password again where an act needs a fresh sign-in, and then does the act. */
import { createContext, type FormEvent, type ReactNode, use, useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toMaruError } from '#contract/error-codes.ts';
import { LOCAL_ISSUER, peopleApi } from '#contract/http/people-api.ts';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { goToOpenId } from '#ui/sign-in/open-id.ts';
import { TextField } from '#ui/text-field.tsx';
import { type AsyncAction, useAsyncAction } from '#ui/use-async-action.ts';
import { AccountContext } from './account.ts';

/** False: the person closed the question. */
type Confirm = () => Promise<boolean>;
const FreshSignInContext = createContext<Confirm | null>(null);

/** As useAsyncAction; what is refused as `sign-in-not-fresh` is asked about, and done after it. */
export function useFreshAction(): AsyncAction {
  const confirm = use(FreshSignInContext);
  const action = useAsyncAction();
  const { run } = action;
  const runFreshly = useCallback<AsyncAction['run']>(
    (work, of) =>
      run(async () => {
        try {
          return await work();
        } catch (error) {
          if (toMaruError(error).code !== 'sign-in-not-fresh' || !(await confirm?.())) throw error;
          return work();
        }
      }, of),
    [run, confirm],
  );
  return { ...action, run: runFreshly };
}

export function FreshSignIn({ children }: { children: ReactNode }) {
  const { t } = useTranslation('people');
  const account = use(AccountContext);
  const answer = useRef<(isConfirmed: boolean) => void>(() => {});
  const [isAsking, setAsking] = useState(false);
  const confirm = useCallback<Confirm>(() => {
    setAsking(true);
    return new Promise((resolve) => {
      answer.current = resolve;
    });
  }, []);
  const end = (isConfirmed: boolean) => {
    setAsking(false);
    answer.current(isConfirmed);
  };
  return (
    <FreshSignInContext value={confirm}>
      {children}
      <Dialog title={t('fresh.title')} isOpen={isAsking} onClose={() => end(false)}>
        {account?.issuer === LOCAL_ISSUER ? (
          <PasswordAgain onConfirmed={() => end(true)} />
        ) : (
          <>
            <p className="text-base text-quiet">{t('fresh.byDirectory')}</p>
            <Button variant="primary" size="large" onPress={() => goToOpenId('console', { isFresh: true })}>
              {t('fresh.goToDirectory')}
            </Button>
          </>
        )}
      </Dialog>
    </FreshSignInContext>
  );
}

function PasswordAgain({ onConfirmed }: { onConfirmed: () => void }) {
  const { t } = useTranslation('people');
  const [password, setPassword] = useState('');
  const [checked, setChecked] = useState(false);
  const { run, isPending, problem } = useAsyncAction();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (password === '' || isPending) return;
    if ((await run(() => callApi(peopleApi.confirmSession, { body: { password } }))) !== null) onConfirmed();
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5" noValidate>
      <p className="text-base text-quiet">{t('fresh.lead')}</p>
      <TextField
        label={t('fresh.password')}
        type="password"
        autoComplete="current-password"
        autoFocus
        value={password}
        onChange={setPassword}
        problem={checked && password === '' ? t('needed', { ns: 'common' }) : null}
      />
      <ProblemWords problem={problem} />
      <Button type="submit" variant="primary" size="large" isPending={isPending}>
        {t('fresh.action')}
      </Button>
    </form>
  );
}
