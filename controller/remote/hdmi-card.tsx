/** The HDMI input: onto the stage and off it again. Absent in a room without such an input. */
import Cable from 'lucide-react/icons/cable';
import { useTranslation } from 'react-i18next';
import type { RoomEquipment } from '#contract/room-equipment.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Icon } from '#ui/icon.tsx';
import type { Asking } from './use-room.ts';

type HdmiCardProps = { equipment: RoomEquipment; inCall: boolean; asking: Asking };

export function HdmiCard({ equipment: { devices, shownInput }, inCall, asking }: HdmiCardProps) {
  const { t } = useTranslation('devices');
  const inputs = devices.filter(({ isHdmiInput }) => isHdmiInput);
  const asked = asking.pending('show-input');
  if (inputs.length === 0) return null;
  return (
    <Card title={t('hdmi.title')}>
      <ul className="flex flex-col gap-4">
        {inputs.map(({ deviceKey, name }) => {
          const isShown = deviceKey === shownInput;
          const wanted = isShown ? null : deviceKey;
          return (
            <li key={deviceKey} className="flex flex-wrap items-center gap-3">
              <Icon of={Cable} className={`size-6 ${isShown ? 'text-accent' : 'text-quiet'}`} />
              <div className="min-w-0 flex-1 basis-40">
                <p className="truncate text-base font-medium">{name}</p>
                <p className="text-small text-quiet">
                  {isShown ? t('hdmi.shown') : inCall ? t('hdmi.ready') : t('hdmi.onlyInCall')}
                </p>
              </div>
              {inCall && (
                <Button
                  variant={isShown ? 'inverted' : 'plain'}
                  isDisabled={asked !== null && !concerns(asked, deviceKey, wanted)}
                  isPending={asked !== null && concerns(asked, deviceKey, wanted)}
                  aria-label={isShown ? t('hdmi.hideName', { name }) : t('hdmi.showName', { name })}
                  onPress={() =>
                    asking.ask({ name: 'show-input', deviceKey: wanted }, (_, { projections: { equipment } }) =>
                      Boolean(equipment && equipment.shownInput === wanted),
                    )
                  }
                >
                  {isShown ? t('hdmi.hide') : t('hdmi.show')}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

/** The command under way is this line's own. */
const concerns = (
  asked: NonNullable<ReturnType<Asking['pending']>>,
  deviceKey: string,
  wanted: string | null,
): boolean => asked.name === 'show-input' && (asked.deviceKey === deviceKey || asked.deviceKey === wanted);
