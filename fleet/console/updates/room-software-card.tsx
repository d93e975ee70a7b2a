/** A room's software: what it runs and is to run, what it does about it and why it waits, what failed, and its history. */
import Download from 'lucide-react/icons/download';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RoomOverview } from '#contract/http/rooms-api.ts';
import { type UpdateHistoryEntry, updatesApi } from '#contract/http/updates-api.ts';
import type { RoomUpdate } from '#contract/room-update.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { Bar } from '#ui/progress.tsx';
import { dateAndTime, fileSize } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { useMay } from '../account.ts';
import { ListStatus } from '../list-parts.tsx';
import { useFetched } from '../use-fetched.ts';
import { FailureDetail } from './update-failure.tsx';
import { UpdateRoomNow } from './update-room-now.tsx';
import { useUpdateWords } from './update-words.ts';

const SHOWN = 5;

export function RoomSoftwareCard({ room }: { room: RoomOverview }) {
  const { t } = useTranslation('updates');
  const { roomId } = room;
  const mayUpdate = useMay('updates.manage', room);
  const [isAsking, setAsking] = useState(false);
  const { answer, problem, refresh } = useFetched(() => callApi(updatesApi.roomUpdate, { params: { roomId } }));
  // a new report comes with the room itself
  const reported = JSON.stringify(room.projections.update ?? null);
  useEffect(() => {
    void reported;
    refresh();
  }, [reported, refresh]);
  return (
    <Card title={t('software.title')}>
      <ProblemWords problem={problem} />
      {answer === null ? (
        problem === null && <ListStatus words={t('software.loading')} isLoading />
      ) : (
        <div className="flex flex-col gap-4">
          {answer.reported === null ? (
            <p className="text-small text-quiet">{t('software.none')}</p>
          ) : (
            <Reported update={answer.reported} />
          )}
          {mayUpdate && answer.reported !== null && (
            <Button icon={Download} onPress={() => setAsking(true)}>
              {t('software.now')}
            </Button>
          )}
          <History entries={answer.history} />
        </div>
      )}
      {mayUpdate && (
        <UpdateRoomNow
          room={room}
          wanted={answer?.reported?.wanted ?? null}
          isOpen={isAsking}
          onClose={() => setAsking(false)}
          onDone={refresh}
        />
      )}
    </Card>
  );
}

function Reported({ update }: { update: RoomUpdate }) {
  const { t } = useTranslation('updates');
  const language = currentLanguage();
  const words = useUpdateWords();
  const { running, wanted, step, waitsFor, progress, restartsAtMs, offersNotNow, notNowUntilMs, failed, confirmed } =
    update;
  const isIdle = step === 'none';
  const percent =
    progress === null || progress.totalBytes === 0 ? null : (100 * progress.doneBytes) / progress.totalBytes;
  const doing = words.step({ step, waitsFor, percent, notNowUntilMs, nextWindowMs: null, timeZone: null });
  return (
    <>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-2 text-small">
        <dt className="text-quiet">{t('software.runs')}</dt>
        <dd className="wrap-anywhere">
          <span className="font-semibold">
            {running.releaseId === null ? t('software.runsCheckout', { version: running.version }) : running.version}
          </span>
          {!running.isConfirmed && running.releaseId !== null && (
            <span className="block text-warn">{t('software.notConfirmed')}</span>
          )}
          {running.releaseId !== null && (
            <span className="block font-mono break-all text-quiet">{running.releaseId}</span>
          )}
        </dd>
        <dt className="text-quiet">{t('software.wanted')}</dt>
        <dd className="wrap-anywhere">
          {wanted === null || wanted.releaseId === running.releaseId ? t('software.nothingWanted') : wanted.version}
        </dd>
        <dt className="text-quiet">{t('software.step')}</dt>
        <dd className="numerals wrap-anywhere">{isIdle ? t('software.upToDate') : doing}</dd>
        {restartsAtMs !== null && (
          <>
            <dt aria-hidden="true" />
            <dd className="numerals font-semibold">
              {t('software.restartsAt', { time: words.time(restartsAtMs) })}
              {offersNotNow && <span className="block font-normal">{t('software.notNow')}</span>}
            </dd>
          </>
        )}
        {confirmed !== null && (
          <>
            <dt className="text-quiet">{t('software.confirmed')}</dt>
            <dd className="numerals">{dateAndTime(confirmed.atMs, language)}</dd>
          </>
        )}
      </dl>
      {progress !== null && percent !== null && (
        <div className="flex flex-col gap-1">
          <Bar label={t('software.progress')} percent={percent} />
          <span className="numerals text-small text-quiet">
            {t('software.progressOf', {
              done: fileSize(progress.doneBytes, language),
              total: fileSize(progress.totalBytes, language),
            })}
          </span>
        </div>
      )}
      {failed !== null && (
        <div className="flex flex-col gap-1 rounded-control bg-fault-soft p-4">
          <p className="font-semibold">{t('software.failedTitle')}</p>
          <p>{words.failed(failed).what}</p>
          <p className="text-small">{words.failed(failed).todo}</p>
          <FailureDetail failed={failed} />
          <time className="text-small text-quiet" dateTime={new Date(failed.atMs).toISOString()}>
            {dateAndTime(failed.atMs, language)}
          </time>
        </div>
      )}
    </>
  );
}

function History({ entries }: { entries: readonly UpdateHistoryEntry[] }) {
  const { t } = useTranslation('updates');
  const language = currentLanguage();
  const [isWhole, setWhole] = useState(false);
  const newestFirst = entries.toSorted((a, b) => b.atMs - a.atMs);
  return (
    <section aria-label={t('software.history')} className="flex flex-col gap-2 border-t border-line pt-3">
      <h3 className="text-small font-semibold">{t('software.history')}</h3>
      {newestFirst.length === 0 && <p className="text-small text-quiet">{t('software.noHistory')}</p>}
      <ol className="flex flex-col gap-2">
        {newestFirst.slice(0, isWhole ? undefined : SHOWN).map(({ atMs, version, outcome, detail }) => (
          <li key={`${atMs} ${outcome}`} className="flex flex-col text-small">
            <span className="wrap-anywhere">{t(`software.outcome.${outcome}`, { version })}</span>
            <span className="numerals wrap-anywhere text-quiet">
              {dateAndTime(atMs, language)}
              {detail !== '' && ` · ${detail}`}
            </span>
          </li>
        ))}
      </ol>
      {newestFirst.length > SHOWN && !isWhole && (
        <Button onPress={() => setWhole(true)}>{t('software.showAll')}</Button>
      )}
    </section>
  );
}
