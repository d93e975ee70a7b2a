/** The claim of a kiosk, shown this once, and the name of a room as it is typed. */
import Download from 'lucide-react/icons/download';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { useTranslation } from 'react-i18next';
import type { RouteAnswer } from '#contract/http/route.ts';
import type { roomsApi } from '#contract/http/rooms-api.ts';
import { shownText } from '#contract/shown-text.ts';
import { Button } from '#ui/button.tsx';
import { Icon } from '#ui/icon.tsx';
import { TextField } from '#ui/text-field.tsx';
import { clockTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { CopyText } from '#ui/copy-text.tsx';
import { saveTextFile } from './save-text-file.ts';
import { useIsTaken } from './use-rooms.ts';

export function RoomClaim({ claim, onDone }: { claim: RouteAnswer<typeof roomsApi.createClaim>; onDone: () => void }) {
  const { t } = useTranslation('console');
  const { deviceApiUrl, caSha256, claimCode, claimExpiresAtMs } = claim;
  // as `kiosk/main.ts --claim-file` reads it (contract: enrolment)
  const file = JSON.stringify({ deviceApiUrl, caSha256, claimCode }, null, 2);
  return (
    <>
      <p className="text-base text-quiet">
        {t('add.claimLead', { time: clockTime(claimExpiresAtMs, currentLanguage()) })}
      </p>
      <CopyText label={t('add.claimCode')} text={file} action={t('add.copyClaim')} />
      <Button icon={Download} onPress={() => saveTextFile(CLAIM_FILE, `${file}\n`)}>
        {t('add.saveClaim')}
      </Button>
      <Button onPress={onDone}>{t('add.done')}</Button>
    </>
  );
}

/** As the guide's commands name it. */
const CLAIM_FILE = 'claim.json';

type RoomNameProps = {
  name: string;
  onChange: (name: string) => void;
  /** null: a new one */
  roomId: string | null;
  isMissing: boolean;
};

/** A name that another room has is allowed, and pointed out. */
export function RoomNameField({ name, onChange, roomId, isMissing }: RoomNameProps) {
  const { t } = useTranslation('console');
  const isTaken = useIsTaken(shownText(name), roomId);
  return (
    <div className="flex flex-col gap-3">
      <TextField
        label={t('add.name')}
        hint={t('add.nameHint')}
        value={name}
        onChange={onChange}
        maxLength={80}
        autoFocus
        problem={isMissing && shownText(name) === '' ? t('needed', { ns: 'common' }) : null}
      />
      <div role="status" className="empty:hidden">
        {isTaken && <SameName words={t('sameName.typed')} />}
      </div>
    </div>
  );
}

export function SameName({ words }: { words: string }) {
  return (
    <p className="flex items-start gap-2 text-small font-medium text-warn">
      <Icon of={TriangleAlert} className="mt-0.5 size-4" />
      {words}
    </p>
  );
}
