/** The room's devices: the self-test, speakerphone and TV, the devices in use, the HDMI input. */
import CircleAlert from 'lucide-react/icons/circle-alert';
import CircleCheck from 'lucide-react/icons/circle-check';
import Speaker from 'lucide-react/icons/speaker';
import Tv from 'lucide-react/icons/tv';
import { useTranslation } from 'react-i18next';
import type { ErrorCode } from '#contract/error-codes.ts';
import { MediaDeviceKind, type RoomEquipment } from '#contract/room-equipment.ts';
import { Card } from '#ui/card.tsx';
import { ChoiceList } from '#ui/choice-list.tsx';
import { ErrorWords } from '#ui/error-words.tsx';
import { Icon, type LucideIcon } from '#ui/icon.tsx';
import { HdmiCard } from './hdmi-card.tsx';
import { SelfTestCard } from './self-test-card.tsx';
import type { Asking } from './use-room.ts';

type DevicesPageProps = {
  equipment: RoomEquipment;
  /** devices are in use, and a test would interrupt them */
  inCall: boolean;
  /** the clock of the room's times */
  nowMs: number;
  asking: Asking;
};

export function DevicesPage({ equipment, inCall, nowMs, asking }: DevicesPageProps) {
  const { t } = useTranslation('devices');
  const state = (
    <div className="flex flex-col gap-4">
      <SelfTestCard selfTest={equipment.selfTest} inCall={inCall} nowMs={nowMs} asking={asking} />
      <Card>
        <ul className="flex flex-col gap-4">
          <SpeakerphoneState speakerphone={equipment.speakerphone} />
          <TvState tv={equipment.tv} />
        </ul>
      </Card>
    </div>
  );
  const choices = (
    <div className="flex flex-col gap-4">
      <HdmiCard equipment={equipment} inCall={inCall} asking={asking} />
      <Card title={t('title')}>
        <div className="flex flex-col gap-4">
          {MediaDeviceKind.options.map((kind) => (
            <Kind key={kind} kind={kind} equipment={equipment} asking={asking} />
          ))}
        </div>
        {!inCall && <p className="mt-3 text-small text-quiet">{t('notOpen')}</p>}
      </Card>
    </div>
  );
  return (
    <div className="flex flex-col gap-4 lg:grid lg:grid-cols-2 lg:items-start lg:gap-6">
      {/* before a meeting one asks whether all is well, in it one changes something */}
      {inCall ? choices : state}
      {inCall ? state : choices}
    </div>
  );
}

type KindProps = { kind: MediaDeviceKind; equipment: RoomEquipment; asking: Asking };

function Kind({ kind, equipment, asking }: KindProps) {
  const { t } = useTranslation('devices');
  const devices = equipment.devices.filter((device) => device.kind === kind && !device.isHdmiInput);
  const asked = asking.pending('choose-device', kind);
  return (
    <section aria-label={t(`kind.${kind}`)}>
      <h3 className="text-small font-semibold text-quiet">{t(`kind.${kind}`)}</h3>
      {devices.length === 0 ? (
        <p className="py-2 text-base">{t(`none.${kind}`)}</p>
      ) : (
        <ChoiceList
          label={t(`kind.${kind}`)}
          choices={devices.map(({ deviceKey, name, isTwin }) => ({
            key: deviceKey,
            words: name,
            note: isTwin ? t('twin') : null,
          }))}
          chosen={devices.find(({ isInUse }) => isInUse)?.deviceKey ?? null}
          pending={asked?.name === 'choose-device' ? asked.deviceKey : null}
          onChoose={(deviceKey) =>
            asking.ask({ name: 'choose-device', kind, deviceKey }, (_, link) =>
              Boolean(
                link.projections.equipment?.devices.some(
                  (device) => device.kind === kind && device.deviceKey === deviceKey && device.isInUse,
                ),
              ),
            )
          }
        />
      )}
    </section>
  );
}

function SpeakerphoneState({ speakerphone }: { speakerphone: RoomEquipment['speakerphone'] }) {
  const { t } = useTranslation('devices');
  const { t: notices } = useTranslation('notices');
  if (speakerphone === null)
    return <Peripheral icon={Speaker} title={t('speakerphone.title')} says={t('speakerphone.none')} />;
  const isFaulty = speakerphone.state === 'faulty';
  const isUnsupported = speakerphone.code === 'device-unsupported';
  const notice = isUnsupported ? 'speakerphone-unsupported' : 'speakerphone-faulty';
  return (
    <Peripheral
      icon={Speaker}
      title={speakerphone.name}
      says={isFaulty ? notices(`${notice}.what`) : t('speakerphone.ready')}
      isFaulty={isFaulty}
      isFine={!isFaulty}
      code={speakerphone.code}
      advice={isUnsupported ? notices(`${notice}.todo`) : null}
    />
  );
}

function TvState({ tv }: { tv: RoomEquipment['tv'] }) {
  const { t } = useTranslation('devices');
  return (
    <Peripheral
      icon={Tv}
      title={tv.name ?? t('tv.title')}
      says={`${t(`tv.control.${tv.control}`)} · ${t(`tv.power.${tv.power}`)}`}
      isFaulty={tv.control === 'faulty'}
      isFine={tv.control === 'cec'}
      code={tv.code}
    />
  );
}

type PeripheralProps = {
  icon: LucideIcon;
  title: string;
  says: string;
  isFaulty?: boolean;
  isFine?: boolean;
  code?: ErrorCode | null;
  /** instead of the words of `code`, which are about commands to a device */
  advice?: string | null;
};

function Peripheral(props: PeripheralProps) {
  const { icon, title, says, isFaulty = false, isFine = false, code = null, advice = null } = props;
  const { t: common } = useTranslation('common');
  const box = 'mt-2 rounded-control bg-fault-soft p-3';
  return (
    <li className="flex gap-3">
      <Icon of={icon} className="mt-0.5 size-6 text-quiet" />
      <div className="min-w-0 flex-1">
        <p className="truncate text-base font-medium">{title}</p>
        <p className={`text-small ${isFaulty ? 'font-semibold text-fault' : 'text-quiet'}`}>{says}</p>
        {isFaulty && code !== null && advice === null && <ErrorWords code={code} className={`gap-1! ${box}`} />}
        {isFaulty && code !== null && advice !== null && (
          <div className={box}>
            <p className="text-base">{advice}</p>
            <p className="mt-1 text-small text-quiet">{common('errorCode', { code })}</p>
          </div>
        )}
      </div>
      {isFaulty && <Icon of={CircleAlert} className="mt-0.5 size-6 text-fault" />}
      {isFine && <Icon of={CircleCheck} className="mt-0.5 size-6 text-accent" />}
    </li>
  );
}
