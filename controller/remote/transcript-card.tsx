/** The transcript of the room's call on its phones: turned on and off for everybody, and captions on this room's TV. */
import { useTranslation } from 'react-i18next';
import { RIGHTS } from '#contract/call-order.ts';
import { TranscriptSwitch } from '#ui/captions/transcript-switch.tsx';
import { Card } from '#ui/card.tsx';
import { OnOff } from '#ui/on-off.tsx';
import { ownRole, type RemoteView } from './projection.ts';
import { type Asking, useProjection } from './use-room.ts';

type TranscriptCardProps = {
  view: Extract<RemoteView, { screen: 'in-call' }>;
  asking: Pick<Asking, 'ask' | 'pending'>;
};

/** Nothing where what is spoken cannot be written. */
export function TranscriptCard({ view, asking: { ask, pending } }: TranscriptCardProps) {
  const { t } = useTranslation('transcript');
  const room = useProjection('transcript');
  if (room === null || room.callId !== view.phase.callId) return null;
  const { transcript, areCaptionsShown } = room;
  const mayOrder = RIGHTS[ownRole(view.phase)].includes('order');
  if (!transcript.isOn && !(mayOrder && transcript.isPossible)) return null;
  return (
    <Card className="pb-3!" title={t('title')}>
      {mayOrder && (
        <TranscriptSwitch
          transcript={transcript}
          isPending={pending('set-transcript') !== null}
          onChange={(change) =>
            ask({ name: 'set-transcript', ...change }, (_, { projections }) => {
              const now = projections.transcript?.transcript;
              return now?.isOn === change.isOn && (!change.isOn || now.language === change.language);
            })
          }
        />
      )}
      {transcript.isOn && (
        <OnOff
          isOn={areCaptionsShown}
          isDisabled={pending('show-captions') !== null}
          onChange={(isOn) =>
            ask(
              { name: 'show-captions', isOn },
              (_, { projections }) => projections.transcript?.areCaptionsShown === isOn,
            )
          }
        >
          {t('onTv')}
        </OnOff>
      )}
    </Card>
  );
}
