/** What meetings left behind: found by title, host, room, id or day, and deleted when somebody asks for it. Nothing of it is read here. */
import { type RefObject, useEffect, useRef, useState } from 'react';
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
  const [nowMs, setNowMs] = useState(Date.now);
  const { from = 0, to = Number.MAX_SAFE_INTEGER } = periodOf(filters.from, filters.to);
  const named = text.trim() !== '' && { text };
  const past = usePageList(recordApi.keptRecords, { ...named, from, to: Math.min(to, nowMs) });
  const ahead = usePageList(recordApi.keptRecords, { ...named, from: Math.max(from, nowMs), to });
  const problem = past.problem ?? ahead.problem;
  const isFiltered = FILTERS.some((name) => filters[name] !== '');
  const [asking, setAsking] = useState<KeptRecord | null>(null);
  const lists = useRef<HTMLDivElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const keepFocus = useFocusAfterDeletion(lists, heading, past.list, ahead.list);
  const [deletedTitle, setDeletedTitle] = useState<string | null>(null);
  const deleting = useAsyncAction();
  const remove = async () => {
    if (asking === null) return;
    const { meetingId, title } = asking;
    setAsking(null);
    setDeletedTitle(null);
    if ((await deleting.run(() => callApi(recordApi.deleteRecord, { params: { meetingId } }))) !== null)
      setDeletedTitle(title);
    keepFocus(meetingId);
    setNowMs(Date.now());
    past.refresh();
    ahead.refresh();
  };
  const rowsOf = (rows: readonly KeptRecord[]) => (
    <ul className="flex flex-col">
      {rows.map((row) => (
        <RecordLine key={row.meetingId} row={row} isDisabled={deleting.isPending} onDelete={() => setAsking(row)} />
      ))}
    </ul>
  );
  return (
    <>
      <div className="flex flex-col gap-1">
        <h1 ref={heading} tabIndex={-1} className="text-title font-bold text-balance">
          {t('title')}
        </h1>
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
        <div ref={lists} className="flex flex-col gap-6">
          <div>
            <PagedRows
              of={past}
              words={{
                loading: t('loading'),
                none: t(isFiltered ? 'noneFound' : 'none'),
                more: t('more'),
                shown: (counts) => t('shown', counts),
              }}
            >
              {rowsOf}
            </PagedRows>
          </div>
          {ahead.list !== null && ahead.list.rows.length > 0 && (
            <section aria-label={t('ahead')}>
              <h2 className="mb-2 text-heading font-bold">{t('ahead')}</h2>
              <PagedRows
                of={ahead}
                words={{
                  ...{ loading: t('loading'), none: '', more: t('moreAhead') },
                  shown: (counts) => t('shown', counts),
                }}
              >
                {rowsOf}
              </PagedRows>
            </section>
          )}
        </div>
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

/**
 * The button that had the focus goes with the record: the next one in the lists gets it, else the heading. Never taken from where a
 * person went meanwhile.
 * @returns after a deletion, for the lists that come next
 */
function useFocusAfterDeletion(
  lists: RefObject<HTMLElement | null>,
  heading: RefObject<HTMLElement | null>,
  ...shown: readonly [past: object | null, ahead: object | null]
): (meetingId: string) => void {
  const deletedId = useRef<string | null>(null);
  const [past, ahead] = shown;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are others than before
  useEffect(() => {
    if (deletedId.current === null || document.activeElement?.matches('body') === false) return;
    const rows = [...(lists.current?.querySelectorAll<HTMLElement>('li[data-meeting]') ?? [])];
    const at = rows.findIndex(({ dataset }) => dataset.meeting === deletedId.current);
    // the other list came first, or nothing was deleted
    const own = rows[at]?.querySelector('button');
    if (own) return own.focus();
    deletedId.current = null;
    const next = at === -1 ? undefined : rows.slice(at).find((row) => row.querySelector('button') !== null);
    (next?.querySelector('button') ?? heading.current)?.focus();
  }, [past, ahead, lists, heading]);
  return (meetingId) => {
    deletedId.current = meetingId;
  };
}

const timeOf = ({ atMs }: KeptRecord): string => dateAndTime(atMs, currentLanguage());

type RecordLineProps = { row: KeptRecord; isDisabled: boolean; onDelete: () => void };

function RecordLine({ row, isDisabled, onDelete }: RecordLineProps) {
  const { t } = useTranslation('records');
  const { meetingId, title, hostName, roomName, isRunning, kept, documentCount, recordingCount } = row;
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
    <li data-meeting={meetingId} className="flex flex-wrap items-start gap-x-6 gap-y-3 border-t border-line py-4">
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
