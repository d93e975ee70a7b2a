/** What meetings left behind: found by title, host, room, id or day, and deleted when somebody asks for it. Nothing of it is read here. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type KeptRecord, recordApi } from '#contract/http/record-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ConfirmDialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { DateField } from '#ui/date-field.tsx';
import { TextField } from '#ui/text-field.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import en from '#ui/words/en/records.ts';
import { dateAndTime, dateOnly } from '#ui/words/format.ts';
import ko from '#ui/words/ko/records.ts';
import { addWords, currentLanguage } from '#ui/words/words.ts';
import { PagedRows } from './list-parts.tsx';
import { periodOf, useUrlFilters } from './url-filters.ts';
import { usePageList } from './use-page-list.ts';
import { usePaused } from './use-rooms.ts';

addWords({ records: { en, ko } });

const FILTERS = ['text', 'from', 'to'] as const;

export function RecordsPage() {
  const { t } = useTranslation('records');
  const [filters, change] = useUrlFilters(FILTERS);
  const text = usePaused(filters.text);
  const query = { ...(text.trim() !== '' && { text }), ...periodOf(filters.from, filters.to) };
  const paged = usePageList(recordApi.keptRecords, query);
  const { problem, refresh } = paged;
  const isFiltered = FILTERS.some((name) => filters[name] !== '');
  const [asking, setAsking] = useState<KeptRecord | null>(null);
  const [deletedTitle, setDeletedTitle] = useState<string | null>(null);
  const deleting = useAsyncAction();
  const remove = async () => {
    if (asking === null) return;
    const { meetingId, title } = asking;
    setAsking(null);
    setDeletedTitle(null);
    if ((await deleting.run(() => callApi(recordApi.deleteRecord, { params: { meetingId } }))) !== null)
      setDeletedTitle(title);
    refresh();
  };
  return (
    <>
      <div className="flex flex-col gap-1">
        <h1 className="text-title font-bold text-balance">{t('title')}</h1>
        <p className="max-w-[75ch] text-small text-quiet">{t('lead')}</p>
      </div>
      <Card>
        <fieldset className="mb-4 grid grid-cols-2 gap-4 sm:grid-cols-[2fr_1fr_1fr]">
          <legend className="sr-only">{t('filters.label')}</legend>
          <TextField
            label={t('filters.text')}
            className="col-span-2 sm:col-span-1"
            type="search"
            value={filters.text}
            onChange={(value) => change({ text: value })}
          />
          <DateField label={t('filters.fromDay')} value={filters.from} onChange={(value) => change({ from: value })} />
          <DateField label={t('filters.toDay')} value={filters.to} onChange={(value) => change({ to: value })} />
        </fieldset>
        {isFiltered && (
          <Button className="mb-4" onPress={() => change({ text: '', from: '', to: '' })}>
            {t('clear')}
          </Button>
        )}
        <p role="status" className="mb-4 text-small font-semibold text-accent empty:hidden">
          {deletedTitle !== null && t('deleted', { title: deletedTitle })}
        </p>
        <ProblemWords problem={deleting.problem ?? problem} />
        <PagedRows
          of={paged}
          words={{
            loading: t('loading'),
            none: t(isFiltered ? 'noneFound' : 'none'),
            more: t('more'),
            shown: (counts) => t('shown', counts),
          }}
        >
          {(rows) => (
            <ul className="flex flex-col">
              {rows.map((row) => (
                <RecordLine
                  key={row.meetingId}
                  row={row}
                  isDisabled={deleting.isPending}
                  onDelete={() => setAsking(row)}
                />
              ))}
            </ul>
          )}
        </PagedRows>
      </Card>
      <ConfirmDialog
        title={t('deleteTitle', { title: asking?.title ?? '' })}
        // meetings of a series have the same title
        body={asking === null ? '' : `${t('deleteWhen', { time: timeOf(asking) })} ${t('deleteBody')}`}
        action={t('delete')}
        isOpen={asking !== null}
        onClose={() => setAsking(null)}
        onConfirm={() => void remove()}
      />
    </>
  );
}

const timeOf = ({ atMs }: KeptRecord): string => dateAndTime(atMs, currentLanguage());

type RecordLineProps = { row: KeptRecord; isDisabled: boolean; onDelete: () => void };

function RecordLine({ row, isDisabled, onDelete }: RecordLineProps) {
  const { t } = useTranslation('records');
  const { title, hostName, roomName, isRunning, kept, documentCount, recordingCount } = row;
  const language = currentLanguage();
  const time = timeOf(row);
  const name = hostName ?? roomName;
  const parts = [
    ...kept.map(({ kind, dueAtMs }) =>
      dueAtMs === null
        ? t('kept.forGood', { kind: t(`kept.${kind}`) })
        : t('kept.until', { kind: t(`kept.${kind}`), day: dateOnly(dueAtMs, language) }),
    ),
    ...(documentCount > 0 ? [t('kept.documents', { count: documentCount })] : []),
    ...(recordingCount > 0 ? [t('kept.recordings', { count: recordingCount })] : []),
  ];
  return (
    <li className="flex flex-wrap items-start gap-x-6 gap-y-3 border-t border-line py-4">
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-semibold wrap-anywhere">{title}</p>
        <p className="numerals text-small wrap-anywhere text-quiet">
          {name === null ? time : t('hostedBy', { time, name })}
        </p>
        {parts.length === 0 ? (
          <p className="mt-1 text-small text-quiet">{t('kept.nothing')}</p>
        ) : (
          <ul className="mt-1 flex flex-wrap gap-x-4 gap-y-1 text-small">
            {parts.map((part) => (
              <li key={part}>{part}</li>
            ))}
          </ul>
        )}
        {isRunning && <p className="mt-1 text-small font-semibold">{t('running')}</p>}
      </div>
      {parts.length > 0 && !isRunning && (
        <Button
          variant="danger-quiet"
          className="-ml-4 sm:ml-0"
          aria-label={t('deleteOf', { title })}
          isDisabled={isDisabled}
          onPress={onDelete}
        >
          {t('delete')}
        </Button>
      )}
    </li>
  );
}
