/** A host's way to the broadcast from inside the call: the controls of the staff page. Nothing for an account that may not. */
import Radio from 'lucide-react/icons/radio';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Director } from '#ui/broadcast/director-card.tsx';
import { useDirecting } from '#ui/broadcast/use-directing.ts';
import { useMeetingAir } from '#ui/broadcast/use-meeting-air.ts';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';

type HostBroadcastProps = {
  meetingId: string;
  /** with words, in a sheet; else an icon in the header */
  isLarge?: boolean;
};

export function HostBroadcast({ meetingId, isLarge = false }: HostBroadcastProps) {
  const { t } = useTranslation('broadcast');
  const { air, previewUrl, line } = useMeetingAir(meetingId);
  const directing = useDirecting(line);
  const [isOpen, setOpen] = useState(false);
  if (air === null || (!air.mayBroadcast && !air.mayRecord)) return null;
  return (
    <>
      <Button
        size={isLarge ? 'large' : 'medium'}
        variant={isLarge ? 'plain' : 'quiet'}
        icon={Radio}
        aria-label={isLarge ? undefined : t('title')}
        onPress={() => setOpen(true)}
      >
        {isLarge ? t('title') : undefined}
      </Button>
      <Dialog title={t('title')} isOpen={isOpen} onClose={() => setOpen(false)}>
        <Director air={air} directing={directing} people={air.people} previewUrl={previewUrl} hasMark={false} />
      </Dialog>
    </>
  );
}
