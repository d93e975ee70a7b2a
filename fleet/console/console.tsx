/** The console: who is signed in decides what is shown; the address's fragment decides which page. */
import LogOut from 'lucide-react/icons/log-out';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { LanguageSwitch } from '#ui/language-switch.tsx';
import { Spinner } from '#ui/progress.tsx';
import { callApi } from './api.ts';
import { NowPage } from './now-page.tsx';
import { ConsoleRoomPage } from './console-room-page.tsx';
import { type SignedInAccount, ChangePasswordPage, SignInPage } from './sign-in-page.tsx';
import { useRooms } from './use-api.ts';

type Session =
  | { kind: 'asking' }
  | { kind: 'out' }
  | { kind: 'in'; account: SignedInAccount /** only for the forced change */; password: string | null };

export function Console() {
  const { t } = useTranslation('console');
  const [session, setSession] = useState<Session>({ kind: 'asking' });
  const signedOut = useCallback(() => setSession({ kind: 'out' }), []);
  useEffect(() => {
    callApi('currentSession').then(({ account }) => setSession({ kind: 'in', account, password: null }), signedOut);
  }, [signedOut]);
  useEffect(() => {
    document.title = t('pageTitle');
  }, [t]);
  if (session.kind === 'asking')
    return (
      <main className="grid min-h-dvh place-items-center">
        <Spinner className="size-10 text-accent" label={t('now.loading')} />
      </main>
    );
  if (session.kind === 'out')
    return <SignInPage onSignedIn={(account, password) => setSession({ kind: 'in', account, password })} />;
  const { account, password } = session;
  if (account.mustChangePassword) {
    const changed = () =>
      setSession({ kind: 'in', account: { ...account, mustChangePassword: false }, password: null });
    return <ChangePasswordPage userName={account.userName} knownPassword={password} onChanged={changed} />;
  }
  return <SignedIn account={account} onSignedOut={signedOut} />;
}

const subscribeToHash = (listener: () => void) => {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
};

function SignedIn({ account, onSignedOut }: { account: SignedInAccount; onSignedOut: () => void }) {
  const { t } = useTranslation('console');
  const { t: common } = useTranslation('common');
  const known = useRooms(onSignedOut);
  const hash = useSyncExternalStore(subscribeToHash, () => location.hash);
  const roomId = /^#\/rooms\/([0-9a-f-]+)$/.exec(hash)?.[1];
  const room = known.rooms?.find((each) => each.roomId === roomId);
  const signOut = () => {
    onSignedOut();
    callApi('signOut').catch((error: unknown) => console.warn('sign-out', error));
  };
  return (
    <div className="min-h-dvh">
      <header className="border-b border-line bg-raised">
        <div className="mx-auto flex max-w-6xl items-center gap-2 px-5 py-2 lg:px-8">
          <a href="#/" className="mr-auto text-control font-bold tracking-tight">
            {common('productName')}
          </a>
          <span className="mr-2 hidden text-small text-quiet sm:inline">{account.userName}</span>
          <LanguageSwitch />
          <Button variant="quiet" icon={LogOut} onPress={signOut}>
            {t('signIn.signOut')}
          </Button>
        </div>
      </header>
      <main className="mx-auto flex max-w-6xl flex-col gap-6 px-5 py-8 lg:px-8">
        {room ? (
          <ConsoleRoomPage key={room.roomId} room={room} known={known} mayManage={account.role === 'admin'} />
        ) : (
          <NowPage known={known} mayAdd={account.role === 'admin'} />
        )}
      </main>
    </div>
  );
}
