/** Whether people count on a room, since when and why; and its change. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { roomServiceApi } from '#contract/http/fleet-api.ts';
import type { RoomOverview } from '#contract/http/rooms-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { dateAndTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { type ServiceChange, ServiceForm } from './service-form.tsx';
import { useLiveRooms } from './use-rooms.ts';

export function RoomServiceCard({ room, mayChange }: { room: RoomOverview; mayChange: boolean }) {
  const { t } = useTranslation('fleet');
  const { refresh } = useLiveRooms();
  const [isOpen, setOpen] = useState(false);
  const { run, isPending, problem, dismissProblem } = useAsyncAction();
  const { roomId, roomName, service } = room;
  const { state, sinceMs, untilMs, reason } = service;
  const language = currentLanguage();
  const change = async (body: ServiceChange) => {
    const changed = await run(() => callApi(roomServiceApi.setRoomService, { params: { roomId }, body }));
    if (changed === null) return;
    setOpen(false);
    refresh();
  };
  return (
    <Card title={t('service.title')}>
      <div className="flex flex-col gap-3">
        <div className="flex flex-col gap-1">
          <p className="font-semibold">{t(`service.state.${state}`)}</p>
          <p className="text-small text-quiet">{t(`service.hint.${state}`)}</p>
          {reason !== '' && (
            <p dir="auto" className="text-small wrap-anywhere">
              {reason}
            </p>
          )}
          <p className="numerals text-small text-quiet">
            {sinceMs > 0 && t('service.since', { time: dateAndTime(sinceMs, language) })}
            {state === 'maintenance' && (
              <span className="block">
                {untilMs === null ? t('service.byHand') : t('service.until', { time: dateAndTime(untilMs, language) })}
              </span>
            )}
          </p>
        </div>
        {mayChange && (
          <Button
            onPress={() => {
              dismissProblem();
              setOpen(true);
            }}
          >
            {t('service.change')}
          </Button>
        )}
      </div>
      <Dialog title={t('service.changeTitle', { room: roomName })} isOpen={isOpen} onClose={() => setOpen(false)}>
        <ServiceForm chosen={state} isPending={isPending} onSubmit={(body) => void change(body)}>
          <ProblemWords problem={problem} />
        </ServiceForm>
      </Dialog>
    </Card>
  );
}
