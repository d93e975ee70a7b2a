/** Rooms by name: found as they are typed, added one by one, and taken out again. */
import X from 'lucide-react/icons/x';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { roomsApi } from '#contract/http/rooms-api.ts';
import { Button } from '#ui/button.tsx';
import { callApi } from '#ui/http-client.ts';
import { TextField } from '#ui/text-field.tsx';
import { usePaused } from '../use-rooms.ts';
import type { ChosenRoom } from './rollout-draft.ts';

const SHOWN = 6;
const SHORTEST = 2;

type RoomPickerProps = { rooms: readonly ChosenRoom[]; onChange: (rooms: readonly ChosenRoom[]) => void };

export function RoomPicker({ rooms, onChange }: RoomPickerProps) {
  const { t } = useTranslation('updates');
  const [typed, setTyped] = useState('');
  const text = usePaused(typed.trim());
  const [found, setFound] = useState<{ text: string; rooms: readonly ChosenRoom[] } | null>(null);
  useEffect(() => {
    if (text.length < SHORTEST) return;
    const ending = new AbortController();
    callApi(roomsApi.listRooms, { query: { text, sort: 'name', limit: SHOWN }, signal: ending.signal }).then(
      (page) => setFound({ text, rooms: page.rows.map(({ roomId, roomName }) => ({ roomId, roomName })) }),
      // nothing is offered until the server answers again
      () => {},
    );
    return () => ending.abort();
  }, [text]);
  const offered =
    text.length < SHORTEST || found?.text !== text
      ? null
      : found.rooms.filter(({ roomId }) => rooms.every((each) => each.roomId !== roomId));
  return (
    <div className="flex flex-col gap-2">
      <TextField label={t('plan.findRoom')} hint={t('plan.findHint')} type="search" value={typed} onChange={setTyped} />
      {offered !== null && (
        <ul className="flex flex-wrap gap-2" aria-live="polite">
          {offered.map((room) => (
            <li key={room.roomId}>
              <Button
                className="wrap-anywhere"
                onPress={() => {
                  onChange([...rooms, room]);
                  setTyped('');
                }}
              >
                {t('plan.addRoom', { room: room.roomName })}
              </Button>
            </li>
          ))}
          {found?.rooms.length === 0 && <li className="text-small text-quiet">{t('plan.noRoomFound')}</li>}
        </ul>
      )}
      {rooms.length > 0 && (
        <ul className="flex flex-wrap gap-2">
          {rooms.map((room) => (
            <li
              key={room.roomId}
              className="flex min-w-0 items-center rounded-control border border-line bg-raised pl-4 wrap-anywhere"
            >
              <bdi className="min-w-0">{room.roomName}</bdi>
              <Button
                variant="quiet"
                icon={X}
                aria-label={t('plan.removeRoom', { room: room.roomName })}
                onPress={() => onChange(rooms.filter(({ roomId }) => roomId !== room.roomId))}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
