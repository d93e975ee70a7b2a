/** Versions of a scope's settings: who changed what, when and why, and the way back to each. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SettingsVersion, SettingsView } from '#contract/http/settings-api.ts';
import { Button } from '#ui/button.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { TextField } from '#ui/text-field.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { dateAndTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { ListMore, ListStatus } from './list-parts.tsx';
import { useSettingWords } from './setting-words.ts';
import { settingsOf } from './settings-of.ts';
import { usePageList } from './use-page-list.ts';

type VersionsProps = { view: SettingsView; onReturned: (view: SettingsView) => void };

export function SettingsVersions({ view, onReturned }: VersionsProps) {
  const { t } = useTranslation('settings');
  const { routes, params } = settingsOf(view.scope);
  const { list, problem, more, isFetchingMore } = usePageList(routes.versions, { limit: 20 }, params);
  const [asked, setAsked] = useState<number | null>(null);
  const [reason, setReason] = useState('');
  const returning = useAsyncAction();
  const goBack = async (toRevision: number) => {
    const body = { revision: view.revision, toRevision, reason };
    const returned = await returning.run(() => callApi(routes.goBack, { params, body }));
    if (returned !== null) onReturned(returned);
  };
  if (list === null)
    return problem === null ? <ListStatus words={t('loading')} isLoading /> : <ProblemWords problem={problem} />;
  if (list.rows.length === 0) return <p className="text-quiet">{t('versions.none')}</p>;
  if (asked !== null)
    return (
      <div className="flex flex-col gap-5">
        <p className="font-semibold">{t('versions.confirmTitle', { revision: asked })}</p>
        <p className="text-base text-quiet">{t('versions.confirmBody')}</p>
        <TextField label={t('reason')} hint={t('reasonHint')} maxLength={300} value={reason} onChange={setReason} />
        <ProblemWords problem={returning.problem} />
        <Button variant="primary" size="large" isPending={returning.isPending} onPress={() => void goBack(asked)}>
          {t('versions.goBack')}
        </Button>
        <Button size="large" isDisabled={returning.isPending} onPress={() => setAsked(null)}>
          {t('cancel')}
        </Button>
      </div>
    );
  return (
    <div className="flex flex-col gap-3">
      <ProblemWords problem={problem} />
      <ol className="flex flex-col divide-y divide-line">
        {list.rows.map((version) => (
          <li key={version.revision} className="flex flex-col gap-2 py-3">
            <Row version={version} />
            {version.revision === view.revision ? (
              <p className="text-small font-semibold text-accent">{t('versions.current')}</p>
            ) : (
              <Back revision={version.revision} onAsk={setAsked} />
            )}
          </li>
        ))}
        {more === null && list.rows.at(-1)!.revision === 1 && (
          <li className="flex flex-col gap-2 py-3">
            <p>{t('versions.first')}</p>
            <Back revision={0} onAsk={setAsked} />
          </li>
        )}
      </ol>
      {more !== null && (
        <ListMore
          action={t('versions.more')}
          words={t('versions.shown', { shown: list.rows.length, total: list.total })}
          isPending={isFetchingMore}
          onMore={more}
        />
      )}
    </div>
  );
}

function Back({ revision, onAsk }: { revision: number; onAsk: (revision: number) => void }) {
  const { t } = useTranslation('settings');
  return (
    <Button className="self-start" aria-label={t('versions.goBackTo', { revision })} onPress={() => onAsk(revision)}>
      {t('versions.goBack')}
    </Button>
  );
}

function Row({ version: { revision, atMs, author, reason, changes } }: { version: SettingsVersion }) {
  return (
    <>
      <p className="flex flex-wrap gap-x-3">
        <span className="numerals font-semibold">{revision}</span>
        <time className="numerals" dateTime={new Date(atMs).toISOString()}>
          {dateAndTime(atMs, currentLanguage())}
        </time>
        <span className="text-quiet wrap-anywhere">{author}</span>
      </p>
      {reason !== '' && <p className="wrap-anywhere">{reason}</p>}
      <ul className="flex flex-col gap-1 text-small text-quiet">
        {changes.map((change) => (
          <li key={`${change.section} ${change.field} ${change.what}`} className="wrap-anywhere">
            <Difference change={change} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Difference({
  change: { section, field, what, before, after },
}: {
  change: SettingsVersion['changes'][number];
}) {
  const { t } = useTranslation('settings');
  const words = useSettingWords();
  const named = { field: words.label(section, field) };
  if (what === 'lock') return t(after === true ? 'versions.lockSet' : 'versions.lockEnded', named);
  if (what === 'secret') return t(after === undefined ? 'versions.secretRemoved' : 'versions.secretSet', named);
  const asWords = (value: unknown) => (value === undefined ? t('versions.unset') : words.value(section, field, value));
  return t('versions.was', { ...named, before: asWords(before), after: asWords(after) });
}
