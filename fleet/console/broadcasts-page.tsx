/** Broadcasts and recordings of all meetings: what runs and comes, what is kept, and the organisation's rules for it. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type BroadcastShelf, broadcastsApi, type ManagedBroadcast } from '#contract/http/broadcasts-api.ts';
import { Card } from '#ui/card.tsx';
import { ConfirmDialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { TextField } from '#ui/text-field.tsx';
import { ToggleGroup } from '#ui/toggle-group.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import en from '#ui/words/en/recordings.ts';
import { fileSize } from '#ui/words/format.ts';
import ko from '#ui/words/ko/recordings.ts';
import { addWords, currentLanguage } from '#ui/words/words.ts';
import { KeptRow, UnderWayRow } from './broadcast-rows.tsx';
import { FreshSignIn } from './fresh-sign-in.tsx';
import { ListStatus, PagedRows } from './list-parts.tsx';
import { RecordingPolicyCard } from './recording-policy-card.tsx';
import { useUrlFilters } from './url-filters.ts';
import { usePageList } from './use-page-list.ts';
import { usePaused } from './use-rooms.ts';

addWords({ recordings: { en, ko } });

type Asked = { about: 'end' | 'cancel' | 'delete'; broadcast: ManagedBroadcast };
type Ask = (asked: Asked) => void;

const FILTERS = ['shelf', 'text'] as const;
/** viewers come and go */
const REFRESHED_MS = 5_000;

export function BroadcastsPage() {
  const { t } = useTranslation('recordings');
  const [asked, setAsked] = useState<Asked | null>(null);
  const [round, setRound] = useState(0);
  const acts = useAsyncAction();
  const title = asked?.broadcast.title ?? '';
  const act = async ({ about, broadcast: { broadcastId } }: Asked) => {
    setAsked(null);
    const route = about === 'delete' ? broadcastsApi.deleteRecording : broadcastsApi.endBroadcast;
    await acts.run(() => callApi(route, { params: { broadcastId } }));
    setRound((before) => before + 1);
  };
  return (
    <FreshSignIn>
      <div className="flex flex-col gap-1">
        <h1 className="text-title font-bold text-balance">{t('title')}</h1>
        <p className="text-small text-quiet">{t('lead')}</p>
      </div>
      <ProblemWords problem={acts.problem} />
      <UnderWay round={round} onAsk={setAsked} />
      <Kept round={round} onAsk={setAsked} />
      <RecordingPolicyCard onSaved={() => setRound((before) => before + 1)} />
      <ConfirmDialog
        title={t('endTitle', { title })}
        body={t('endBody')}
        action={t('endAction')}
        isOpen={asked?.about === 'end'}
        onClose={() => setAsked(null)}
        onConfirm={() => asked && void act(asked)}
      />
      <ConfirmDialog
        title={t('cancelTitle', { title })}
        body={t('cancelBody')}
        action={t('cancel')}
        isOpen={asked?.about === 'cancel'}
        onClose={() => setAsked(null)}
        onConfirm={() => asked && void act(asked)}
      />
      <ConfirmDialog
        title={t('deleteTitle', { title })}
        body={t('deleteBody')}
        action={t('delete')}
        isOpen={asked?.about === 'delete'}
        onClose={() => setAsked(null)}
        onConfirm={() => asked && void act(asked)}
      />
    </FreshSignIn>
  );
}

function UnderWay({ round, onAsk }: { round: number; onAsk: Ask }) {
  const { t } = useTranslation('recordings');
  const { list, problem, refresh } = usePageList(broadcastsApi.listBroadcasts, { shelf: 'under-way', limit: 200 });
  useRefreshed(refresh, round);
  useEffect(() => {
    const timer = setInterval(refresh, REFRESHED_MS);
    return () => clearInterval(timer);
  }, [refresh]);
  return (
    <Card title={t('underWay.title')}>
      <ProblemWords problem={problem} />
      {list === null ? (
        problem === null && <ListStatus words={t('loading')} isLoading />
      ) : list.rows.length === 0 ? (
        <ListStatus words={t('underWay.none')} />
      ) : (
        <ul className="flex flex-col">
          {list.rows.map((broadcast) => (
            <UnderWayRow
              key={broadcast.broadcastId}
              broadcast={broadcast}
              onEnd={() => onAsk({ about: broadcast.phase === 'planned' ? 'cancel' : 'end', broadcast })}
            />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Kept({ round, onAsk }: { round: number; onAsk: Ask }) {
  const { t } = useTranslation('recordings');
  const [filters, change] = useUrlFilters(FILTERS);
  const shelf: BroadcastShelf = filters.shelf === 'gone' ? 'gone' : 'kept';
  const text = usePaused(filters.text.trim());
  const paged = usePageList(broadcastsApi.listBroadcasts, {
    shelf,
    ...(text !== '' && { text }),
  });
  const { list, problem, refresh } = paged;
  useRefreshed(refresh, round);
  const language = currentLanguage();
  return (
    <Card title={t('kept.title')}>
      {list !== null && (
        <p className="numerals mb-4 text-small text-quiet">
          {t('space', {
            used: fileSize(list.counts.usedBytes, language),
            free: fileSize(list.counts.freeBytes, language),
          })}
        </p>
      )}
      <div className="mb-4 flex flex-wrap items-end gap-4">
        <TextField
          className="min-w-60 flex-1"
          label={t('kept.find')}
          type="search"
          value={filters.text}
          onChange={(value) => change({ text: value })}
        />
        <ToggleGroup
          label={t('kept.shelves')}
          className="min-w-60"
          choices={[
            { key: 'kept', words: t('kept.title') },
            { key: 'gone', words: t('kept.gone') },
          ]}
          chosen={shelf}
          onChoose={(key) => change({ shelf: key === 'gone' ? 'gone' : '' })}
        />
      </div>
      <ProblemWords problem={problem} />
      <PagedRows
        of={paged}
        words={{
          loading: t('loading'),
          none: t(text !== '' ? 'kept.noneFound' : shelf === 'gone' ? 'kept.noneGone' : 'kept.none'),
          more: t('more'),
          shown: (counts) => t('shown', counts),
        }}
      >
        {(rows) => (
          <ul className="flex flex-col">
            {rows.map((broadcast) => (
              <KeptRow
                key={broadcast.broadcastId}
                broadcast={broadcast}
                onDelete={() => onAsk({ about: 'delete', broadcast })}
              />
            ))}
          </ul>
        )}
      </PagedRows>
    </Card>
  );
}

/** Fetched anew after each act. */
function useRefreshed(refresh: () => void, round: number): void {
  useEffect(() => {
    if (round > 0) refresh();
  }, [refresh, round]);
}
