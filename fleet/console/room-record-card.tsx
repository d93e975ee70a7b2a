/** What the meeting of a room left behind, which IT does not see: deleted here when somebody asks for it. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { recordApi } from '#contract/http/record-api.ts';
import type { RoomOverview } from '#contract/http/rooms-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ConfirmDialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';

export function RoomRecordCard({ room }: { room: Pick<RoomOverview, 'roomName' | 'meetingId'> }) {
  const { t } = useTranslation('console');
  const [isAsking, setAsking] = useState(false);
  const [isDeleted, setDeleted] = useState(false);
  const { run, isPending, problem } = useAsyncAction();
  const remove = async () => {
    setAsking(false);
    setDeleted(false);
    const params = { meetingId: room.meetingId };
    setDeleted((await run(() => callApi(recordApi.deleteRecord, { params }))) !== null);
  };
  return (
    <Card title={t('record.title')}>
      <div className="flex flex-col gap-4">
        <p className="text-small text-quiet">{t('record.lead')}</p>
        <Button variant="danger-quiet" isPending={isPending} onPress={() => setAsking(true)}>
          {t('record.delete')}
        </Button>
        <p role="status" className="text-small font-semibold text-accent empty:hidden">
          {isDeleted && t('record.deleted')}
        </p>
        <ProblemWords problem={problem} />
      </div>
      <ConfirmDialog
        title={t('record.deleteTitle', { room: room.roomName })}
        body={t('record.deleteBody')}
        action={t('record.delete')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => void remove()}
      />
    </Card>
  );
}
