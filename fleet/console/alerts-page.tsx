/** Alerts of all rooms by the filters of the address, as they open, change and close; and looking after one. */
import SlidersHorizontal from 'lucide-react/icons/sliders-horizontal';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Alert, AlertState, alertsApi } from '#contract/http/alerts-api.ts';
import type { RouteInput } from '#contract/http/route.ts';
import { Id } from '#contract/schema.ts';
import { Severity, SignalName } from '#contract/signals.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { callApi, followEvents } from '#ui/http-client.ts';
import { OnOff } from '#ui/on-off.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { TextField } from '#ui/text-field.tsx';
import { ToggleGroup } from '#ui/toggle-group.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import en from '#ui/words/en/alerts.ts';
import ko from '#ui/words/ko/alerts.ts';
import { addWords } from '#ui/words/words.ts';
import { useMay, useMayAnywhere } from './account.ts';
import { AlertListRow } from './alert-list-row.tsx';
import { PagedRows } from './list-parts.tsx';
import { SelectField } from './select-field.tsx';
import { useUrlFilters } from './url-filters.ts';
import { usePageList } from './use-page-list.ts';
import { type PlaceInTree, usePlaces } from './use-places.ts';
import { useLiveRooms } from './use-rooms.ts';

addWords({ alerts: { en, ko } });

/** `state` '': open */
const FILTERS = ['state', 'severity', 'signal', 'placeId', 'roomId', 'explained'] as const;
type AlertFilters = Record<(typeof FILTERS)[number], string>;

export function AlertsPage() {
  const { t } = useTranslation('alerts');
  const mayConfigure = useMay('alerts.configure');
  const mayManage = useMayAnywhere('alerts.manage');
  const live = useLiveRooms();
  const [filters, change] = useUrlFilters(FILTERS);
  const paged = usePageList(alertsApi.listAlerts, queryOf(filters));
  const { list, problem, refresh } = paged;
  const { places } = usePlaces();
  const [asked, setAsked] = useState<Alert | null>(null);
  const giving = useAsyncAction();
  useEffect(
    () => followEvents(alertsApi.alertChanges, { onEvent: refresh, onConnected: () => {}, onRefused: live.failed }),
    [refresh, live],
  );
  const giveBack = async ({ alertId }: Alert) => {
    await giving.run(() => callApi(alertsApi.takeAcknowledgementBack, { params: { alertId } }));
    refresh();
  };
  const done = () => {
    setAsked(null);
    refresh();
  };
  const isFiltered = FILTERS.some((name) => filters[name] !== '');
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div className="flex flex-col gap-1">
          <h1 className="text-title font-bold text-balance">{t('title')}</h1>
          <p className="text-small text-quiet">{t('lead')}</p>
        </div>
        {mayConfigure && (
          <a
            href="#/alerts/targets"
            className="inline-flex min-h-12 items-center rounded-control bg-lifted px-4 text-base font-semibold hover:brightness-[1.06]"
          >
            {t('toTargets')}
          </a>
        )}
      </div>
      <ProblemWords problem={giving.problem ?? problem} />
      <Card>
        <Filters filters={filters} places={places} onChange={change} />
        <div className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          <p className="numerals text-small text-quiet" role="status">
            {list !== null &&
              [
                t('counts.open', { count: list.counts.open }),
                t('counts.acknowledged', { count: list.counts.acknowledged }),
                t('counts.critical', { count: list.counts.critical }),
              ].join(' · ')}
          </p>
          {isFiltered && (
            <Button
              variant="quiet"
              onPress={() => change({ state: '', severity: '', signal: '', placeId: '', roomId: '', explained: '' })}
            >
              {t('filters.clear')}
            </Button>
          )}
        </div>
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
              {rows.map((alert) => (
                <AlertListRow
                  key={alert.alertId}
                  alert={alert}
                  placeName={places?.find(({ placeId }) => placeId === alert.placeId)?.path ?? null}
                  cause={rows.find(({ alertId }) => alertId === alert.inhibitedBy) ?? null}
                  onAcknowledge={mayManage && alert.state === 'open' ? () => setAsked(alert) : null}
                  onGiveBack={mayManage && alert.state === 'acknowledged' ? () => void giveBack(alert) : null}
                />
              ))}
            </ul>
          )}
        </PagedRows>
      </Card>
      <Dialog title={t('acknowledge.title')} isOpen={asked !== null} onClose={() => setAsked(null)}>
        {asked && <Acknowledge alert={asked} onDone={done} />}
      </Dialog>
    </>
  );
}

/** What the address holds and no list knows is left out. */
function queryOf(filters: AlertFilters): RouteInput<typeof alertsApi.listAlerts, 'query'> {
  const state = filters.state === 'all' ? undefined : (AlertState.safeParse(filters.state).data ?? 'open');
  const severity = Severity.safeParse(filters.severity).data;
  const signal = SignalName.safeParse(filters.signal).data;
  const placeId = Id.safeParse(filters.placeId).data;
  const roomId = Id.safeParse(filters.roomId).data;
  return {
    ...(state && { state }),
    ...(severity && { severity }),
    ...(signal && { signal }),
    ...(placeId && { placeId }),
    ...(roomId && { roomId }),
    ...(filters.explained === '' && { inhibited: 'false' }),
  };
}

type FiltersProps = {
  filters: AlertFilters;
  /** null: not there yet */
  places: readonly PlaceInTree[] | null;
  onChange: (changes: Partial<AlertFilters>) => void;
};

function Filters({ filters, places, onChange }: FiltersProps) {
  const { t } = useTranslation('alerts');
  const { t: signals } = useTranslation('signals');
  const isNarrowed = FILTERS.some((name) => name !== 'state' && filters[name] !== '');
  // on a phone the alerts come first
  const [isOpen, setOpen] = useState(isNarrowed);
  return (
    <div className="mb-4 flex flex-col gap-4">
      <ToggleGroup
        label={t('filters.state')}
        className="max-w-xl"
        choices={[
          ...AlertState.options.map((key) => ({ key: key as string, words: t(`state.${key}`) })),
          { key: 'all', words: t('filters.all') },
        ]}
        chosen={filters.state === '' ? 'open' : filters.state}
        onChoose={(state) => onChange({ state: state === 'open' ? '' : state })}
      />
      <Button
        icon={SlidersHorizontal}
        className="self-start sm:hidden"
        aria-expanded={isOpen}
        onPress={() => setOpen(!isOpen)}
      >
        {t('filters.label')}
      </Button>
      <div className={`gap-4 sm:grid sm:grid-cols-3 ${isOpen ? 'grid' : 'hidden'}`}>
        <SelectField
          label={t('filters.severity')}
          isWordy
          choices={[
            { key: '', words: t('filters.anySeverity') },
            ...Severity.options.map((key) => ({ key: key as string, words: t(`severity.${key}`) })),
          ]}
          chosen={filters.severity}
          onChoose={(severity) => onChange({ severity })}
        />
        <SelectField
          label={t('filters.signal')}
          isWordy
          choices={[
            { key: '', words: t('filters.anySignal') },
            ...SignalName.options.map((key) => ({ key: key as string, words: signals(`${key}.what`) })),
          ]}
          chosen={filters.signal}
          onChoose={(signal) => onChange({ signal })}
        />
        {places !== null && places.length > 0 && (
          <SelectField
            label={t('filters.place')}
            isWordy
            choices={[
              { key: '', words: t('filters.anyPlace') },
              ...places.map(({ placeId, path }) => ({ key: placeId as string, words: path })),
            ]}
            chosen={filters.placeId}
            onChoose={(placeId) => onChange({ placeId })}
          />
        )}
      </div>
      {filters.roomId !== '' && <p className="text-small font-semibold">{t('filters.room')}</p>}
      <div className={`sm:block ${isOpen ? '' : 'hidden'}`}>
        <OnOff
          note={t('filters.explainedHint')}
          isOn={filters.explained !== ''}
          onChange={(isOn) => onChange({ explained: isOn ? '1' : '' })}
        >
          {t('filters.explained')}
        </OnOff>
      </div>
    </div>
  );
}

function Acknowledge({ alert: { alertId }, onDone }: { alert: Alert; onDone: () => void }) {
  const { t } = useTranslation('alerts');
  const [note, setNote] = useState('');
  const { run, isPending, problem } = useAsyncAction();
  const acknowledge = async () => {
    const body = { note: note.trim() };
    if ((await run(() => callApi(alertsApi.acknowledgeAlert, { params: { alertId }, body }))) !== null) onDone();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isPending) void acknowledge();
      }}
      className="flex flex-col gap-5"
      noValidate
    >
      <p className="text-base text-quiet">{t('acknowledge.body')}</p>
      <TextField label={t('acknowledge.note')} value={note} onChange={setNote} maxLength={500} autoFocus />
      <ProblemWords problem={problem} />
      <Button type="submit" variant="primary" size="large" isPending={isPending}>
        {t('acknowledge.action')}
      </Button>
    </form>
  );
}
