/** The audit log: filtered by what is in the address, newest first, and the same as a file. */
import Download from 'lucide-react/icons/download';
import SlidersHorizontal from 'lucide-react/icons/sliders-horizontal';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AuditKind, type AuditParty, type AuditRow, auditApi } from '#contract/http/audit-api.ts';
import { urlOf } from '#contract/http/answer.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Icon } from '#ui/icon.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { DateField } from '#ui/date-field.tsx';
import { TextField } from '#ui/text-field.tsx';
import en from '#ui/words/en/audit.ts';
import { dateAndTime } from '#ui/words/format.ts';
import ko from '#ui/words/ko/audit.ts';
import { addWords, currentLanguage } from '#ui/words/words.ts';
import { PagedRows } from './list-parts.tsx';
import { SelectField } from './select-field.tsx';
import { periodOf, useUrlFilters } from './url-filters.ts';
import { usePageList } from './use-page-list.ts';
import { usePaused } from './use-rooms.ts';

addWords({ audit: { en, ko } });

const FILTERS = ['kind', 'actor', 'subject', 'from', 'to'] as const;
type Filters = Record<(typeof FILTERS)[number], string>;

export function AuditPage() {
  const { t } = useTranslation('audit');
  const [filters, change] = useUrlFilters(FILTERS);
  const query = queryOf({ ...filters, actor: usePaused(filters.actor), subject: usePaused(filters.subject) });
  const paged = usePageList(auditApi.listAudit, query);
  const { problem } = paged;
  const isFiltered = FILTERS.some((name) => filters[name] !== '');
  // on a phone the entries come first
  const [isOpen, setOpen] = useState(isFiltered);
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div className="flex flex-col gap-1">
          <h1 className="text-title font-bold text-balance">{t('title')}</h1>
          <p className="text-small text-quiet">{t('lead')}</p>
        </div>
        <a
          href={urlOf(auditApi.exportAudit, { query: queryOf(filters) })}
          download
          className="inline-flex min-h-12 items-center gap-2 rounded-control bg-lifted px-4 text-base font-semibold hover:brightness-[1.06]"
        >
          <Icon of={Download} className="size-5" />
          {t('exportFile')}
        </a>
      </div>
      <Card>
        <Button
          icon={SlidersHorizontal}
          className="mb-4 sm:hidden"
          aria-expanded={isOpen}
          onPress={() => setOpen(!isOpen)}
        >
          {t('filters.label')}
        </Button>
        <fieldset
          className={`mb-4 grid-cols-2 gap-4 sm:grid lg:grid-cols-[2fr_1.5fr_1.5fr_1fr_1fr] ${isOpen ? 'grid' : 'hidden'}`}
        >
          <legend className="sr-only">{t('filters.label')}</legend>
          <Kinds chosen={filters.kind} onChoose={(kind) => change({ kind })} />
          <TextField
            label={t('filters.actor')}
            type="search"
            value={filters.actor}
            onChange={(actor) => change({ actor })}
          />
          <TextField
            label={t('filters.subject')}
            type="search"
            value={filters.subject}
            onChange={(subject) => change({ subject })}
          />
          <DateField
            label={t('filters.fromDay')}
            className="col-span-2 sm:col-span-1"
            value={filters.from}
            onChange={(from) => change({ from })}
          />
          <DateField
            label={t('filters.toDay')}
            className="col-span-2 sm:col-span-1"
            value={filters.to}
            onChange={(to) => change({ to })}
          />
        </fieldset>
        {isFiltered && (
          <Button className="mb-4" onPress={() => change({ kind: '', actor: '', subject: '', from: '', to: '' })}>
            {t('clear')}
          </Button>
        )}
        <ProblemWords problem={problem} />
        <PagedRows
          of={paged}
          words={{
            loading: t('loading'),
            none: t(isFiltered ? 'noneFound' : 'none'),
            more: t('more'),
            shown: (counts) => t('shown', counts),
          }}
        >
          {(rows) => <Entries rows={rows} />}
        </PagedRows>
      </Card>
    </>
  );
}

function Kinds({ chosen, onChoose }: { chosen: string; onChoose: (kind: string) => void }) {
  const { t, i18n } = useTranslation('audit');
  const { language } = i18n;
  const kinds = useMemo(
    () =>
      AuditKind.options
        .map((key) => ({ key: key as string, words: t(`kinds.${key}`) }))
        .sort((a, b) => a.words.localeCompare(b.words, language)),
    [t, language],
  );
  return (
    <SelectField
      label={t('filters.kind')}
      className="col-span-2 lg:col-span-1"
      choices={[{ key: '', words: t('filters.anyKind') }, ...kinds]}
      chosen={chosen}
      onChoose={onChoose}
    />
  );
}

function Entries({ rows }: { rows: readonly AuditRow[] }) {
  const { t } = useTranslation('audit');
  const head = 'pb-2 pr-4 text-left text-small font-medium text-quiet';
  return (
    <table className="w-full table-fixed border-collapse">
      <thead>
        <tr>
          <th scope="col" className={`${head} w-28 sm:w-36`}>
            {t('columns.time')}
          </th>
          <th scope="col" className={head}>
            {t('columns.kind')}
          </th>
          <th scope="col" className={`${head} hidden sm:table-cell`}>
            {t('columns.actor')}
          </th>
          <th scope="col" className={`${head} hidden sm:table-cell`}>
            {t('columns.subject')}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Entry key={row.seq} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Entry({ row: { atMs, kind, actor, subject, details } }: { row: AuditRow }) {
  const { t } = useTranslation('audit');
  const more = useDetails(details, [actor.name, subject.name]);
  return (
    <tr className="border-t border-line align-top">
      <td className="numerals py-3 pr-4 text-small text-quiet">
        <time dateTime={new Date(atMs).toISOString()}>{dateAndTime(atMs, currentLanguage())}</time>
      </td>
      <td className="py-3 pr-4">
        <p className="font-semibold">{t(`kinds.${kind}`)}</p>
        <p className="text-small wrap-anywhere sm:hidden">
          <Party party={actor} /> → <Party party={subject} />
        </p>
        {more.length > 0 && <p className="text-small wrap-anywhere text-quiet">{more.join(' · ')}</p>}
      </td>
      <td className="hidden py-3 pr-4 wrap-anywhere sm:table-cell">
        <Party party={actor} />
      </td>
      <td className="hidden py-3 wrap-anywhere sm:table-cell">
        <Party party={subject} />
      </td>
    </tr>
  );
}

/** What else the entry holds, in words. Ids are for the export, and names that stand beside it are not repeated. */
function useDetails(details: AuditRow['details'], named: readonly (string | null)[]): string[] {
  const { t } = useTranslation('audit');
  return Object.entries(details)
    .filter(([, value]) => value !== null && value !== '' && !isId(String(value)) && !named.includes(String(value)))
    .map(([name, value]) => {
      const words = isDetail(name) ? t(`details.${name}`) : name;
      const shown = name.endsWith('AtMs')
        ? dateAndTime(Number(value), currentLanguage())
        : String(value).replaceAll(IDS, (id) => `…${id.slice(-6)}`);
      return `${words}: ${shown}`;
    });
}
const isId = (text: string): boolean => /^[0-9a-f-]{36}$/.test(text);
const IDS = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;
const isDetail = (name: string): name is keyof typeof en.details => Object.hasOwn(en.details, name);

/** The present name, else the key in words: what was removed has no name any more. */
function Party({ party: { key, name } }: { party: AuditParty }) {
  const { t } = useTranslation('audit');
  if (name !== null) return <span title={key}>{name}</span>;
  const [kind, ...rest] = key.split(':');
  if (!isParty(kind!)) return <>{key}</>;
  const id = rest.join(':');
  return <span title={key}>{t(`parties.${kind}`, { id: isId(id) ? `…${id.slice(-6)}` : id })}</span>;
}
const isParty = (kind: string): kind is keyof typeof en.parties => Object.hasOwn(en.parties, kind);

/** As the server is asked. */
function queryOf({ kind, actor, subject, from, to }: Filters) {
  return {
    ...(AuditKind.safeParse(kind).success && { kind: kind as AuditKind }),
    ...(actor !== '' && { actor }),
    ...(subject !== '' && { subject }),
    ...periodOf(from, to),
  };
}
