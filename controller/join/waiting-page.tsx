/** Asked to join, and not answered yet: whose meeting it is, the own picture, and what happens next; never a spinner alone. */
import Hourglass from 'lucide-react/icons/hourglass';
import WifiOff from 'lucide-react/icons/wifi-off';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { Floor } from '#ui/floor.tsx';
import { Icon } from '#ui/icon.tsx';
import { clockTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { DeviceProblems } from './device-problems.tsx';
import type { GuestDevicesState } from './guest-devices.ts';
import type { EntryState, Guest } from './guest.ts';
import { Mirror } from './mirror.tsx';
import { PageHeader } from './page-header.tsx';

type WaitingPageProps = {
  guest: Guest;
  entry: Extract<EntryState, { name: 'waiting' }>;
  devices: GuestDevicesState;
};

export function WaitingPage({ guest, entry, devices }: WaitingPageProps) {
  const { t } = useTranslation('join');
  const heading = useRef<HTMLHeadingElement>(null);
  // a screen reader is still on the former page
  useEffect(() => heading.current?.focus(), []);
  const { meetingTitle, hostName, state, sinceMs, isConnected } = entry;
  const next = state === 'locked' || state === 'no-host' || state === 'admitted' ? state : 'waiting';
  return (
    <div className="relative isolate flex min-h-dvh flex-col">
      <Floor />
      <PageHeader />
      <main className="mx-auto grid w-full max-w-md flex-1 content-start gap-5 px-5 pb-8 sm:max-w-5xl sm:grid-cols-[1.15fr_1fr] sm:items-start sm:gap-x-10 sm:px-8 lg:content-center lg:pb-24">
        <div className="flex flex-col gap-3 sm:col-start-2 sm:row-start-1">
          <p className="line-clamp-3 text-base text-quiet">
            <bdi>{meetingTitle}</bdi>
          </p>
          <h1 ref={heading} tabIndex={-1} className="text-heading font-bold outline-none lg:text-title">
            {t('waiting.title')}
          </h1>
          <div role="status" className="flex flex-col gap-3">
            <p className="flex items-start gap-3 text-base">
              <Icon of={Hourglass} className="mt-0.5 size-5 shrink-0 animate-breathe text-accent" />
              <span>{t(`waiting.next.${next}`, { host: hostName })}</span>
            </p>
            {!isConnected && (
              <p className="flex items-start gap-3 rounded-control bg-warn-soft px-4 py-3 text-base">
                <Icon of={WifiOff} className="mt-0.5 size-5 shrink-0 text-warn" />
                <span>{t('waiting.lineLost')}</span>
              </p>
            )}
          </div>
          <p className="numerals text-small text-quiet">
            {t('waiting.since', { time: clockTime(sinceMs, currentLanguage()) })}
          </p>
          <DeviceProblems devices={guest.devices} state={devices} />
          <Button size="large" className="self-start" onPress={() => void guest.stopWaiting()}>
            {t('waiting.stop')}
          </Button>
        </div>
        <div className="sm:row-start-1">
          <Mirror devices={guest.devices} state={devices} />
        </div>
      </main>
    </div>
  );
}
