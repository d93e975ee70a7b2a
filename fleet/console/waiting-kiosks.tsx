/** Kiosks that wait: those that ask to come back with a person's yes, and how many are to be claimed in which network. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { kiosksApi } from '#contract/http/kiosks-api.ts';
import type { WaitingKiosk } from '#contract/waiting-kiosk.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { callApi, followEvents } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { dateAndTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { FreshSignIn, useFreshAction } from './fresh-sign-in.tsx';
import { KioskSheetWords } from './kiosk-sheet-words.tsx';

export function WaitingKiosksList() {
  const { t } = useTranslation('console');
  const kiosks = useWaitingKiosks();
  const returning = kiosks.filter(({ formerRoom }) => formerRoom !== null);
  const bare = kiosks.length - returning.length;
  if (kiosks.length === 0) return null;
  return (
    <Card title={t('waitingKiosks.title')}>
      <FreshSignIn>
        <ul className="flex flex-col gap-6 empty:hidden">
          {returning.map((kiosk) => (
            <Returning key={kiosk.waitingId} kiosk={kiosk} formerRoom={kiosk.formerRoom!} />
          ))}
        </ul>
      </FreshSignIn>
      {bare > 0 && <p className="text-base">{t('waitingKiosks.bare', { count: bare })}</p>}
    </Card>
  );
}

type ReturningProps = { kiosk: WaitingKiosk; formerRoom: NonNullable<WaitingKiosk['formerRoom']> };

function Returning({ kiosk, formerRoom }: ReturningProps) {
  const { t } = useTranslation('console');
  const { run, isPending, problem } = useFreshAction();
  const { roomId, roomName, endedAtMs } = formerRoom;
  const { waitingId, keySha256 } = kiosk;
  const letReturn = () =>
    run(() => callApi(kiosksApi.letKioskReturn, { params: { roomId }, body: { waitingId, keySha256 } }));
  const refuse = () => run(() => callApi(kiosksApi.refuseWaitingKiosk, { params: { roomId, waitingId } }));
  return (
    <li className="flex flex-col gap-3">
      <p className="text-base">
        {t('waitingKiosks.returning', { room: roomName, time: dateAndTime(endedAtMs, currentLanguage()) })}
      </p>
      <KioskSheetWords kiosk={kiosk} />
      <div className="flex flex-wrap gap-3">
        <Button variant="primary" isPending={isPending} onPress={() => void letReturn()}>
          {t('waitingKiosks.letReturn')}
        </Button>
        <Button isDisabled={isPending} onPress={() => void refuse()}>
          {t('waitingKiosks.refuse')}
        </Button>
      </div>
      <ProblemWords problem={problem} />
    </li>
  );
}

function useWaitingKiosks(): WaitingKiosk[] {
  const [kiosks, setKiosks] = useState<WaitingKiosk[]>([]);
  useEffect(
    () =>
      followEvents(kiosksApi.waitingKioskChanges, {
        onConnected: () => {},
        onEvent: ({ data }) => setKiosks(data.kiosks),
        // the list of rooms notices that nobody is signed in any more
        onRefused: () => setKiosks([]),
      }),
    [],
  );
  return kiosks;
}
