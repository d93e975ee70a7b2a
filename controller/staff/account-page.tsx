/** The own account: where it is signed in, its password, the way out. */
import LogOut from 'lucide-react/icons/log-out';
import MonitorSmartphone from 'lucide-react/icons/monitor-smartphone';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import { type Account, type AccountSession, LOCAL_ISSUER, peopleApi } from '#contract/http/people-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { callApi } from '#ui/http-client.ts';
import { Icon } from '#ui/icon.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { ChangePasswordForm } from '#ui/sign-in/new-password-page.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { dateAndTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { OwnRecordCard } from './own-record-card.tsx';
import { OwnTimeCard } from './own-time-card.tsx';
import { PageHead } from './parts.tsx';

export function AccountPage({ account, onSignedOut }: { account: Account; onSignedOut: () => void }) {
  const { t } = useTranslation('staff');
  const { t: signIn } = useTranslation('sign-in');
  const [isChanged, setChanged] = useState(false);
  const { run, isPending, problem } = useAsyncAction();
  const signOut = async () => {
    if ((await run(() => callApi(peopleApi.signOut))) === null) return;
    location.hash = '';
    onSignedOut();
  };
  return (
    <>
      <PageHead title={account.displayName}>
        <p className="text-base text-quiet">
          {[account.userName, account.email].filter((each) => each !== null).join(' · ')}
        </p>
      </PageHead>
      <div className="flex flex-col gap-5 lg:grid lg:grid-cols-2 lg:items-start">
        <Sessions />
        <div className="flex flex-col gap-5">
          {account.issuer === LOCAL_ISSUER && (
            <Card title={t('account.password')}>
              {isChanged ? (
                <p role="status" className="text-base">
                  {t('account.passwordChanged')}
                </p>
              ) : (
                <ChangePasswordForm
                  className="flex flex-col gap-5"
                  userName={account.userName}
                  knownPassword={null}
                  currentLabel={signIn('choose.current')}
                  action={t('account.changePassword')}
                  onChanged={() => setChanged(true)}
                />
              )}
            </Card>
          )}
          <OwnTimeCard />
          <OwnRecordCard />
          <ProblemWords problem={problem} />
          <Button size="large" icon={LogOut} isPending={isPending} onPress={() => void signOut()}>
            {signIn('signOut')}
          </Button>
        </div>
      </div>
    </>
  );
}

function Sessions() {
  const { t } = useTranslation('staff');
  const [sessions, setSessions] = useState<readonly AccountSession[] | null>(null);
  const [listProblem, setListProblem] = useState<MaruError | null>(null);
  const { run, pending, problem } = useAsyncAction<true>();
  const list = useCallback(async () => {
    try {
      setSessions((await callApi(peopleApi.listSessions)).sessions);
      setListProblem(null);
    } catch (error) {
      setListProblem(toMaruError(error));
    }
  }, []);
  useEffect(() => void list(), [list]);
  const end = async (sessionId: string) => {
    await run(() => callApi(peopleApi.endSession, { params: { sessionId } }), { key: sessionId, about: true });
    await list();
  };
  return (
    <Card title={t('account.sessions')}>
      <ProblemWords problem={problem ?? listProblem} />
      <ul className="flex flex-col">
        {sessions?.map((session) => (
          <li key={session.sessionId} className="flex items-center gap-3 border-t border-line py-2 first:border-0">
            <Icon of={MonitorSmartphone} className="size-5 shrink-0 text-quiet" />
            <div className="min-w-0 flex-1">
              <p className="line-clamp-2 text-base">{session.browser}</p>
              <p className="numerals text-small text-quiet">
                {session.isCurrent
                  ? t('account.thisOne')
                  : t('account.lastUsed', { time: dateAndTime(session.lastUsedAtMs, currentLanguage()) })}
                {' · '}
                {t(`account.method.${session.method}`)} · {session.network}
              </p>
            </div>
            {!session.isCurrent && (
              <Button
                variant="danger-quiet"
                isPending={pending(session.sessionId) !== null}
                aria-label={t('account.endOf', { browser: session.browser })}
                onPress={() => void end(session.sessionId)}
              >
                {t('account.end')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
