/** Finds out who is signed in, shows the way in where nobody is, and the page behind it to who is. */
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toMaruError } from '#contract/error-codes.ts';
import { NoServer } from '#contract/http/answer.ts';
import { type Account, peopleApi } from '#contract/http/people-api.ts';
import { callApi } from '../http-client.ts';
import { OnlyMessage } from '../only-message.tsx';
import { Spinner } from '../progress.tsx';
import type { Arrival } from './arrival.ts';
import { ChangePasswordPage, ChosenPasswordPage } from './new-password-page.tsx';
import { SignInPage } from './sign-in-page.tsx';

const ASK_AGAIN_MS = 2_000;

type Session =
  | { kind: 'asking'; isUnanswered: boolean }
  | { kind: 'out' }
  | { kind: 'invited'; code: string }
  /** `password`: typed a moment ago, for the change of a one-time password alone */
  | { kind: 'in'; account: Account; password: string | null };

type SessionGateProps = {
  arrival: Arrival;
  /** what one signs in for */
  lead: string;
  /** below the password, of a page that has something to say there */
  passwordHint?: string;
  /** goes to the organisation's sign-in, and comes back to this page */
  onOpenId: () => void;
  children: (account: Account, onSignedOut: () => void) => ReactNode;
};

export function SessionGate({ arrival, lead, passwordHint, onOpenId, children }: SessionGateProps) {
  const { t } = useTranslation('sign-in');
  const [session, setSession] = useState<Session>(
    arrival.kind === 'invited' ? arrival : { kind: 'asking', isUnanswered: false },
  );
  const signedOut = useCallback(() => setSession({ kind: 'out' }), []);
  const isAsking = session.kind === 'asking';
  useEffect(() => {
    if (!isAsking) return;
    return askWhoIsSignedIn({
      onIn: (account) => setSession({ kind: 'in', account, password: null }),
      onOut: signedOut,
      onUnanswered: () => setSession({ kind: 'asking', isUnanswered: true }),
    });
  }, [isAsking, signedOut]);
  switch (session.kind) {
    case 'asking':
      return session.isUnanswered ? (
        <OnlyMessage title={t('noServer.title')} lead={t('noServer.lead')} isWaiting />
      ) : (
        <main className="grid min-h-dvh place-items-center">
          <Spinner className="size-10 text-accent" label={t('asking')} />
        </main>
      );
    case 'invited':
      return (
        <ChosenPasswordPage
          code={session.code}
          onSignedIn={(account) => setSession({ kind: 'in', account, password: null })}
        />
      );
    case 'out':
      return (
        <SignInPage
          lead={lead}
          {...(passwordHint !== undefined && { passwordHint })}
          refusal={arrival.kind === 'refused' ? arrival.code : null}
          onOpenId={onOpenId}
          onSignedIn={(account, password) => setSession({ kind: 'in', account, password })}
        />
      );
    case 'in': {
      const { account, password } = session;
      if (account.mustChangePassword)
        return (
          <ChangePasswordPage
            userName={account.userName}
            knownPassword={password}
            onChanged={() =>
              setSession({ kind: 'in', account: { ...account, mustChangePassword: false }, password: null })
            }
          />
        );
      return children(account, signedOut);
    }
  }
}

type Asked = { onIn: (account: Account) => void; onOut: () => void; onUnanswered: () => void };

/** Until it is known, or the function that comes back is called. */
function askWhoIsSignedIn({ onIn, onOut, onUnanswered }: Asked): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const ask = (): void => {
    callApi(peopleApi.currentSession).then(
      ({ account }) => {
        if (!isOver) onIn(account);
      },
      (error: unknown) => {
        if (isOver) return;
        if (!(error instanceof NoServer) && toMaruError(error).kind !== 'operational') onOut();
        else {
          onUnanswered();
          timer = setTimeout(ask, ASK_AGAIN_MS);
        }
      },
    );
  };
  ask();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
