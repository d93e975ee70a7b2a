/** A password of one's own: after a one-time password, by a one-time link, or a new one in place of the old. */
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Account, peopleApi } from '#contract/http/people-api.ts';
import { Button } from '../button.tsx';
import { callApi } from '../http-client.ts';
import { ProblemWords } from '../problem-words.tsx';
import { TextField } from '../text-field.tsx';
import { useAsyncAction } from '../use-async-action.ts';
import { Doorstep, doorstepForm } from './doorstep.tsx';

const SHORTEST_PASSWORD = 10;

type ChangePasswordPageProps = {
  userName: string;
  /** typed a moment ago, so that nobody types it twice; null after a reload */
  knownPassword: string | null;
  onChanged: () => void;
};

export function ChangePasswordPage({ userName, knownPassword, onChanged }: ChangePasswordPageProps) {
  const { t } = useTranslation('sign-in');
  return (
    <Doorstep title={t('choose.title')} lead={t('choose.lead')}>
      <ChangePasswordForm
        className={doorstepForm}
        userName={userName}
        knownPassword={knownPassword}
        currentLabel={t('choose.oneTime')}
        action={t('choose.action')}
        onChanged={onChanged}
      />
    </Doorstep>
  );
}

/** @param props.code of a one-time link; its person is signed in by it */
export function ChosenPasswordPage({ code, onSignedIn }: { code: string; onSignedIn: (account: Account) => void }) {
  const { t } = useTranslation('sign-in');
  return (
    <Doorstep title={t('choose.title')} lead={t('choose.byLink')}>
      <NewPasswordForm
        className={doorstepForm}
        action={t('choose.action')}
        work={async (newPassword) => {
          const { account } = await callApi(peopleApi.useAccountInvite, { body: { code, newPassword } });
          onSignedIn(account);
        }}
      />
    </Doorstep>
  );
}

type ChangePasswordFormProps = ChangePasswordPageProps & { currentLabel: string; action: string; className: string };

export function ChangePasswordForm(props: ChangePasswordFormProps) {
  const { userName, knownPassword, currentLabel, action, className, onChanged } = props;
  const { t: common } = useTranslation('common');
  const [current, setCurrent] = useState(knownPassword ?? '');
  const [checked, setChecked] = useState(false);
  return (
    <NewPasswordForm
      className={className}
      action={action}
      isReady={() => {
        setChecked(true);
        return current !== '';
      }}
      work={async (newPassword) => {
        await callApi(peopleApi.changePassword, { body: { currentPassword: current, newPassword } });
        onChanged();
      }}
    >
      {/* for the browser's own keeping of passwords */}
      <input type="text" hidden readOnly autoComplete="username" value={userName} />
      {knownPassword === null && (
        <TextField
          label={currentLabel}
          type="password"
          value={current}
          onChange={setCurrent}
          autoComplete="current-password"
          problem={checked && current === '' ? common('needed') : null}
        />
      )}
    </NewPasswordForm>
  );
}

type NewPasswordFormProps = {
  action: string;
  className: string;
  /** rejects with the reason */
  work: (newPassword: string) => Promise<void>;
  /** of what stands above the new password */
  isReady?: () => boolean;
  children?: ReactNode;
};

function NewPasswordForm({ action, className, work, isReady = () => true, children }: NewPasswordFormProps) {
  const { t } = useTranslation('sign-in');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [checked, setChecked] = useState(false);
  const { run, isPending, problem } = useAsyncAction();
  const tooShort = next.length < SHORTEST_PASSWORD;
  const different = next !== again;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (!isReady() || tooShort || different || isPending) return;
    void run(() => work(next));
  };
  return (
    <form onSubmit={submit} className={className} noValidate>
      {children}
      <TextField
        label={t('choose.next')}
        hint={t('choose.nextHint')}
        type="password"
        value={next}
        onChange={setNext}
        autoComplete="new-password"
        problem={checked && tooShort ? t('choose.tooShort') : null}
      />
      <TextField
        label={t('choose.again')}
        type="password"
        value={again}
        onChange={setAgain}
        autoComplete="new-password"
        problem={checked && !tooShort && different ? t('choose.different') : null}
      />
      <ProblemWords problem={problem} />
      <Button type="submit" variant="primary" size="large" isPending={isPending}>
        {action}
      </Button>
    </form>
  );
}
