/** The corner that appears only when something is wrong: the trouble, and advice. */
import { useTranslation } from 'react-i18next';
import CalendarX from 'lucide-react/icons/calendar-x';
import CameraOff from 'lucide-react/icons/camera-off';
import CloudOff from 'lucide-react/icons/cloud-off';
import HardDrive from 'lucide-react/icons/hard-drive';
import ListX from 'lucide-react/icons/list-x';
import MicOff from 'lucide-react/icons/mic-off';
import RotateCw from 'lucide-react/icons/rotate-cw';
import ShieldAlert from 'lucide-react/icons/shield-alert';
import ShieldX from 'lucide-react/icons/shield-x';
import Speaker from 'lucide-react/icons/speaker';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import Tv from 'lucide-react/icons/tv';
import type { RoomEquipment } from '#contract/room-equipment.ts';
import { failedLines } from '#ui/equipment/self-test.ts';
import { Icon } from '#ui/icon.tsx';
import type { Trouble } from './troubles.ts';

const icons = {
  'camera-missing': CameraOff,
  'camera-refused': CameraOff,
  'microphone-missing': MicOff,
  'microphone-refused': MicOff,
  'fleet-unreachable': CloudOff,
  'media-unreachable': CloudOff,
  'signaling-unreachable': CloudOff,
  'signaling-untrusted': ShieldAlert,
  'media-blocked': ShieldX,
  'protocol-refused': TriangleAlert,
  'agent-gone': RotateCw,
  'speakerphone-faulty': Speaker,
  'speakerphone-unsupported': Speaker,
  'tv-faulty': Tv,
  'calendar-faulty': CalendarX,
  'storage-failing': HardDrive,
  'part-failing': TriangleAlert,
  'self-test-failed': ListX,
} as const;
/** More than these would fill the TV with complaints; the worst come first. */
const SHOWN = 2;

type CornerProps = {
  troubles: Trouble[];
  /** which checks of the self-test are red */
  equipment?: RoomEquipment | null;
  brief?: boolean;
  className?: string;
};

export function TroubleCorner({ troubles, equipment = null, brief = false, className = '' }: CornerProps) {
  const words = useTroubleWords(equipment);
  if (troubles.length === 0) return null;
  return (
    <div role="status" className={`max-w-[56rem] ${className}`}>
      <ul className="flex flex-col gap-4">
        {troubles.slice(0, SHOWN).map((trouble) => {
          const { what, todo } = words(trouble);
          return (
            <li key={trouble} className="flex animate-appear items-start gap-5 rounded-card bg-warn-soft px-7 py-5">
              <Icon of={icons[trouble]} className="mt-1 size-9 text-warn" />
              <div>
                <p className="text-tv-name font-semibold text-warn">{what}</p>
                {!brief && todo !== '' && <p className="text-tv-small text-ink">{todo}</p>}
              </div>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** A failed self-test shows its device and advice; of several, the first and their number. */
function useTroubleWords(equipment: RoomEquipment | null): (trouble: Trouble) => { what: string; todo: string } {
  const { t } = useTranslation(['notices', 'screen', 'devices']);
  const [first, ...others] = failedLines(equipment);
  return (trouble) => {
    if (trouble === 'agent-gone') return { what: t('screen:gone.soon'), todo: '' };
    if (trouble !== 'self-test-failed' || first?.reason == null)
      return { what: t(`notices:${trouble}.what`), todo: t(`notices:${trouble}.todo`) };
    const name = t(`devices:selfTest.check.${first.name}`);
    const what = t('devices:selfTest.says', { name, what: t(`devices:selfTest.reason.${first.reason}.what`) });
    const todo = t(`devices:selfTest.reason.${first.reason}.todo`);
    if (others.length === 0) return { what, todo };
    return { what, todo: `${todo} ${t('screen:selfTest.moreOnPhone', { count: others.length })}` };
  };
}
