/** Before the call: name, picture and sound, and one large button: to join, or to ask. All of it may fail but the button. */
import Camera from 'lucide-react/icons/camera';
import Captions from 'lucide-react/icons/captions';
import ChevronDown from 'lucide-react/icons/chevron-down';
import Circle from 'lucide-react/icons/circle';
import Mic from 'lucide-react/icons/mic';
import Radio from 'lucide-react/icons/radio';
import Volume2 from 'lucide-react/icons/volume-2';
import { type ComponentProps, type FormEvent, memo, useEffect, useEffectEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorCode } from '#contract/error-codes.ts';
import { agendaLines } from '#contract/meeting-agenda.ts';
import { shownText } from '#contract/shown-text.ts';
import type { Knock } from '#contract/waiting.ts';
import type { AirMark } from '#ui/broadcast/air.ts';
import { Button } from '#ui/button.tsx';
import { ErrorWords } from '#ui/error-words.tsx';
import { Floor } from '#ui/floor.tsx';
import { Icon } from '#ui/icon.tsx';
import { LinkedText } from '#ui/meeting/linked-text.tsx';
import { Spinner } from '#ui/progress.tsx';
import { TextField } from '#ui/text-field.tsx';
import { DeviceProblems } from './device-problems.tsx';
import { DeviceSelect } from './device-select.tsx';
import type { GuestDevices, GuestDevicesState } from './guest-devices.ts';
import type { EntryState, Guest } from './guest.ts';
import { Mirror } from './mirror.tsx';
import { PageHeader } from './page-header.tsx';
import { closeSoundCheck, playTestTone, TEST_SOUND_MS } from './sound-check.ts';

const NAME_KEPT_AS = 'maru-guest-name';
const ORGANISATION_KEPT_AS = 'maru-guest-organisation';

type CheckPageProps = {
  guest: Guest;
  entry: EntryState;
  /** why there is no way in yet */
  waitsFor: ErrorCode | null;
  devices: GuestDevicesState;
  /** the button was pressed, the way in is not open yet */
  waiting: boolean;
  /** of the call, as far as is known; plain values, so that the same again draws nothing */
  air: AirMark;
  isTranscribed: boolean;
  /** why the server did not accept the knock; null: it was not asked, or did */
  problem: ErrorCode | null;
  onJoin: (displayName: string) => void;
  onKnock: (knock: Knock) => void;
};

/** Drawn again only when its own content changes: while joining, each drawing delays the call. */
export const CheckPage = memo(function CheckPage(props: CheckPageProps) {
  const { guest, entry, waitsFor, devices, waiting, air, isTranscribed, problem, onJoin, onKnock } = props;
  const { t } = useTranslation('join');
  const [typed, setTyped] = useState(() => keptText(NAME_KEPT_AS));
  const [organisation, setOrganisation] = useState(() => keptText(ORGANISATION_KEPT_AS));
  const [missing, setMissing] = useState(false);
  useEffect(() => closeSoundCheck, []);
  const given = 'displayName' in entry ? entry.displayName : null;
  const mustAsk = entry.name === 'knock';
  const isGuest = guest.way.kind !== 'member';
  const isKnown = entry.name !== 'checking' && entry.name !== 'unreachable';
  // the name of an account or of a personal link comes with the answer to who this is
  const [isAhead, setAhead] = useState(false);

  const go = (): void => {
    const displayName = shownText(given ?? typed);
    setAhead(displayName === '' && !isKnown);
    setMissing(displayName === '' && isKnown);
    if (displayName === '') return;
    if (given === null) keepText(NAME_KEPT_AS, displayName);
    if (!mustAsk) {
      onJoin(displayName);
      return;
    }
    const from = shownText(organisation);
    keepText(ORGANISATION_KEPT_AS, from);
    onKnock({ displayName, organisation: from || null });
  };
  const goWithAnswer = useEffectEvent(() => {
    setAhead(false);
    // whom they ask, and of which organisation they are, was not seen when it was pressed
    if (!mustAsk) go();
  });
  useEffect(() => {
    if (isAhead && isKnown) goWithAnswer();
  }, [isAhead, isKnown]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    go();
  };
  return (
    <div className="relative isolate flex min-h-dvh flex-col">
      <Floor />
      <PageHeader />
      <main className="mx-auto grid w-full max-w-md flex-1 content-start gap-5 px-5 pb-8 sm:max-w-5xl sm:grid-cols-[1.15fr_1fr] sm:items-start sm:gap-x-10 sm:px-8 lg:content-center lg:pb-24">
        <div className="flex flex-col gap-5">
          <div className="sm:hidden">
            <Welcome entry={entry} waitsFor={waitsFor} />
          </div>
          <Mirror devices={guest.devices} state={devices} />
        </div>
        <form onSubmit={submit} className="flex flex-col gap-5" noValidate>
          <div className="hidden sm:block">
            <Welcome entry={entry} waitsFor={waitsFor} />
          </div>
          <TextField
            label={t('check.name')}
            hint={given === null ? undefined : t(isGuest ? 'check.nameFixed' : 'check.nameOfAccount')}
            problem={missing ? t('check.nameMissing') : null}
            value={given ?? typed}
            isReadOnly={given !== null}
            maxLength={80}
            autoComplete="name"
            onChange={(name) => {
              setTyped(name);
              setMissing(false);
            }}
          />
          {mustAsk && isGuest && (
            <TextField
              label={t('check.organisation')}
              hint={t('check.organisationHint')}
              value={organisation}
              maxLength={80}
              autoComplete="organization"
              onChange={setOrganisation}
            />
          )}
          {problem !== null && mustAsk && (
            <div role="alert" className="rounded-control bg-fault-soft p-4">
              <ErrorWords code={problem} className="gap-1!" />
            </div>
          )}
          {entry.name === 'admitted' && <GoesOn air={air} isTranscribed={isTranscribed} />}
          <Button type="submit" variant="primary" size="hero" isPending={waiting || isAhead}>
            {t(mustAsk ? 'check.ask' : 'check.join')}
          </Button>
          <DeviceProblems devices={guest.devices} state={devices} />
          <DeviceChoices devices={guest.devices} state={devices} />
        </form>
      </main>
    </div>
  );
});

/** What a person has to know before they are in, right above the button. */
function GoesOn({ air, isTranscribed }: Pick<CheckPageProps, 'air' | 'isTranscribed'>) {
  const { t } = useTranslation('join');
  return (
    <div role="status" className="flex flex-col gap-2 empty:hidden">
      {air !== null && <Notice icon={air === 'on-air' ? Radio : Circle}>{t(`check.goesOn.${air}`)}</Notice>}
      {isTranscribed && <Notice icon={Captions}>{t('check.goesOn.transcript')}</Notice>}
    </div>
  );
}

function Notice({ icon, children }: { icon: ComponentProps<typeof Icon>['of']; children: string }) {
  return (
    <p className="flex items-center gap-3 rounded-control bg-warn-soft px-4 py-3 text-base">
      <Icon of={icon} className="size-5 shrink-0 text-warn" />
      <span>{children}</span>
    </p>
  );
}

function Welcome({ entry, waitsFor }: { entry: EntryState; waitsFor: ErrorCode | null }) {
  const { t } = useTranslation('join');
  if (entry.name === 'admitted' || entry.name === 'knock') {
    const { meetingTitle, hostName } = entry;
    return (
      <div className="flex flex-col gap-1">
        <p className="text-base text-quiet">{t('check.title')}</p>
        <h1 className="line-clamp-3 text-heading font-bold lg:text-title">{meetingTitle}</h1>
        {entry.name === 'knock' && <p className="text-small text-quiet">{t('check.mustAsk', { host: hostName })}</p>}
        {entry.name === 'admitted' && entry.admission === 'all-enter' && (
          <p className="text-small text-quiet">{t('check.policy')}</p>
        )}
        {entry.name === 'admitted' && <Agenda agenda={entry.agenda} />}
      </div>
    );
  }
  const unreachable = entry.name === 'unreachable';
  return (
    <div className="flex flex-col gap-1">
      <h1 className="text-heading font-bold lg:text-title">{t('check.title')}</h1>
      <p
        role="status"
        className={`flex items-center gap-2 text-base ${unreachable && waitsFor === null ? 'text-fault' : 'text-quiet'}`}
      >
        <Spinner className="size-4" />
        {waitsFor === null && (unreachable ? t('check.unreachable') : t('check.checkingInvite'))}
      </p>
      {waitsFor !== null && <ErrorWords code={waitsFor} />}
    </div>
  );
}

function DeviceChoices({ devices, state }: { devices: GuestDevices; state: GuestDevicesState }) {
  const { t } = useTranslation('join');
  const [playing, setPlaying] = useState(false);
  useEffect(() => {
    if (!playing) return;
    const timer = setTimeout(() => setPlaying(false), TEST_SOUND_MS);
    return () => clearTimeout(timer);
  }, [playing]);
  const list = (kind: 'microphone' | 'camera') =>
    state[kind].track !== null &&
    state[kind].choices.length > 0 && (
      <DeviceSelect
        label={t(`check.${kind}`)}
        icon={kind === 'microphone' ? Mic : Camera}
        choices={state[kind].choices}
        chosen={state[kind].deviceId}
        onChoose={(deviceId) => void devices.choose(kind, deviceId)}
      />
    );
  return (
    <section aria-label={t('check.devices')} className="flex flex-col gap-3">
      {list('microphone')}
      {list('camera')}
      <div className="flex items-center gap-3">
        <Icon of={Volume2} className="size-5 text-quiet" />
        <Button
          variant="plain"
          className="flex-1"
          onPress={() => {
            playTestTone();
            setPlaying(true);
          }}
        >
          {playing ? t('check.playingTone') : t('check.playTone')}
        </Button>
      </div>
    </section>
  );
}

function keptText(keptAs: string): string {
  try {
    return localStorage.getItem(keptAs) ?? '';
  } catch {
    return '';
  }
}

function keepText(keptAs: string, text: string): void {
  try {
    localStorage.setItem(keptAs, text);
  } catch {
    // asked again next time
  }
}

/** Only for who may come in: what a meeting is about is not for everybody with a link. */
function Agenda({ agenda }: { agenda: string }) {
  const { t } = useTranslation('join');
  const lines = agendaLines(agenda);
  if (lines.length === 0) return null;
  return (
    <details className="group">
      <summary className="flex min-h-12 cursor-pointer items-center gap-2 text-base font-medium">
        <Icon of={ChevronDown} className="size-5 shrink-0 text-quiet group-open:rotate-180" />
        {t('check.agenda')}
      </summary>
      <ol className="flex max-h-60 list-decimal flex-col gap-1 overflow-y-auto pl-6 text-base">
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two lines may be the same
          <li key={index} className="wrap-anywhere">
            <bdi>
              <LinkedText text={line} />
            </bdi>
          </li>
        ))}
      </ol>
    </details>
  );
}
