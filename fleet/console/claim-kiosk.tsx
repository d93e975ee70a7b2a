/** Claims the kiosk that stands before somebody: its code is typed in, its fingerprint is compared, then it is the room's. */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { kiosksApi } from '#contract/http/kiosks-api.ts';
import type { RoomOverview } from '#contract/http/rooms-api.ts';
import type { WaitingKiosk } from '#contract/waiting-kiosk.ts';
import { Button } from '#ui/button.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { TextField } from '#ui/text-field.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { KioskSheetWords } from './kiosk-sheet-words.tsx';
import { useLiveRooms } from './use-rooms.ts';

/** Eight letters and digits, with or without the dash between. */
const CODE_LENGTH = 8;
const plainCode = (typed: string): string => typed.toUpperCase().replaceAll(/[^0-9A-Z]/g, '');

export function ClaimKiosk({ room, onDone }: { room: RoomOverview; onDone: () => void }) {
  const { t } = useTranslation('console');
  const { refresh } = useLiveRooms();
  const [code, setCode] = useState('');
  const [isChecked, setChecked] = useState(false);
  const [found, setFound] = useState<WaitingKiosk | null>(null);
  const { run, isPending, problem } = useAsyncAction();
  const claimCode = plainCode(code);
  const isComplete = claimCode.length === CODE_LENGTH;
  const look = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (isComplete && !isPending)
      setFound(await run(() => callApi(kiosksApi.lookUpWaitingKiosk, { body: { claimCode } })));
  };
  const claim = async ({ keySha256 }: WaitingKiosk) => {
    const body = { claimCode, keySha256, replaces: room.enrolled };
    const answer = await run(() => callApi(kiosksApi.claimKiosk, { params: { roomId: room.roomId }, body }));
    if (answer === null) return;
    refresh();
    onDone();
  };
  if (found !== null)
    return (
      <>
        <p className="text-base text-quiet">{t('claim.compare')}</p>
        <KioskSheetWords kiosk={found} />
        {room.enrolled && <p className="text-base font-semibold text-warn">{t('claim.replaces')}</p>}
        <ProblemWords problem={problem} />
        <Button variant="primary" size="large" isPending={isPending} onPress={() => void claim(found)}>
          {t(room.enrolled ? 'claim.replace' : 'claim.claim')}
        </Button>
        <Button isDisabled={isPending} onPress={() => setFound(null)}>
          {t('claim.another')}
        </Button>
      </>
    );
  return (
    <form onSubmit={(event) => void look(event)} className="flex flex-col gap-5" noValidate>
      <p className="text-base text-quiet">{t('claim.lead')}</p>
      <TextField
        label={t('claim.code')}
        value={code}
        onChange={setCode}
        autoComplete="off"
        autoFocus
        maxLength={20}
        problem={isChecked && !isComplete ? t('claim.incomplete') : null}
      />
      <ProblemWords problem={problem} />
      <Button type="submit" variant="primary" size="large" isPending={isPending}>
        {t('claim.look')}
      </Button>
    </form>
  );
}
