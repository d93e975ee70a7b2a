/** The staff page: who is signed in decides what is shown; the address's fragment decides which page. */
import CircleUser from 'lucide-react/icons/circle-user';
import { lazy, type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Route, Router, Switch } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import type { Account } from '#contract/http/people-api.ts';
import { hasAnywhere } from '#contract/http/permissions.ts';
import { Button } from '#ui/button.tsx';
import { codeOfPage, FetchedPage } from '#ui/fetched-page.tsx';
import { LanguageSwitch } from '#ui/language-switch.tsx';
import mark from '#ui/mark.svg';
import type { Arrival } from '#ui/sign-in/arrival.ts';
import { goToOpenId } from '#ui/sign-in/open-id.ts';
import { SessionGate } from '#ui/sign-in/session-gate.tsx';
import { AccountPage } from './account-page.tsx';
import { HomePage } from './home-page.tsx';
import { LiveHome, LiveHomeContext } from './live-home.ts';
import { ChangeMeetingPage, NewMeetingPage } from './meeting-form-page.tsx';
import { NextMeetingPage } from './next-meeting-page.tsx';
import { StaffLoading } from './parts.tsx';
import { PastPage } from './past-page.tsx';

const fetchMeetingPage = () => codeOfPage(import('./meeting-page.tsx')).then((code) => ({ default: code.MeetingPage }));
const MeetingPage = lazy(fetchMeetingPage);

export function Staff({ arrival }: { arrival: Arrival }) {
  const { t } = useTranslation('staff');
  useEffect(() => {
    document.title = t('pageTitle');
  }, [t]);
  return (
    <SessionGate arrival={arrival} lead={t('signInLead')} onOpenId={() => goToOpenId('staff')}>
      {(account, onSignedOut) => <SignedIn account={account} onSignedOut={onSignedOut} />}
    </SessionGate>
  );
}

function SignedIn({ account, onSignedOut }: { account: Account; onSignedOut: () => void }) {
  const { t } = useTranslation('staff');
  const { t: common } = useTranslation('common');
  const [live] = useState(() => new LiveHome({ onSignedOut }));
  const mayMeet = hasAnywhere(account.grants, 'meetings.create');
  useEffect(() => {
    if (!mayMeet) return;
    live.start();
    return () => live.stop();
  }, [live, mayMeet]);
  const accountPage = <AccountPage account={account} onSignedOut={onSignedOut} />;
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="border-b border-line bg-raised pt-[env(safe-area-inset-top)]">
        <div className="mx-auto flex max-w-5xl items-center gap-1 px-4 py-1 lg:px-8">
          <a href="#/" className="mr-auto flex min-h-12 items-center gap-3 text-control font-bold tracking-tight">
            <img src={mark} alt="" className="size-8" />
            {common('productName')}
          </a>
          <LanguageSwitch />
          <Button
            variant="quiet"
            icon={CircleUser}
            aria-label={t('account.open', { name: account.displayName })}
            onPress={() => {
              location.hash = '#/account';
            }}
          >
            <span className="hidden max-w-48 truncate sm:inline">{account.displayName}</span>
          </Button>
        </div>
      </header>
      <main className="mx-auto flex w-full max-w-5xl flex-1 flex-col gap-6 px-4 py-6 pb-[max(1.5rem,env(safe-area-inset-bottom))] lg:px-8 lg:py-8">
        <LiveHomeContext value={live}>
          <Router hook={useHashLocation}>
            {mayMeet ? (
              <Pages accountId={account.accountId} accountPage={accountPage} />
            ) : (
              <Restricted accountPage={accountPage} />
            )}
          </Router>
        </LiveHomeContext>
      </main>
    </div>
  );
}

function Pages({ accountId, accountPage }: { accountId: string; accountPage: ReactNode }) {
  return (
    <Switch>
      <Route path="/new">
        <NewMeetingPage />
      </Route>
      <Route path="/meetings/:meetingId/change">
        {({ meetingId }) => <ChangeMeetingPage key={meetingId} meetingId={meetingId} accountId={accountId} />}
      </Route>
      <Route path="/meetings/:meetingId/next">
        {({ meetingId }) => <NextMeetingPage key={meetingId} meetingId={meetingId} accountId={accountId} />}
      </Route>
      <Route path="/meetings/:meetingId">
        {({ meetingId }) => (
          <FetchedPage wait={<StaffLoading />}>
            <MeetingPage key={meetingId} meetingId={meetingId} />
          </FetchedPage>
        )}
      </Route>
      <Route path="/meetings/:meetingId/at/:place">
        {({ meetingId, place }) => (
          <FetchedPage wait={<StaffLoading />}>
            <MeetingPage key={meetingId} meetingId={meetingId} place={place} />
          </FetchedPage>
        )}
      </Route>
      <Route path="/past/:text?">
        <PastPage />
      </Route>
      <Route path="/account">{accountPage}</Route>
      <Route>
        <HomePage />
      </Route>
    </Switch>
  );
}

/** An account that makes no meetings, as an installer's. */
function Restricted({ accountPage }: { accountPage: ReactNode }) {
  const { t } = useTranslation('staff');
  return (
    <Switch>
      <Route path="/account">{accountPage}</Route>
      <Route>
        <div className="flex flex-col gap-2 py-12">
          <h1 className="text-heading font-bold">{t('mayNotMeet.title')}</h1>
          <p className="text-base text-quiet">{t('mayNotMeet.lead')}</p>
        </div>
      </Route>
    </Switch>
  );
}
