/** One broadcast or recording in the console's lists: what it is, how it is, and what can be done about it. */
import Circle from 'lucide-react/icons/circle';
import Download from 'lucide-react/icons/download';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { urlOf } from '#contract/http/answer.ts';
import { broadcastsApi, type ManagedBroadcast } from '#contract/http/broadcasts-api.ts';
import { watchUrl } from '#contract/http/page-paths.ts';
import { Button } from '#ui/button.tsx';
import { Icon } from '#ui/icon.tsx';
import { dateAndTime, fileSize, spokenDuration } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';

type RowProps = {
  broadcast: ManagedBroadcast;
  /** opens its replay; null: there is none */
  href: string | null;
  facts: readonly (string | null)[];
  mark: ReactNode;
  children: ReactNode;
};

function Row({ broadcast: { kind, title, presenterName }, href, facts, mark, children }: RowProps) {
  const { t } = useTranslation('recordings');
  const all = [t(kind), presenterName === '' || presenterName === title ? null : presenterName, ...facts];
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line py-3">
      <span className="min-w-60 flex-1">
        <span className="flex items-center gap-2 font-semibold wrap-anywhere">
          {mark}
          {href === null ? (
            title
          ) : (
            <a href={href} className="text-accent">
              {title}
            </a>
          )}
        </span>
        <span className="numerals block text-small text-quiet wrap-anywhere">
          {all.filter((fact) => fact !== null).join(' · ')}
        </span>
      </span>
      <span className="flex flex-wrap gap-2">{children}</span>
    </li>
  );
}

export function UnderWayRow({ broadcast, onEnd }: { broadcast: ManagedBroadcast; onEnd: () => void }) {
  const { t } = useTranslation('recordings');
  const { kind, title, phase, watching, peakWatching } = broadcast;
  const isOnAir = phase === 'live' || phase === 'hold';
  const isWatched = isOnAir && kind === 'broadcast';
  const isPlanned = phase === 'planned';
  return (
    <Row
      broadcast={broadcast}
      href={null}
      mark={isOnAir && <Icon of={Circle} className="size-3.5 shrink-0 fill-current text-fault" />}
      facts={[
        useUnderWayWords(broadcast),
        isWatched ? t('underWay.watching', { count: watching }) : null,
        isWatched && peakWatching > watching ? t('underWay.peak', { count: peakWatching }) : null,
      ]}
    >
      <Button variant="danger-quiet" aria-label={t(isPlanned ? 'cancelName' : 'endName', { title })} onPress={onEnd}>
        {t(isPlanned ? 'cancel' : 'end')}
      </Button>
    </Row>
  );
}

function useUnderWayWords({ kind, phase, startsAtMs, liveAtMs }: ManagedBroadcast): string | null {
  const { t } = useTranslation('recordings');
  const at = (ms: number): { time: string } => ({ time: dateAndTime(ms, currentLanguage()) });
  switch (phase) {
    case 'planned':
      return startsAtMs === null ? t('underWay.byHand') : t('underWay.planned', at(startsAtMs));
    case 'green-room':
      return kind === 'recording' ? t('underWay.starting') : t('underWay.green-room');
    case 'countdown':
      return t('underWay.countdown');
    case 'live':
      return t(kind === 'recording' ? 'underWay.recording' : 'underWay.live', at(liveAtMs ?? 0));
    case 'hold':
      return t('underWay.hold', at(liveAtMs ?? 0));
    default:
      return null;
  }
}

export function KeptRow({ broadcast, onDelete }: { broadcast: ManagedBroadcast; onDelete: () => void }) {
  const { t } = useTranslation('recordings');
  const { broadcastId, title, recording, durationMs, sizeBytes, endedAtMs, peakWatching, kind } = broadcast;
  const language = currentLanguage();
  const hasReplay = recording === 'finishing' || recording === 'ready' || recording === 'failed';
  return (
    <Row
      broadcast={broadcast}
      href={hasReplay ? watchUrl('', broadcastId) : null}
      mark={recording === 'failed' && <Icon of={TriangleAlert} className="size-5 shrink-0 text-warn" />}
      facts={[
        endedAtMs === null ? null : t('kept.ended', { time: dateAndTime(endedAtMs, language) }),
        hasReplay && durationMs !== null ? spokenDuration(durationMs, language) : null,
        hasReplay && sizeBytes !== null ? fileSize(sizeBytes, language) : null,
        kind === 'broadcast' && peakWatching > 0 ? t('underWay.peak', { count: peakWatching }) : null,
        useKeptWords(broadcast),
      ]}
    >
      {recording === 'ready' && (
        <a
          href={urlOf(broadcastsApi.recordingFile, { params: { broadcastId } })}
          download
          aria-label={t('downloadName', { title })}
          className="inline-flex min-h-12 items-center gap-2 rounded-control bg-lifted px-4 font-semibold hover:brightness-[1.06]"
        >
          <Icon of={Download} className="size-5" />
          {t('download')}
        </a>
      )}
      {hasReplay && (
        <Button variant="danger-quiet" aria-label={t('deleteName', { title })} onPress={onDelete}>
          {t('delete')}
        </Button>
      )}
    </Row>
  );
}

function useKeptWords({ phase, recording, deletedAtMs }: ManagedBroadcast): string {
  const { t } = useTranslation('recordings');
  const on = (ms: number): { time: string } => ({ time: dateAndTime(ms, currentLanguage()) });
  if (phase === 'cancelled') return t('kept.cancelled');
  switch (recording) {
    case 'growing':
    case 'finishing':
    case 'failed':
      return t(`kept.${recording}`);
    case 'ready':
      return deletedAtMs === null ? t('kept.forGood') : t('kept.until', on(deletedAtMs));
    case 'deleted':
      return t('kept.deleted', on(deletedAtMs ?? 0));
    default:
      return t('kept.nothing');
  }
}
