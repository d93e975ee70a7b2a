/** Settings of the organisation, a place or a room by section: what is in force and why, what the kiosk makes of it; each is changed in a form. */
import Settings from 'lucide-react/icons/settings';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SettingsView } from '#contract/http/settings-api.ts';
import { SECTION_NAMES, type SectionName } from '#contract/settings/all-settings.ts';
import type { SettingsScope } from '#contract/settings/settings-scope.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { ErrorWords } from '#ui/error-words.tsx';
import { callApi } from '#ui/http-client.ts';
import { Icon } from '#ui/icon.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { Spinner } from '#ui/progress.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { dateAndTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { useSettingWords } from './setting-words.ts';
import { SettingsForm } from './settings-form.tsx';
import { type DraftedChange, settingsOf, useSettings } from './settings-of.ts';
import { SettingsVersions } from './settings-versions.tsx';

type CardProps = {
  scope: SettingsScope;
  /** of the scope, for a card that does not stand on its page; left out: "Settings" */
  title?: string;
  /** of a room */
  isOnline?: boolean;
};

export function SettingsCard({ scope, title, isOnline = false }: CardProps) {
  const { t } = useTranslation('settings');
  const { sectionTitle } = useSettingWords();
  const { view, problem, take } = useSettings(scope);
  const [opened, setOpened] = useState<SectionName | 'versions' | null>(null);
  const saving = useAsyncAction();
  const { routes, params } = settingsOf(scope);
  const save = async (change: DraftedChange) => {
    const body = { revision: view!.revision, ...change };
    const saved = await saving.run(() => callApi(routes.change, { params, body }));
    if (saved === null) return;
    take(saved);
    setOpened(null);
  };
  const edited = opened === 'versions' ? null : opened;
  const open = (what: SectionName | 'versions') => {
    saving.dismissProblem();
    setOpened(what);
  };
  return (
    <Card title={title ?? t('title')} aside={<Icon of={Settings} className="size-5 text-quiet" />}>
      {view === null ? (
        problem === null ? (
          <p role="status" className="flex items-center gap-3 py-6 text-quiet">
            <Spinner /> {t('loading')}
          </p>
        ) : (
          <ProblemWords problem={problem} />
        )
      ) : (
        <div className="flex flex-col gap-3">
          <p className="text-small text-quiet">
            {t(scope.kind === 'room' && view.report === null ? 'noKiosk' : 'lead')}
          </p>
          <Applied view={view} isOnline={isOnline} />
          <ul className="flex flex-col divide-y divide-line">
            {SECTION_NAMES.map((section) => (
              <SectionRow key={section} section={section} view={view} onEdit={() => open(section)} />
            ))}
          </ul>
          <Button onPress={() => open('versions')}>{t('versions.open')}</Button>
        </div>
      )}
      <Dialog
        title={opened === 'versions' ? t('versions.title') : edited === null ? '' : sectionTitle(edited)}
        isOpen={opened !== null}
        onClose={() => setOpened(null)}
        className="sm:max-w-xl!"
      >
        {opened === 'versions' && view !== null && (
          <SettingsVersions
            view={view}
            onReturned={(returned) => {
              take(returned);
              setOpened(null);
            }}
          />
        )}
        {edited !== null && view !== null && (
          <SettingsForm
            section={edited}
            view={view}
            isPending={saving.isPending}
            problem={saving.problem}
            onTry={(change) => callApi(routes.try, { params, body: { revision: view.revision, ...change } })}
            onSave={(change) => void save(change)}
          />
        )}
      </Dialog>
    </Card>
  );
}

/** One line for all sections: the revision is the room's. */
function Applied({ view, isOnline }: { view: SettingsView; isOnline: boolean }) {
  const { t } = useTranslation('settings');
  const { report } = view;
  if (report === null || report.desiredRevision === 0) return null;
  const isApplied = report.revision === report.desiredRevision;
  if (isApplied && report.refused.length > 0) return null;
  const words = isApplied ? 'saved' : isOnline ? 'waiting' : 'waitingOffline';
  return (
    <p role="status" className="flex flex-wrap gap-x-3 text-small">
      <span className={`font-semibold ${isApplied ? 'text-accent' : 'text-warn'}`}>{t(words)}</span>
      {report.reportedAtMs !== null && (
        <span className="numerals text-quiet">
          {t('reported', { time: dateAndTime(report.reportedAtMs, currentLanguage()) })}
        </span>
      )}
    </p>
  );
}

function SectionRow({ section, view, onEdit }: { section: SectionName; view: SettingsView; onEdit: () => void }) {
  const { t } = useTranslation('settings');
  const words = useSettingWords();
  const secrets = view.secrets[section] ?? {};
  const count = Object.keys(view.own[section] ?? {}).length + Object.keys(secrets).length;
  const lockedCount = view.locks[section]?.length ?? 0;
  const refused = view.report?.refused.filter((each) => each.section === section) ?? [];
  const set = Object.entries(view.inForce[section] ?? {}).filter(([, { source }]) => source.kind !== 'default');
  return (
    <li className="flex flex-col gap-3 py-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <span className="flex flex-col">
          <span className="font-medium">{words.sectionTitle(section)}</span>
          <span className="text-small text-quiet">
            {count === 0 ? t('allInherited') : t('setHere', { count })}
            {lockedCount > 0 && ` · ${t('lockedCount', { count: lockedCount })}`}
          </span>
        </span>
        <Button aria-label={t('editSection', { section: words.sectionTitle(section) })} onPress={onEdit}>
          {t('edit')}
        </Button>
      </div>
      {set.length > 0 && (
        <dl className="grid grid-cols-[minmax(0,1fr)] gap-x-4 gap-y-2 text-small sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
          {set.map(([field, { value, source, lockedBy }]) => (
            <div key={field} className="contents">
              <dt className="text-quiet">{words.label(section, field)}</dt>
              <dd className="flex flex-wrap gap-x-3 wrap-anywhere">
                <span>{words.value(section, field, value)}</span>
                <span className="text-quiet">
                  {lockedBy
                    ? t('lockedBy', { source: words.source(lockedBy, view.scope) })
                    : words.source(source, view.scope)}
                </span>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {Object.values(secrets).includes('enter-again') && (
        <p role="status" className="text-small font-semibold text-warn">
          {t('secretAgain')}
        </p>
      )}
      {refused.map(({ field, code }) => (
        <div key={`${code} ${field}`} role="status" className="flex flex-col gap-1 rounded-control bg-warn-soft p-4">
          <p className="font-semibold">
            {field === null ? t('refusedWhole') : t('refused', { field: words.label(section, field) })}
          </p>
          <ErrorWords code={code} className="gap-1!" />
        </div>
      ))}
    </li>
  );
}
