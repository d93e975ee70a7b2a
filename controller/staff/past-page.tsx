/** Meetings that are over, the newest first: found by their title, a page at a time. Each leads to what it left behind. */
import ChevronRight from 'lucide-react/icons/chevron-right';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import { type PastMeeting, recordApi } from '#contract/http/record-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { callApi } from '#ui/http-client.ts';
import { Icon } from '#ui/icon.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { TextField } from '#ui/text-field.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { dateAndTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { useLiveHome } from './live-home.ts';
import { PageHead, StaffLoading } from './parts.tsx';

const PAGE = 30;
const MAX_TEXT = 100;
/** while somebody types nothing is asked for */
const TYPED_MS = 300;

export function PastPage() {
  const { t } = useTranslation('record');
  const [text, setText] = useState(textInHash);
  const { list, problem, more, isPending, moreProblem } = usePast(text);
  return (
    <>
      <PageHead title={t('past.title')} />
      <Card>
        <div className="flex flex-col gap-4">
          <TextField label={t('past.find')} type="search" value={text} maxLength={MAX_TEXT} onChange={setText} />
          <ProblemWords problem={problem} />
          {list === null && problem === null && <StaffLoading />}
          {list?.rows.length === 0 && (
            <p className="text-base text-quiet">{t(list.of === '' ? 'past.none' : 'past.notFound')}</p>
          )}
          <ul className="flex flex-col">
            {list?.rows.map((meeting) => (
              <PastRow key={meeting.meetingId} meeting={meeting} />
            ))}
          </ul>
          <ProblemWords problem={moreProblem} />
          {list !== null && list.nextCursor !== null && (
            <Button isPending={isPending} onPress={more}>
              {t('past.more')}
            </Button>
          )}
        </div>
      </Card>
    </>
  );
}

/** In the address, for the way back from a meeting. */
const HASH = /^#\/past\/(.+)$/;

function textInHash(): string {
  try {
    return decodeURIComponent(HASH.exec(location.hash)?.[1] ?? '').slice(0, MAX_TEXT);
  } catch {
    return '';
  }
}

function keepInHash(text: string): void {
  history.replaceState(history.state, '', text === '' ? '#/past' : `#/past/${encodeURIComponent(text)}`);
}

function PastRow({ meeting: { meetingId, title, heldAtMs, hostName, rooms, isCancelled } }: { meeting: PastMeeting }) {
  const { t } = useTranslation('staff');
  const about = [t('home.hostedBy', { name: hostName }), ...rooms.map(({ roomName }) => roomName)].join(' · ');
  return (
    <li className="border-t border-line py-1 first:border-0">
      <a
        href={`#/meetings/${meetingId}`}
        className="-mx-2 flex min-h-12 min-w-0 items-center gap-3 rounded-small px-2 py-1 hover:bg-lifted"
      >
        <span className="min-w-0 flex-1">
          <span className="numerals block text-small text-quiet">{dateAndTime(heldAtMs, currentLanguage())}</span>
          <bdi className="line-clamp-2 text-base font-medium">{title}</bdi>
          <span className="block truncate text-small text-quiet">{isCancelled ? t('home.cancelled') : about}</span>
        </span>
        <Icon of={ChevronRight} className="size-5 shrink-0 text-quiet" />
      </a>
    </li>
  );
}

type PastList = { rows: readonly PastMeeting[]; nextCursor: string | null };

function usePast(text: string) {
  const live = useLiveHome();
  const [list, setList] = useState<(PastList & { of: string }) | null>(null);
  const [problem, setProblem] = useState<MaruError | null>(null);
  const { run, isPending, problem: moreProblem } = useAsyncAction();
  useEffect(() => {
    const asking = new AbortController();
    const timer = setTimeout(
      () => {
        keepInHash(text);
        const query = { text, limit: PAGE };
        callApi(recordApi.pastMeetings, { query, signal: asking.signal }).then(
          ({ rows, nextCursor }) => {
            setList({ rows, nextCursor, of: text });
            setProblem(null);
          },
          (error: unknown) => {
            if (!asking.signal.aborted && !live.failed(error)) setProblem(toMaruError(error));
          },
        );
      },
      text === '' ? 0 : TYPED_MS,
    );
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [text, live]);
  const more = async () => {
    if (list === null || list.nextCursor === null) return;
    const query = { text: list.of, limit: PAGE, cursor: list.nextCursor };
    const answer = await run(() => callApi(recordApi.pastMeetings, { query }));
    if (answer === null) return;
    // another search may have come first
    setList((now) =>
      now === list ? { ...list, rows: [...list.rows, ...answer.rows], nextCursor: answer.nextCursor } : now,
    );
  };
  return { list, problem, more: () => void more(), isPending, moreProblem };
}
