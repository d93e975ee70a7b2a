/** What happened in a room, the newest first, in words. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { roomsApi } from '#contract/http/rooms-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { dateAndTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { ListStatus } from './list-parts.tsx';
import { useEventWords } from './event-words.ts';
import { useFetched } from './use-fetched.ts';

const SHOWN = 10;
/** received so long after it happened, the delay is worth a word */
const LATE_MS = 60_000;

export function RoomHappenings({ roomId }: { roomId: string }) {
  const { t } = useTranslation('fleet');
  const language = currentLanguage();
  const words = useEventWords();
  const { answer, problem } = useFetched(() => callApi(roomsApi.listRoomEvents, { params: { roomId } }));
  const [wanted, setWanted] = useState(SHOWN);
  const events = answer === null ? null : answer.events.toReversed();
  return (
    <Card title={t('events.title')}>
      <ProblemWords problem={problem} />
      {events === null ? (
        problem === null && <ListStatus words={t('events.loading')} isLoading />
      ) : events.length === 0 ? (
        <p className="text-small text-quiet">{t('events.none')}</p>
      ) : (
        <ol className="flex flex-col">
          {events.slice(0, wanted).map(({ event, receivedAtMs }) => (
            <li
              key={event.eventId}
              className="grid gap-x-4 border-t border-line py-2 first:border-t-0 first:pt-0 sm:grid-cols-[10rem_minmax(0,1fr)]"
            >
              <time dateTime={new Date(event.atMs).toISOString()} className="numerals text-small text-quiet">
                {dateAndTime(event.atMs, language)}
              </time>
              <span className="wrap-anywhere">
                {words(event)}
                {receivedAtMs - event.atMs > LATE_MS && (
                  <span className="numerals text-small text-quiet">
                    {' '}
                    · {t('events.late', { time: dateAndTime(receivedAtMs, language) })}
                  </span>
                )}
              </span>
            </li>
          ))}
        </ol>
      )}
      {events !== null && events.length > wanted && (
        <Button className="mt-3" onPress={() => setWanted(wanted + 4 * SHOWN)}>
          {t('events.more')}
        </Button>
      )}
    </Card>
  );
}
