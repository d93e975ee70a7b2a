/** The room is in a phase that this page does not know: a plain sentence, and the troubles that it does know. */
import CircleQuestionMark from 'lucide-react/icons/circle-question-mark';
import { useTranslation } from 'react-i18next';
import { Icon } from '#ui/icon.tsx';
import { TroubleCorner } from '../frame/trouble-corner.tsx';
import type { Trouble } from '../frame/troubles.ts';

export function UnknownScene({ roomName, troubles }: { roomName: string; troubles: Trouble[] }) {
  const { t } = useTranslation('screen');
  return (
    <main className="hall relative flex h-full flex-col justify-center px-24">
      <p className="absolute top-20 left-24 text-tv-name text-quiet">{roomName}</p>
      <Icon of={CircleQuestionMark} className="mb-10 size-20 text-quiet" />
      <h1 className="text-tv-title font-semibold">{t('unknown.title')}</h1>
      <p className="text-tv-lead text-quiet">{t('unknown.detail')}</p>
      <TroubleCorner troubles={troubles} equipment={null} className="absolute bottom-16 left-24" />
    </main>
  );
}
