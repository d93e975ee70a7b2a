/** What hosts set for everybody else: mute all, stay muted, who shares, whether it is written; and the end for all. */
import MicOff from 'lucide-react/icons/mic-off';
import PhoneOff from 'lucide-react/icons/phone-off';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallOrder, Right } from '#contract/call-order.ts';
import type { CallTranscript } from '#contract/transcript.ts';
import { Button } from '#ui/button.tsx';
import { TranscriptSwitch } from '#ui/captions/transcript-switch.tsx';
import { ConfirmDialog } from '#ui/dialog.tsx';
import { OnOff } from '#ui/on-off.tsx';
import type { CallActs } from './call-acts.ts';

type OrderSwitchesProps = {
  order: CallOrder;
  transcript: CallTranscript;
  rights: readonly Right[];
  acts: CallActs;
};

export function OrderSwitches({ order, transcript, rights, acts }: OrderSwitchesProps) {
  const { t } = useTranslation('meeting');
  const [isAsked, setAsked] = useState(false);
  if (!rights.includes('order') && !rights.includes('mute') && !rights.includes('end')) return null;
  return (
    <section aria-label={t('order.title')} className="flex flex-col gap-1 border-b border-line pb-3">
      {rights.includes('mute') && (
        <Button
          icon={MicOff}
          isPending={acts.isPending('mute-all')}
          onPress={() => acts.do('mute-all', (call) => call.muteAll())}
        >
          {t('order.muteAll')}
        </Button>
      )}
      {rights.includes('order') && (
        <>
          <OnOff
            note={t('order.staysMutedNote')}
            isOn={order.staysMuted}
            isDisabled={acts.isPending('stays-muted')}
            onChange={(staysMuted) => acts.do('stays-muted', (call) => call.setOrder({ staysMuted }))}
          >
            {t('order.staysMuted')}
          </OnOff>
          <OnOff
            note={t('order.sharingNote')}
            isOn={order.sharedBy === 'everyone'}
            isDisabled={acts.isPending('shared-by')}
            onChange={(isOn) =>
              acts.do('shared-by', (call) => call.setOrder({ sharedBy: isOn ? 'everyone' : 'presenters' }))
            }
          >
            {t('order.sharing')}
          </OnOff>
          <TranscriptSwitch
            transcript={transcript}
            isPending={acts.isPending('transcript')}
            onChange={(change) => acts.do('transcript', (call) => call.setTranscript(change))}
          />
        </>
      )}
      {rights.includes('end') && (
        <Button variant="danger-quiet" icon={PhoneOff} className="-ml-4 self-start" onPress={() => setAsked(true)}>
          {t('act.end')}
        </Button>
      )}
      <ConfirmDialog
        title={t('act.endTitle')}
        body={t('act.endBody')}
        action={t('act.end')}
        isOpen={isAsked}
        isPending={acts.isPending('end')}
        onConfirm={() => acts.do('end', (call) => call.endForAll())}
        onClose={() => setAsked(false)}
      />
    </section>
  );
}
