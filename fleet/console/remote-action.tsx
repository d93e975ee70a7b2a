/** One action on a room: its state with its time limit, its result, what it brought; the picture and the log while they come. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { urlOf } from '#contract/http/answer.ts';
import { helpApi } from '#contract/http/help-api.ts';
import { type ActionResult, isOver, type ShownAction } from '#contract/room-action.ts';
import { Button } from '#ui/button.tsx';
import { ErrorWords } from '#ui/error-words.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { clockTime, fileSize } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import type { FollowedLines } from './use-room-actions.ts';

const toneOf = {
  pending: 'text-quiet',
  running: 'text-accent',
  done: 'text-ink',
  failed: 'text-fault',
  refused: 'text-fault',
  expired: 'text-warn',
  stopped: 'text-quiet',
} as const;

const fileUrl = ({ roomId, actionId }: ShownAction): string =>
  urlOf(helpApi.roomActionFile, { params: { roomId, actionId } });

export function ActionRow({ action }: { action: ShownAction }) {
  const { t } = useTranslation('helpdesk');
  const language = currentLanguage();
  const { state, code, result, askedBy, askedAtMs, endsBeforeMs, hasFile } = action;
  return (
    <li className="flex flex-col gap-2 border-t border-line py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <span className="font-medium">{t(`remote.name.${action.action.name}`)}</span>
        <span role="status" className={`text-small font-semibold ${toneOf[state]}`}>
          {t(`remote.state.${state}`)}
        </span>
        <span className="numerals text-small text-quiet">
          <time>{clockTime(askedAtMs, language)}</time> · {t('remote.by', { name: askedBy })}
          {!isOver(state) && ` · ${t('remote.until', { time: clockTime(endsBeforeMs, language) })}`}
        </span>
        {!isOver(state) && <StopAction action={action} />}
      </div>
      {code !== null && <ErrorWords code={code} className="text-small" />}
      {result !== null && <Result result={result} />}
      {hasFile && action.action.name === 'collect-logs' && (
        <a
          href={fileUrl(action)}
          download
          className="inline-flex min-h-9 items-center self-start font-semibold text-accent"
        >
          {t('remote.download')}
        </a>
      )}
    </li>
  );
}

function StopAction({ action: { roomId, actionId } }: { action: ShownAction }) {
  const { t } = useTranslation('helpdesk');
  const { run, isPending, problem } = useAsyncAction();
  return (
    <>
      <Button
        isPending={isPending}
        onPress={() => void run(() => callApi(helpApi.stopRoomAction, { params: { roomId, actionId } }))}
      >
        {t('remote.stop')}
      </Button>
      <ProblemWords problem={problem} />
    </>
  );
}

function Result({ result }: { result: ActionResult }) {
  const { t } = useTranslation('helpdesk');
  switch (result.of) {
    case 'collect-logs':
      return (
        <p className="text-small">
          {t('remote.lines', { count: result.lineCount, size: fileSize(result.sizeBytes, currentLanguage()) })}
        </p>
      );
    case 'look-at-screen':
      return <p className="text-small">{t('remote.pictures', { count: result.pictureCount })}</p>;
    case 'test-network':
      return (
        <ul className="flex flex-col gap-1">
          {result.checks.map(({ check, target, outcome, tookMs, message }) => (
            <li key={`${check} ${target}`} className="flex flex-wrap gap-x-3 text-small">
              <span className={`font-semibold ${outcome === 'failed' ? 'text-fault' : ''}`}>
                {t(`remote.check.${check}`)}: {t(`remote.outcome.${outcome}`)}
              </span>
              <span className="wrap-anywhere text-quiet">
                {target} · {message}
                {tookMs !== null && ` · ${tookMs} ms`}
              </span>
            </li>
          ))}
        </ul>
      );
    case 'unknown':
      return null;
  }
}

type PictureProps = { action: ShownAction; roomName: string /** of the newest; null: none yet */; atMs: number | null };

export function ScreenPicture({ action, roomName, atMs }: PictureProps) {
  const { t } = useTranslation('helpdesk');
  const url = fileUrl(action);
  const [shown, setShown] = useState<{ url: string; atMs: number } | null>(null);
  useEffect(() => {
    if (atMs === null) return;
    const ending = new AbortController();
    fetch(url, { cache: 'no-store', credentials: 'same-origin', signal: ending.signal })
      .then((answer) => (answer.ok ? answer.blob() : null))
      .then((blob) => {
        if (blob && !ending.signal.aborted) setShown({ url: URL.createObjectURL(blob), atMs });
      })
      .catch(() => {});
    return () => ending.abort();
  }, [url, atMs]);
  useEffect(() => {
    if (shown !== null) return () => URL.revokeObjectURL(shown.url);
  }, [shown]);
  return (
    <figure className="flex flex-col gap-2">
      {shown === null ? (
        <p className="grid aspect-video place-items-center rounded-control bg-sunken text-quiet">
          {t('remote.waitsForPicture')}
        </p>
      ) : (
        <img src={shown.url} alt={t('remote.picture', { room: roomName })} className="w-full rounded-control" />
      )}
      <figcaption className="flex flex-wrap items-center justify-between gap-3 text-small text-quiet">
        <span>
          {t('remote.picture', { room: roomName })}
          {shown !== null && ` · ${clockTime(shown.atMs, currentLanguage())}`}
        </span>
      </figcaption>
    </figure>
  );
}

type LogProps = { action: ShownAction; roomName: string; log: FollowedLines | null };

export function FollowedLog({ action, roomName, log }: LogProps) {
  const { t } = useTranslation('helpdesk');
  return (
    <div className="flex flex-col gap-2">
      <div
        role="log"
        aria-label={t('remote.logs', { room: roomName })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
        tabIndex={0}
        className="flex max-h-96 min-h-24 flex-col-reverse overflow-auto rounded-control bg-sunken p-3 font-mono text-small"
      >
        <ol>
          {log?.lines.map(({ atMs, from, level, text }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines are added at the end alone
            <li key={index} className={`wrap-anywhere ${level === 'error' || level === 'fatal' ? 'text-fault' : ''}`}>
              {new Date(atMs).toISOString().slice(11, 23)} {from} {level} {text}
            </li>
          ))}
        </ol>
      </div>
      {log !== null && log.skippedCount > 0 && (
        <p className="text-small text-quiet">{t('remote.skipped', { count: log.skippedCount })}</p>
      )}
      {isOver(action.state) && <p className="text-small text-quiet">{t('remote.logsOver')}</p>}
    </div>
  );
}
