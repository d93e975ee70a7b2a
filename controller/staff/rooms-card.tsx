/** The rooms of a meeting that is being made, each with whether it is free for all of that time. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { meetingsApi, type RoomAvailability } from '#contract/http/meetings-api.ts';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import { Card } from '#ui/card.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { Spinner } from '#ui/progress.tsx';
import { OnOff } from '#ui/on-off.tsx';
import { untilWords } from './room-words.ts';

const MINUTE_MS = 60_000;
const TYPED_FOR_MS = 250;

type RoomsCardProps = {
  meetingId: string | null;
  /** null: without a time, or none is typed: as of now */
  startsAtMs: number | null;
  minutes: number | null;
  chosen: readonly string[];
  onChange: (roomIds: string[]) => void;
};

export function RoomsCard({ meetingId, startsAtMs, minutes, chosen, onChange }: RoomsCardProps) {
  const { t } = useTranslation('staff');
  const { rooms, problem } = useRooms(meetingId, startsAtMs, minutes);
  return (
    <Card title={t('form.rooms')}>
      <ProblemWords problem={problem} />
      {rooms === null && problem === null && <Spinner label={t('loading')} className="size-6" />}
      {rooms?.length === 0 && <p className="text-base text-quiet">{t('home.noRooms')}</p>}
      <ul className="flex max-h-96 flex-col overflow-y-auto pr-1 empty:hidden">
        {rooms?.map((room) => (
          <li key={room.roomId} className="border-t border-line first:border-0">
            <OnOff
              note={[room.placeName, untilWords(room, t)].filter((words) => words !== null).join(' · ')}
              isOn={chosen.includes(room.roomId)}
              onChange={(isOn) =>
                onChange(isOn ? [...chosen, room.roomId] : chosen.filter((roomId) => roomId !== room.roomId))
              }
            >
              <bdi className={room.isFree ? '' : 'text-quiet'}>{room.roomName}</bdi>
            </OnOff>
            {!room.isFree && chosen.includes(room.roomId) && (
              <p role="status" className="pb-2 text-small font-medium text-warn">
                {t('room.busyChosen')}
              </p>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

type Rooms = { rooms: readonly RoomAvailability[] | null; problem: MaruError | null };

function useRooms(meetingId: string | null, startsAtMs: number | null, minutes: number | null): Rooms {
  const [found, setFound] = useState<Rooms>({ rooms: null, problem: null });
  useEffect(() => {
    const asking = new AbortController();
    const timer = setTimeout(() => {
      const fromMs = startsAtMs ?? Date.now();
      const query = {
        startsAtMs: fromMs,
        endsAtMs: fromMs + (minutes ?? 30) * MINUTE_MS,
        ...(meetingId !== null && { meetingId }),
      };
      callApi(meetingsApi.findRooms, { query, signal: asking.signal }).then(
        ({ rooms }) => setFound({ rooms, problem: null }),
        (error: unknown) => {
          if (!asking.signal.aborted) setFound((before) => ({ ...before, problem: toMaruError(error) }));
        },
      );
    }, TYPED_FOR_MS);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [meetingId, startsAtMs, minutes]);
  return found;
}
