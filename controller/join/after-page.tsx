/** After the meeting, for its guests: agenda, minutes that were sent, and what was asked and written where policy allows. To be read. */
import Download from 'lucide-react/icons/download';
import { useTranslation } from 'react-i18next';
import type { GuestRecord, GuestRecordPost } from '#contract/http/guest-record-api.ts';
import { agendaLines } from '#contract/meeting-agenda.ts';
import type { CallPoll } from '#contract/polls.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Floor } from '#ui/floor.tsx';
import { MessageWords } from '#ui/meeting/chat.tsx';
import { LinkedText } from '#ui/meeting/linked-text.tsx';
import { MarkdownText } from '#ui/meeting/markdown-text.tsx';
import { PollResult } from '#ui/meeting/poll-result.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { clockTime, dateAndTime, dayAndDate, timeRange } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { AfterDocuments } from './after-documents.tsx';
import { PageHeader } from './page-header.tsx';
import { saveFile } from './save-file.ts';

type AfterPageProps = {
  record: GuestRecord;
  readPdf: (minutesId: string) => Promise<Blob>;
  readPage: (documentId: string, page: number) => Promise<Blob>;
  /** null: nobody can enter its call any more */
  onJoin: (() => void) | null;
};

export default function AfterPage({ record, readPdf, readPage, onJoin }: AfterPageProps) {
  const { t } = useTranslation('join');
  const {
    meetingTitle,
    hostName,
    heldFromMs,
    heldUntilMs,
    untilMs,
    agenda,
    minutes,
    isDeleted,
    polls,
    chat,
    documents,
  } = record;
  const language = currentLanguage();
  const lines = agendaLines(agenda);
  return (
    <div className="relative isolate flex min-h-dvh flex-col">
      <Floor />
      <PageHeader />
      <main className="mx-auto flex w-full max-w-3xl flex-1 flex-col gap-5 px-5 pb-12 sm:px-8">
        <header className="flex flex-col gap-1">
          <h1 className="line-clamp-3 text-heading font-bold wrap-anywhere lg:text-title">{meetingTitle}</h1>
          <p className="numerals text-base text-quiet">
            {dayAndDate(heldFromMs, language)} {timeRange(heldFromMs, heldUntilMs, language)}
          </p>
          <p className="text-base text-quiet">{t('after.host', { host: hostName })}</p>
          <p className="numerals mt-2 text-base">{t('after.lead', { date: dateAndTime(untilMs, language) })}</p>
        </header>
        {onJoin && (
          <Button size="large" className="self-start" onPress={onJoin}>
            {t('after.join')}
          </Button>
        )}
        {lines.length > 0 && (
          <Card title={t('after.agenda')}>
            <ol className="flex list-decimal flex-col gap-1 pl-6 text-base">
              {lines.map((line, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two lines may be the same
                <li key={index} className="wrap-anywhere">
                  <bdi>
                    <LinkedText text={line} />
                  </bdi>
                </li>
              ))}
            </ol>
          </Card>
        )}
        <Card title={t('after.minutes')}>
          {minutes.length === 0 && (
            <p className="text-base text-quiet">{t(isDeleted ? 'after.deleted' : 'after.notSent')}</p>
          )}
          <div className="flex flex-col gap-6">
            {minutes.map((each) => (
              <OneMinutes key={each.minutesId} minutes={each} readPdf={readPdf} />
            ))}
          </div>
        </Card>
        {documents && documents.length > 0 && <AfterDocuments documents={documents} readPage={readPage} />}
        {polls && polls.length > 0 && <Polls polls={polls} />}
        {chat && chat.length > 0 && <Chat posts={chat} />}
      </main>
    </div>
  );
}

type OneMinutesProps = { minutes: GuestRecord['minutes'][number]; readPdf: AfterPageProps['readPdf'] };

function OneMinutes({ minutes: { minutesId, startedAtMs, text }, readPdf }: OneMinutesProps) {
  const { t } = useTranslation('join');
  const { run, isPending, problem } = useAsyncAction();
  const name = `maru-minutes-${new Date(startedAtMs).toISOString().slice(0, 10)}`;
  return (
    <article className="flex flex-col gap-3 border-t border-line pt-3 first:border-0 first:pt-0">
      <MarkdownText text={text} />
      <div className="flex flex-wrap gap-3">
        <Button
          icon={Download}
          onPress={() => saveFile(new Blob([text], { type: 'text/markdown;charset=utf-8' }), `${name}.md`)}
        >
          {t('after.markdown')}
        </Button>
        <Button
          icon={Download}
          isPending={isPending}
          onPress={() => void run(async () => saveFile(await readPdf(minutesId), `${name}.pdf`))}
        >
          PDF
        </Button>
      </div>
      {isPending && (
        <span role="status" className="sr-only">
          {t('after.pdfComes')}
        </span>
      )}
      <ProblemWords problem={problem} />
    </article>
  );
}

function Polls({ polls }: { polls: readonly CallPoll[] }) {
  const { t } = useTranslation('join');
  const { t: words } = useTranslation('polls');
  return (
    <Card title={t('after.polls')}>
      <div className="flex flex-col gap-5">
        {polls.map((poll) => (
          <article key={poll.pollId} aria-label={poll.question} className="flex flex-col gap-3">
            <h3 className="text-base font-semibold break-words">{poll.question}</h3>
            <p className="numerals text-small text-quiet">
              {words(poll.isSecret ? 'isSecret' : 'isOpen')}
              {' · '}
              {words('answered', { answered: poll.answeredCount, people: poll.peopleCount })}
            </p>
            <PollResult poll={poll} />
          </article>
        ))}
      </div>
    </Card>
  );
}

function Chat({ posts }: { posts: readonly GuestRecordPost[] }) {
  const { t } = useTranslation('join');
  const { t: words } = useTranslation('meeting');
  return (
    <Card title={t('after.chat')}>
      <p className="mb-3 text-small text-quiet">{t('after.chatLead')}</p>
      <ol className="flex flex-col gap-3">
        {posts.map(({ displayName, isGuest, text, atMs }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two may be the same
          <li key={index} className="flex flex-col">
            <p className="numerals text-small text-quiet">
              <bdi className="font-medium text-ink">{displayName}</bdi>
              {isGuest && ` · ${words('mark.guest')}`} · {clockTime(atMs, currentLanguage())}
            </p>
            {text === '' ? (
              <p className="text-base text-quiet italic">{words('chat.recalled')}</p>
            ) : (
              <p className="text-base whitespace-pre-wrap wrap-anywhere">
                <MessageWords message={{ text }} hasLinks />
              </p>
            )}
          </li>
        ))}
      </ol>
    </Card>
  );
}
