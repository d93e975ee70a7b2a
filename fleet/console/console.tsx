/** The console: who is signed in decides what is shown; the address's fragment decides which page, loaded when it is opened. */
import LogOut from 'lucide-react/icons/log-out';
import { type ReactNode, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Route, Router, Switch } from 'wouter';
import { type Account, peopleApi } from '#contract/http/people-api.ts';
import { Button } from '#ui/button.tsx';
import { callApi } from '#ui/http-client.ts';
import { LanguageSwitch } from '#ui/language-switch.tsx';
import { takeArrival } from '#ui/sign-in/arrival.ts';
import { goToOpenId } from '#ui/sign-in/open-id.ts';
import { SessionGate } from '#ui/sign-in/session-gate.tsx';
import { AccountContext, useMay, useMayAbove, useMayAnywhere } from './account.ts';
import { ConsoleNav } from './console-nav.tsx';
import { LazyPage, pageCode } from './lazy-page.tsx';
import { LiveRooms } from './live-rooms.ts';
import { PageBoundary } from './page-boundary.tsx';
import { Loading } from './parts.tsx';
import { usePagePath } from './url-filters.ts';
import { LiveRoomsContext } from './use-rooms.ts';

const nowPage = pageCode(() => import('./now-page.tsx').then((module) => module.NowPage));
const roomPage = pageCode(() => import('./console-room-page.tsx').then((module) => module.ConsoleRoomPage));
const roomsPage = pageCode(() => import('./rooms-page.tsx').then((module) => module.RoomsPage));
const usagePage = pageCode(() => import('./usage-page.tsx').then((module) => module.UsagePage));
const auditPage = pageCode(() => import('./audit-page.tsx').then((module) => module.AuditPage));
const peoplePage = pageCode(() => import('./people-page.tsx').then((module) => module.PeoplePage));
const personPage = pageCode(() => import('./person-page.tsx').then((module) => module.PersonPage));
const broadcastsPage = pageCode(() => import('./broadcasts-page.tsx').then((module) => module.BroadcastsPage));
const alertsPage = pageCode(() => import('./alerts-page.tsx').then((module) => module.AlertsPage));
const alertTargetsPage = pageCode(() => import('./alert-targets-page.tsx').then((module) => module.AlertTargetsPage));
const helpPage = pageCode(() => import('./help-page.tsx').then((module) => module.HelpPage));
const helpTicketPage = pageCode(() => import('./help-ticket-page.tsx').then((module) => module.HelpTicketPage));
const settingsPage = pageCode(() => import('./settings-page.tsx').then((module) => module.SettingsPage));
const updatesPage = pageCode(() => import('./updates/updates-page.tsx').then((module) => module.UpdatesPage));
const newRolloutPage = pageCode(() => import('./updates/new-rollout-page.tsx').then((module) => module.NewRolloutPage));
const recordsPage = pageCode(() => import('./records-page.tsx').then((module) => module.RecordsPage));
const placesPage = pageCode(() => import('./places-page.tsx').then((module) => module.PlacesPage));
// beside the question who is signed in, not after it; where it fails the page itself shows it
firstPage(location.hash)
  .preload()
  .catch(() => {});

function firstPage(hash: string): { preload: () => Promise<unknown> } {
  if (hash.startsWith('#/rooms/')) return roomPage;
  return hash.startsWith('#/rooms') ? roomsPage : nowPage;
}

export function Console() {
  const { t } = useTranslation('console');
  const [arrival] = useState(takeArrival);
  useEffect(() => {
    document.title = t('pageTitle');
  }, [t]);
  return (
    <SessionGate
      arrival={arrival}
      lead={t('signIn.lead')}
      passwordHint={t('signIn.passwordHint')}
      onOpenId={() => goToOpenId('console')}
    >
      {(account, onSignedOut) => <SignedIn account={account} onSignedOut={onSignedOut} />}
    </SessionGate>
  );
}

function SignedIn({ account, onSignedOut }: { account: Account; onSignedOut: () => void }) {
  const { t } = useTranslation('sign-in');
  const { t: common } = useTranslation('common');
  const signOut = () => {
    onSignedOut();
    callApi(peopleApi.signOut).catch((error: unknown) => console.warn('sign-out', error));
  };
  return (
    <AccountContext value={account}>
      <header className="border-b border-line bg-raised">
        <div className="mx-auto flex max-w-6xl items-center gap-2 px-5 py-2 lg:px-8">
          <a href="#/" className="mr-auto text-control font-bold tracking-tight">
            {common('productName')}
          </a>
          <span className="mr-2 hidden text-small text-quiet sm:inline">{account.userName}</span>
          <LanguageSwitch />
          <Button variant="quiet" icon={LogOut} onPress={signOut}>
            {t('signOut')}
          </Button>
        </div>
        <ConsoleNav />
      </header>
      <main className="mx-auto flex max-w-6xl flex-col gap-6 px-5 py-8 lg:px-8">
        <WithLiveRooms onSignedOut={onSignedOut}>
          <Router hook={usePagePath}>
            <Pages />
          </Router>
        </WithLiveRooms>
      </main>
    </AccountContext>
  );
}

function Pages() {
  const { t } = useTranslation('console');
  const [path] = usePagePath();
  const maySeePeople = useMay('people.view');
  const mayManagePlaces = useMay('places.manage');
  const maySet = useMayAbove('settings.manage');
  const mayManageBroadcasts = useMay('broadcasts.manage');
  const mayManagePeople = useMay('people.manage');
  const maySeeAudit = useMay('audit.view');
  const maySeeAlerts = useMayAnywhere('rooms.view');
  const mayConfigureAlerts = useMay('alerts.configure');
  const mayHelp = useMayAnywhere('rooms.help');
  const maySeeUpdates = useMay('rooms.view');
  const mayManageUpdates = useMay('updates.manage');
  return (
    <PageBoundary key={path}>
      <Suspense fallback={<Loading words={t('nav.loading')} />}>
        <Switch>
          <Route path="/rooms">
            <LazyPage code={roomsPage} props={{}} />
          </Route>
          <Route path="/rooms/:roomId">
            {({ roomId }) => <LazyPage key={roomId} code={roomPage} props={{ roomId }} />}
          </Route>
          {maySeePeople && (
            <Route path="/people">
              <LazyPage code={peoplePage} props={{}} />
            </Route>
          )}
          {maySeePeople && (
            <Route path="/people/:accountId">
              {({ accountId }) => <LazyPage key={accountId} code={personPage} props={{ accountId }} />}
            </Route>
          )}
          {mayManagePlaces && (
            <Route path="/places">
              <LazyPage code={placesPage} props={{}} />
            </Route>
          )}
          {maySet && (
            <Route path="/settings/:placeId?">
              {({ placeId }) => <LazyPage key="settings" code={settingsPage} props={{ placeId: placeId ?? null }} />}
            </Route>
          )}
          {mayManagePeople && (
            <Route path="/records">
              <LazyPage code={recordsPage} props={{}} />
            </Route>
          )}
          {mayManageBroadcasts && (
            <Route path="/broadcasts">
              <LazyPage code={broadcastsPage} props={{}} />
            </Route>
          )}
          {maySeeUpdates && (
            <Route path="/updates">
              <LazyPage code={updatesPage} props={{}} />
            </Route>
          )}
          {mayManageUpdates && (
            <Route path="/updates/new">
              <LazyPage code={newRolloutPage} props={{}} />
            </Route>
          )}
          {maySeeAlerts && (
            <Route path="/alerts">
              <LazyPage code={alertsPage} props={{}} />
            </Route>
          )}
          {mayConfigureAlerts && (
            <Route path="/alerts/targets">
              <LazyPage code={alertTargetsPage} props={{}} />
            </Route>
          )}
          {mayHelp && (
            <Route path="/help">
              <LazyPage code={helpPage} props={{}} />
            </Route>
          )}
          {mayHelp && (
            <Route path="/help/:helpId">
              {({ helpId }) => <LazyPage key={helpId} code={helpTicketPage} props={{ helpId }} />}
            </Route>
          )}
          <Route path="/usage">
            <LazyPage code={usagePage} props={{}} />
          </Route>
          {maySeeAudit && (
            <Route path="/audit">
              <LazyPage code={auditPage} props={{}} />
            </Route>
          )}
          <Route>
            <LazyPage code={nowPage} props={{}} />
          </Route>
        </Switch>
      </Suspense>
    </PageBoundary>
  );
}

function WithLiveRooms({ onSignedOut, children }: { onSignedOut: () => void; children: ReactNode }) {
  const [live] = useState(() => new LiveRooms({ onSignedOut }));
  useEffect(() => {
    live.start();
    return () => live.stop();
  }, [live]);
  return <LiveRoomsContext value={live}>{children}</LiveRoomsContext>;
}
