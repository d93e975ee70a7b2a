/** The corner that appears only when something is wrong: what, and what to do. */
import { useTranslation } from 'react-i18next';
import CameraOff from 'lucide-react/icons/camera-off';
import CloudOff from 'lucide-react/icons/cloud-off';
import MicOff from 'lucide-react/icons/mic-off';
import RotateCw from 'lucide-react/icons/rotate-cw';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { Icon } from '#ui/icon.tsx';
import type { Trouble } from './troubles.ts';

const icons = {
  'camera-missing': CameraOff,
  'camera-refused': CameraOff,
  'microphone-missing': MicOff,
  'microphone-refused': MicOff,
  'fleet-unreachable': CloudOff,
  'media-unreachable': CloudOff,
  'screen-missing': TriangleAlert,
  'protocol-refused': TriangleAlert,
  'agent-gone': RotateCw,
  'speakerphone-faulty': TriangleAlert,
  'tv-faulty': TriangleAlert,
  'calendar-faulty': TriangleAlert,
  'storage-failing': TriangleAlert,
  'self-test-failed': TriangleAlert,
} as const;
/** More than these would fill the TV with complaints; the worst come first. */
const SHOWN = 2;

export function TroubleCorner({
  troubles,
  brief = false,
  className = '',
}: {
  troubles: Trouble[];
  brief?: boolean;
  className?: string;
}) {
  const { t } = useTranslation(['notices', 'screen']);
  if (troubles.length === 0) return null;
  const words = (trouble: Trouble, part: 'what' | 'todo') => {
    if (trouble === 'agent-gone') return part === 'what' ? t('screen:gone.soon') : '';
    return t(`notices:${trouble}.${part}`);
  };
  return (
    <div role="status" className={`max-w-[56rem] ${className}`}>
      <ul className="flex flex-col gap-4">
        {troubles.slice(0, SHOWN).map((trouble) => (
          <li key={trouble} className="flex animate-appear items-start gap-5 rounded-card bg-warn-soft px-7 py-5">
            <Icon of={icons[trouble]} className="mt-1 size-9 text-warn" />
            <div>
              <p className="text-tv-name font-semibold text-warn">{words(trouble, 'what')}</p>
              {!brief && words(trouble, 'todo') !== '' && (
                <p className="text-tv-small text-ink">{words(trouble, 'todo')}</p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}
