/** The watch page: who is signed in, then the list or one broadcast, by the address. */
import UserRound from 'lucide-react/icons/circle-user';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Route, Router, Switch } from 'wouter';
import { type BroadcastCaptions, broadcastsApi } from '#contract/http/broadcasts-api.ts';
import { pagePaths } from '#contract/http/page-paths.ts';
import { Id } from '#contract/schema.ts';
import { FollowedHome } from '#ui/followed-home.ts';
import { Icon } from '#ui/icon.tsx';
import { LanguageSwitch } from '#ui/language-switch.tsx';
import mark from '#ui/mark.svg';
import type { Arrival } from '#ui/sign-in/arrival.ts';
import { SessionGate } from '#ui/sign-in/session-gate.tsx';
import { BroadcastPage } from './broadcast-page.tsx';
import { ALL, PageMessage } from './page-message.tsx';
import { ReceivedCaptions } from './received-captions.ts';
import { goToOpenIdFromHere } from './return-here.ts';
import { ReceivedCaptionsContext } from './use-broadcast-caption.ts';
import { WatchHomeContext } from './watch-home.ts';
import { WatchHomePage } from './watch-home-page.tsx';

export function Watch({ arrival }: { arrival: Arrival }) {
  const { t } = useTranslation('watch');
  useEffect(() => {
    document.title = t('pageTitle');
  }, [t]);
  return (
    <SessionGate arrival={arrival} lead={t('signInLead')} onOpenId={goToOpenIdFromHere}>
      {(_account, onSignedOut) => <SignedIn onSignedOut={onSignedOut} />}
    </SessionGate>
  );
}

function SignedIn({ onSignedOut }: { onSignedOut: () => void }) {
  const { t } = useTranslation('watch');
  const [captions] = useState(() => new ReceivedCaptions());
  const [home] = useState(
    () =>
      new FollowedHome(broadcastsApi.watchHome, {
        onSignedOut,
        onOther: (_name, data) => captions.receive(data as BroadcastCaptions),
      }),
  );
  useEffect(() => {
    home.start();
    return () => home.stop();
  }, [home]);
  return (
    <WatchHomeContext value={home}>
      <ReceivedCaptionsContext value={captions}>
        <Router base={pagePaths.watch}>
          <Frame>
            <Switch>
              <Route path="/">
                <WatchHomePage />
              </Route>
              <Route path="/:broadcastId">
                {({ broadcastId }) =>
                  Id.safeParse(broadcastId).success ? (
                    <BroadcastPage key={broadcastId} broadcastId={broadcastId} onSignedOut={onSignedOut} />
                  ) : (
                    <PageMessage title={t('wrongAddress.title')} lead={t('wrongAddress.lead')} />
                  )
                }
              </Route>
              <Route>
                <PageMessage title={t('wrongAddress.title')} lead={t('wrongAddress.lead')} />
              </Route>
            </Switch>
          </Frame>
        </Router>
      </ReceivedCaptionsContext>
    </WatchHomeContext>
  );
}

function Frame({ children }: { children: ReactNode }) {
  const { t } = useTranslation('watch');
  const { t: common } = useTranslation('common');
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="border-b border-line bg-raised pt-[env(safe-area-inset-top)]">
        <div className="mx-auto flex max-w-7xl items-center gap-1 px-4 py-1 lg:px-8">
          <Link
            href={ALL}
            aria-label={`${common('productName')}: ${t('all')}`}
            className="mr-auto flex min-h-12 items-center gap-3 text-control font-bold tracking-tight"
          >
            <img src={mark} alt="" className="size-8" />
            {common('productName')}
          </Link>
          <LanguageSwitch />
          <a
            href={pagePaths.staff}
            className="flex min-h-12 min-w-12 items-center justify-center gap-2 rounded-control px-3 text-base font-semibold hover:bg-lifted"
          >
            <Icon of={UserRound} className="size-5" />
            <span className="max-sm:sr-only">{t('account')}</span>
          </a>
        </div>
      </header>
      {children}
    </div>
  );
}
