/** A room's settings by section: what is set, whether the kiosk has applied it, why it refused; each is changed in a form. */
import Settings from 'lucide-react/icons/settings';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MaruError } from '#contract/error-codes.ts';
import type { RoomOverview } from '#contract/http/rooms-api.ts';
import { type RoomSettingsView, settingsApi } from '#contract/http/settings-api.ts';
import { SECTION_NAMES, type SectionName } from '#contract/settings/all-settings.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { ErrorWords } from '#ui/error-words.tsx';
import { callApi, followEvents } from '#ui/http-client.ts';
import { Icon } from '#ui/icon.tsx';
import { Spinner } from '#ui/progress.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { SettingsForm } from './settings-form.tsx';
import { useSettingWords } from './setting-words.ts';

type CardProps = { room: Pick<RoomOverview, 'roomId' | 'online'> };

export function SettingsCard({ room }: CardProps) {
  const { t } = useTranslation('console');
  const { sectionTitle } = useSettingWords();
  const { view, problem, take } = useRoomSettings(room.roomId);
  const [edited, setEdited] = useState<SectionName | null>(null);
  const saving = useAsyncAction();
  const save = async (section: SectionName, values: object, secrets: object) => {
    const params = { roomId: room.roomId, section };
    const body = { revision: view!.revision, values: { ...values }, secrets: { ...secrets } };
    const saved = await saving.run(() => callApi(settingsApi.changeRoomSettings, { params, body }));
    if (saved === null) return;
    take(saved);
    setEdited(null);
  };
  return (
    <Card title={t('roomSettings.title')} aside={<Icon of={Settings} className="size-5 text-quiet" />}>
      {view === null ? (
        problem === null ? (
          <p role="status" className="flex items-center gap-3 py-6 text-quiet">
            <Spinner /> {t('roomSettings.loading')}
          </p>
        ) : (
          <ProblemWords problem={problem} />
        )
      ) : (
        <div className="flex flex-col gap-3">
          <p className="text-small text-quiet">{t(view.report ? 'roomSettings.lead' : 'roomSettings.noKiosk')}</p>
          <Applied view={view} isOnline={room.online} />
          <ul className="flex flex-col divide-y divide-line">
            {SECTION_NAMES.map((section) => (
              <SectionRow
                key={section}
                section={section}
                view={view}
                onEdit={() => {
                  saving.dismissProblem();
                  setEdited(section);
                }}
              />
            ))}
          </ul>
        </div>
      )}
      <Dialog
        title={edited === null ? '' : sectionTitle(edited)}
        isOpen={edited !== null}
        onClose={() => setEdited(null)}
        className="sm:max-w-xl!"
      >
        {edited !== null && view !== null && (
          <SettingsForm
            section={edited}
            view={view}
            isPending={saving.isPending}
            problem={saving.problem}
            onSave={(values, secrets) => void save(edited, values, secrets)}
          />
        )}
      </Dialog>
    </Card>
  );
}

/** One line for all sections: the revision is the room's. */
function Applied({ view, isOnline }: { view: RoomSettingsView; isOnline: boolean }) {
  const { t } = useTranslation('console');
  if (view.report === null || view.revision === 0) return null;
  const isApplied = view.report.revision === view.revision;
  if (isApplied && view.report.refused.length > 0) return null;
  const words = isApplied ? 'saved' : isOnline ? 'waiting' : 'waitingOffline';
  return (
    <p role="status" className={`text-small font-semibold ${isApplied ? 'text-accent' : 'text-warn'}`}>
      {t(`roomSettings.${words}`)}
    </p>
  );
}

function SectionRow({ section, view, onEdit }: { section: SectionName; view: RoomSettingsView; onEdit: () => void }) {
  const { t } = useTranslation('console');
  const { sectionTitle, label } = useSettingWords();
  const secrets = view.secrets[section] ?? {};
  const count = Object.keys(view.values[section] ?? {}).length + Object.keys(secrets).length;
  const refused = view.report?.refused.filter((each) => each.section === section) ?? [];
  return (
    <li className="flex flex-col gap-3 py-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <span className="flex flex-col">
          <span className="font-medium">{sectionTitle(section)}</span>
          <span className="text-small text-quiet">
            {count === 0 ? t('roomSettings.allDefault') : t('roomSettings.setHere', { count })}
          </span>
        </span>
        <Button aria-label={t('roomSettings.editSection', { section: sectionTitle(section) })} onPress={onEdit}>
          {t('roomSettings.edit')}
        </Button>
      </div>
      {Object.values(secrets).includes('enter-again') && (
        <p role="status" className="text-small font-semibold text-warn">
          {t('roomSettings.secretAgain')}
        </p>
      )}
      {refused.map(({ field, code }) => (
        <div key={`${code} ${field}`} role="status" className="flex flex-col gap-1 rounded-control bg-warn-soft p-4">
          <p className="font-semibold">
            {field === null
              ? t('roomSettings.refusedWhole')
              : t('roomSettings.refused', { field: label(section, field) })}
          </p>
          <ErrorWords code={code} className="gap-1!" />
        </div>
      ))}
    </li>
  );
}

function useRoomSettings(roomId: string): {
  view: RoomSettingsView | null;
  problem: MaruError | null;
  take: (view: RoomSettingsView) => void;
} {
  const [view, setView] = useState<RoomSettingsView | null>(null);
  const [problem, setProblem] = useState<MaruError | null>(null);
  useEffect(
    () =>
      followEvents(settingsApi.roomSettingsChanges, {
        params: { roomId },
        onEvent: ({ data }) => setView(data),
        onConnected: () => {},
        onRefused: setProblem,
      }),
    [roomId],
  );
  useEffect(() => {
    const ending = new AbortController();
    // an answer that comes after the stream's first event is as new
    callApi(settingsApi.roomSettings, { params: { roomId }, signal: ending.signal }).then(
      (answer) => setView((known) => known ?? answer),
      (error: MaruError) => {
        if (!ending.signal.aborted) setProblem(error);
      },
    );
    return () => ending.abort();
  }, [roomId]);
  return { view, problem, take: setView };
}
