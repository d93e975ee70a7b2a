/** Makes a room, and shows the claim for its kiosk this once. */
import Plus from 'lucide-react/icons/plus';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HttpResponse } from '#contract/http-api.ts';
import { shownText } from '#contract/shown-text.ts';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { TextField } from '#ui/text-field.tsx';
import { clockTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { callApi } from './api.ts';
import { CopyOnce, ProblemWords } from './parts.tsx';
import { useDoing } from './use-api.ts';

export function AddRoom({ onAdded }: { onAdded: () => void }) {
  const { t } = useTranslation('console');
  const [isOpen, setOpen] = useState(false);
  const [roomName, setRoomName] = useState('');
  const [checked, setChecked] = useState(false);
  const [made, setMade] = useState<HttpResponse<'createRoom'> | null>(null);
  const { run, isPending, problem, clear } = useDoing();
  const open = () => {
    setRoomName('');
    setChecked(false);
    setMade(null);
    clear();
    setOpen(true);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (shownText(roomName) === '' || isPending) return;
    const answer = await run(() => callApi('createRoom', { body: { roomName: shownText(roomName) } }));
    if (answer === null) return;
    setMade(answer);
    onAdded();
  };
  return (
    <>
      <Button variant="primary" icon={Plus} onPress={open}>
        {t('add.button')}
      </Button>
      <Dialog
        title={made ? t('add.claimTitle', { room: shownText(roomName) }) : t('add.title')}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        className="sm:max-w-lg!"
      >
        {made ? (
          <>
            <p className="text-base text-quiet">
              {t('add.claimLead', { time: clockTime(made.claimExpiresAtMs, currentLanguage()) })}
            </p>
            <CopyOnce label={t('add.claimCode')} text={claimFileOf(made)} action={t('add.copyClaim')} />
            <Button onPress={() => setOpen(false)}>{t('add.done')}</Button>
          </>
        ) : (
          <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5" noValidate>
            <TextField
              label={t('add.name')}
              hint={t('add.nameHint')}
              value={roomName}
              onChange={setRoomName}
              maxLength={80}
              autoFocus
              problem={checked && shownText(roomName) === '' ? t('signIn.needed') : null}
            />
            <ProblemWords problem={problem} />
            <Button type="submit" variant="primary" size="large" isPending={isPending}>
              {t('add.action')}
            </Button>
          </form>
        )}
      </Dialog>
    </>
  );
}

/** As `kiosk/main.ts --claim-file` reads it (contract: enrolment). */
function claimFileOf({ deviceApiUrl, caSha256, claimCode }: HttpResponse<'createRoom'>): string {
  return JSON.stringify({ deviceApiUrl, caSha256, claimCode }, null, 2);
}
