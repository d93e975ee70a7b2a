/** Record the call, or end that. A broadcast is recorded by itself. */
import Circle from 'lucide-react/icons/circle';
import Square from 'lucide-react/icons/square';
import { useTranslation } from 'react-i18next';
import type { BroadcastDesk } from '#contract/broadcast.ts';
import { Button } from '../button.tsx';
import { AirTroubles } from './air-troubles.tsx';
import type { Directing } from './use-directing.ts';

type RecordingControlsProps = {
  /** null: it is not recorded */
  recording: BroadcastDesk | null;
  directing: Directing;
};

export function RecordingControls({ recording, directing }: RecordingControlsProps) {
  const { t } = useTranslation('broadcast');
  const isPending = directing.isPending('set-recording');
  const isStarting = recording !== null && recording.phase !== 'live';
  return (
    <div className="flex flex-col gap-2">
      {recording !== null && <AirTroubles desk={recording} />}
      <Button
        icon={recording === null ? Circle : Square}
        className="w-full"
        isPending={isPending}
        onPress={() => directing.setRecording(recording === null)}
      >
        {t(recording === null ? 'record.start' : 'record.stop')}
      </Button>
      <p role="status" className="text-small text-quiet">
        {t(recording === null ? 'record.note' : isStarting ? 'record.starting' : 'record.runs')}
      </p>
    </div>
  );
}
