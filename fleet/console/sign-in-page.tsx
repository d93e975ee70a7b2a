/** The way in: user name and password, and, the first time, a password of one's own. */
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Account, peopleApi } from '#contract/http/people-api.ts';
import { Button } from '#ui/button.tsx';
import { Floor } from '#ui/floor.tsx';
import { LanguageSwitch } from '#ui/language-switch.tsx';
import { TextField } from '#ui/text-field.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from './parts.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';

const SHORTEST_PASSWORD = 10;

function Doorstep({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  const { t } = useTranslation('common');
  return (
    <div className="relative isolate flex min-h-dvh flex-col overflow-hidden">
      <Floor />
      <header className="flex items-center justify-between px-6 pt-4">
        <span className="text-control font-bold tracking-tight">{t('productName')}</span>
        <LanguageSwitch className="-mr-4" />
      </header>
      <main className="mx-auto flex w-full max-w-md flex-1 flex-col justify-center gap-6 px-5 pt-6 pb-24">
        <div className="flex flex-col gap-2">
          <h1 className="text-title font-bold">{title}</h1>
          <p className="text-base text-quiet">{lead}</p>
        </div>
        {children}
      </main>
    </div>
  );
}

const form = 'flex flex-col gap-5 rounded-card bg-raised p-6 shadow-card';

export function SignInPage({ onSignedIn }: { onSignedIn: (account: Account, password: string) => void }) {
  const { t } = useTranslation('console');
  const [userName, setUserName] = useState('');
  const [password, setPassword] = useState('');
  const [checked, setChecked] = useState(false);
  const { run, isPending, problem } = useAsyncAction();
  const missing = (value: string) => (checked && value === '' ? t('signIn.needed') : null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (userName.trim() === '' || password === '' || isPending) return;
    const answer = await run(() => callApi(peopleApi.signIn, { body: { userName: userName.trim(), password } }));
    if (answer !== null) onSignedIn(answer.account, password);
  };
  return (
    <Doorstep title={t('signIn.title')} lead={t('signIn.lead')}>
      <form onSubmit={(event) => void submit(event)} className={form} noValidate>
        <TextField
          label={t('signIn.userName')}
          value={userName}
          onChange={setUserName}
          autoComplete="username"
          problem={missing(userName)}
        />
        <TextField
          label={t('signIn.password')}
          hint={t('signIn.passwordHint')}
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          problem={missing(password)}
        />
        <ProblemWords problem={problem} />
        <Button type="submit" variant="primary" size="large" isPending={isPending}>
          {t('signIn.action')}
        </Button>
      </form>
    </Doorstep>
  );
}

type ChangePasswordProps = { userName: string; knownPassword: string | null; onChanged: () => void };

/** `knownPassword`: typed a moment ago, so that nobody types it twice; null after a reload. */
export function ChangePasswordPage({ userName, knownPassword, onChanged }: ChangePasswordProps) {
  const { t } = useTranslation('console');
  const [current, setCurrent] = useState(knownPassword ?? '');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [checked, setChecked] = useState(false);
  const { run, isPending, problem } = useAsyncAction();
  const tooShort = next.length < SHORTEST_PASSWORD;
  const different = next !== again;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (tooShort || different || current === '' || isPending) return;
    const answer = await run(() =>
      callApi(peopleApi.changePassword, { body: { currentPassword: current, newPassword: next } }),
    );
    if (answer !== null) onChanged();
  };
  return (
    <Doorstep title={t('password.title')} lead={t('password.lead')}>
      <form onSubmit={(event) => void submit(event)} className={form} noValidate>
        {/* for the browser's own keeping of passwords */}
        <input type="text" hidden readOnly autoComplete="username" value={userName} />
        {knownPassword === null && (
          <TextField
            label={t('password.current')}
            type="password"
            value={current}
            onChange={setCurrent}
            autoComplete="current-password"
            problem={checked && current === '' ? t('signIn.needed') : null}
          />
        )}
        <TextField
          label={t('password.next')}
          hint={t('password.nextHint')}
          type="password"
          value={next}
          onChange={setNext}
          autoComplete="new-password"
          problem={checked && tooShort ? t('password.tooShort') : null}
        />
        <TextField
          label={t('password.again')}
          type="password"
          value={again}
          onChange={setAgain}
          autoComplete="new-password"
          problem={checked && !tooShort && different ? t('password.different') : null}
        />
        <ProblemWords problem={problem} />
        <Button type="submit" variant="primary" size="large" isPending={isPending}>
          {t('password.action')}
        </Button>
      </form>
    </Doorstep>
  );
}
