/** A room's devices and what runs on its box, as it reported them, with the age of the report. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { KIOSK_HEALTH_EVERY_MS, type KioskHealth } from '#contract/kiosk-health.ts';
import type { RoomOverview } from '#contract/http/rooms-api.ts';
import { readProjections } from '#contract/relayed-projections.ts';
import type { RoomEquipment } from '#contract/room-equipment.ts';
import { Card } from '#ui/card.tsx';
import { ago, dateAndTime, dateOnly } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';

/** Reports may be missing: then nothing is claimed. */
const STALE_MS = 3 * KIOSK_HEALTH_EVERY_MS;
const CLOCK_RIGHT_MS = 2_000;

export function RoomDevices({ room: { projections, online } }: { room: RoomOverview }) {
  const { t } = useTranslation('fleet');
  const { equipment, health } = useMemo(() => readProjections(projections, () => {}), [projections]);
  const asOfMs = health?.asOfMs ?? equipment?.asOfMs;
  const language = currentLanguage();
  const isOld = !online || (health !== undefined && Date.now() - health.asOfMs > STALE_MS);
  return (
    <Card title={t('devices.title')}>
      {asOfMs === undefined ? (
        <p className="text-small text-quiet">{t('devices.none')}</p>
      ) : (
        <div className="flex flex-col gap-3">
          <p className={`numerals text-small ${isOld ? 'font-semibold text-warn' : 'text-quiet'}`}>
            {t(isOld ? 'devices.measuredBefore' : 'devices.measured', { ago: ago(asOfMs, Date.now(), language) })}
          </p>
          <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-2 text-small">
            {equipment && <Devices equipment={equipment} health={health ?? null} />}
            {health && <Versions health={health} />}
          </dl>
        </div>
      )}
    </Card>
  );
}

function Fact({ name, value, isWrong = false }: { name: string; value: string; isWrong?: boolean }) {
  return (
    <>
      <dt className="text-quiet">{name}</dt>
      <dd className={`wrap-anywhere ${isWrong ? 'font-semibold text-fault' : ''}`}>{value}</dd>
    </>
  );
}

function Devices({ equipment, health }: { equipment: RoomEquipment; health: KioskHealth | null }) {
  const { t } = useTranslation('fleet');
  const { t: devices } = useTranslation('devices');
  const { speakerphone, tv } = equipment;
  return (
    <>
      {(['camera', 'microphone', 'speaker'] as const).map((kind) => {
        const names = equipment.devices.filter((each) => each.kind === kind && !each.isHdmiInput);
        const used = names.find(({ isInUse }) => isInUse) ?? names[0];
        const sight = kind === 'speaker' ? null : (health?.[kind].sight ?? null);
        const isWrong = used === undefined || (sight !== null && sight !== 'well' && sight !== 'not-open');
        const words = used === undefined ? t('devices.missing') : used.name;
        const seen = used === undefined || sight === null ? '' : ` (${t(`devices.sight.${sight}`)})`;
        return <Fact key={kind} name={t(`devices.${kind}`)} value={`${words}${seen}`} isWrong={isWrong} />;
      })}
      {speakerphone && (
        <Fact
          name={t('devices.speakerphone')}
          value={speakerphone.state === 'faulty' ? `${speakerphone.name} (${t('devices.faulty')})` : speakerphone.name}
          isWrong={speakerphone.state === 'faulty'}
        />
      )}
      <Fact
        name={t('devices.tv')}
        value={[tv.name, devices(`tv.control.${tv.control}`), devices(`tv.power.${tv.power}`)]
          .filter((part) => part !== null)
          .join(' · ')}
        isWrong={tv.control === 'faulty'}
      />
    </>
  );
}

function Versions({ health }: { health: KioskHealth }) {
  const { t } = useTranslation('fleet');
  const language = currentLanguage();
  const { versions, model, serialNumber, network, bootedAtMs, agentStartedAtMs, certificateEndsAtMs, clockOffMs } =
    health;
  const facts: [name: string, value: string | null][] = [
    [t('devices.maru'), versions.maru],
    [t('devices.browser'), versions.browser],
    [t('devices.system'), versions.system],
    [t('devices.kernel'), versions.kernel],
    [t('devices.node'), versions.node],
    [t('devices.model'), model],
    [t('devices.serial'), serialNumber],
    [
      t('devices.address'),
      network?.address ? `${network.address}${network.isWireless ? ` (${t('devices.wireless')})` : ''}` : null,
    ],
    [t('devices.booted'), bootedAtMs === null ? null : dateAndTime(bootedAtMs, language)],
    [t('devices.started'), dateAndTime(agentStartedAtMs, language)],
    [t('devices.certificate'), certificateEndsAtMs === null ? null : dateOnly(certificateEndsAtMs, language)],
  ];
  return (
    <>
      <Fact
        name={t('devices.screen')}
        value={t(`devices.screenState.${health.screen.state}`)}
        isWrong={health.screen.state !== 'well' && health.screen.state !== 'unknown'}
      />
      {facts.map(([name, value]) => (value === null ? null : <Fact key={name} name={name} value={value} />))}
      {clockOffMs !== null && (
        <Fact
          name={t('devices.clock')}
          value={
            Math.abs(clockOffMs) < CLOCK_RIGHT_MS
              ? t('devices.clockRight')
              : t('devices.clockOff', { seconds: Math.round(clockOffMs / 1_000) })
          }
          isWrong={Math.abs(clockOffMs) >= CLOCK_RIGHT_MS}
        />
      )}
    </>
  );
}
