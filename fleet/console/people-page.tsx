/** The people of the organisation: found by name, added one by one or by a list. */
import ChevronRight from 'lucide-react/icons/chevron-right';
import { useTranslation } from 'react-i18next';
import { type AccountRow, peopleApi } from '#contract/http/people-api.ts';
import { Card } from '#ui/card.tsx';
import { Icon } from '#ui/icon.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { TextField } from '#ui/text-field.tsx';
import { ago } from '#ui/words/format.ts';
import en from '#ui/words/en/people.ts';
import ko from '#ui/words/ko/people.ts';
import { addWords, currentLanguage } from '#ui/words/words.ts';
import { useMay } from './account.ts';
import { AddPerson } from './add-person.tsx';
import { FreshSignIn } from './fresh-sign-in.tsx';
import { ImportPeople } from './import-people.tsx';
import { PagedRows } from './list-parts.tsx';
import { useUrlFilters } from './url-filters.ts';
import { usePageList } from './use-page-list.ts';
import { usePaused } from './use-rooms.ts';

addWords({ people: { en, ko } });

const FILTERS = ['text'] as const;

export function PeoplePage() {
  const { t } = useTranslation('people');
  const mayManage = useMay('people.manage');
  const [{ text }, change] = useUrlFilters(FILTERS);
  const asked = usePaused(text.trim());
  const paged = usePageList(peopleApi.listAccounts, asked === '' ? {} : { text: asked });
  const { list, problem, refresh } = paged;
  return (
    <FreshSignIn>
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div className="flex flex-col gap-1">
          <h1 className="text-title font-bold text-balance">{t('list.title')}</h1>
          {list !== null && (
            <p className="text-small text-quiet">
              {t('list.counts', { count: list.counts.all, disabled: list.counts.disabled })}
            </p>
          )}
        </div>
        {mayManage && (
          <div className="flex flex-wrap gap-3">
            <ImportPeople onImported={refresh} />
            <AddPerson onAdded={refresh} />
          </div>
        )}
      </div>
      <Card>
        <TextField
          className="mb-4 max-w-md"
          label={t('list.find')}
          type="search"
          value={text}
          onChange={(value) => change({ text: value })}
        />
        <ProblemWords problem={problem} />
        <PagedRows
          of={paged}
          words={{
            loading: t('loading'),
            none: t(asked === '' ? 'list.empty' : 'list.none'),
            more: t('more'),
            shown: (counts) => t('shown', counts),
          }}
        >
          {(rows) => <People rows={rows} />}
        </PagedRows>
      </Card>
    </FreshSignIn>
  );
}

function People({ rows }: { rows: readonly AccountRow[] }) {
  const { t } = useTranslation('people');
  const head = 'pb-2 pr-4 text-left text-small font-medium text-quiet';
  return (
    <table className="w-full table-fixed border-collapse">
      <thead>
        <tr>
          <th scope="col" className={head}>
            {t('list.name')}
          </th>
          <th scope="col" className={`${head} hidden md:table-cell`}>
            {t('list.roles')}
          </th>
          <th scope="col" className={`${head} hidden w-56 sm:table-cell`}>
            {t('list.state')}
          </th>
          <th scope="col" className="w-8">
            <span className="sr-only">{t('list.name')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Person key={row.accountId} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Person({ row }: { row: AccountRow }) {
  const { t } = useTranslation('people');
  const roles = [...new Set(row.grants.map(({ role }) => t(`roles.${role}`)))];
  return (
    <tr className="relative border-t border-line hover:bg-lifted/50">
      <th scope="row" className="overflow-hidden py-2 pr-4 text-left">
        <a
          href={`#/people/${row.accountId}`}
          aria-label={t('list.open', { name: row.displayName })}
          className="block truncate font-semibold after:absolute after:inset-0"
        >
          {row.displayName}
        </a>
        <span className="block truncate text-small font-normal text-quiet">
          {row.email === null ? row.userName : `${row.userName} · ${row.email}`}
        </span>
        <span className="block truncate text-small font-normal text-quiet sm:hidden">
          {roles.length > 0 && `${roles.join(', ')} · `}
          <AccountState row={row} />
        </span>
      </th>
      <td className="hidden truncate pr-4 text-quiet md:table-cell">{roles.join(', ')}</td>
      <td className="hidden pr-4 text-small sm:table-cell">
        <AccountState row={row} />
      </td>
      <td className="text-quiet">
        <Icon of={ChevronRight} className="size-5" />
      </td>
    </tr>
  );
}

export function AccountState({ row: { isDisabled, isForgotten, isInvited, lastSignedInAtMs } }: { row: AccountRow }) {
  const { t } = useTranslation('people');
  if (isForgotten) return <span className="text-quiet">{t('list.forgotten')}</span>;
  if (isDisabled) return <span className="font-semibold text-fault">{t('list.disabled')}</span>;
  if (lastSignedInAtMs !== null)
    return (
      <span className="text-quiet">
        {t('list.signedIn', { ago: ago(lastSignedInAtMs, Date.now(), currentLanguage()) })}
      </span>
    );
  return <span className="text-quiet">{t(isInvited ? 'list.invited' : 'list.never')}</span>;
}
