/** What a presenter should know of a broadcast or recording that does not go as it should. */
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { useTranslation } from 'react-i18next';
import type { BroadcastDesk } from '#contract/broadcast.ts';
import { ErrorWords } from '../error-words.tsx';
import { Icon } from '../icon.tsx';

export function AirTroubles({ desk }: { desk: Pick<BroadcastDesk, 'troubles' | 'isOnSlate' | 'phase'> }) {
  const { t } = useTranslation('broadcast');
  const isOnSlate = desk.isOnSlate && desk.phase === 'live' && desk.troubles.length === 0;
  return (
    <div role="status" className="flex flex-col gap-3 empty:hidden">
      {desk.troubles.map((code) => (
        <div key={code} className="flex gap-3 rounded-control bg-warn-soft p-4">
          <Icon of={TriangleAlert} className="mt-0.5 size-5 text-warn" />
          <ErrorWords code={code} className="min-w-0 gap-1!" />
        </div>
      ))}
      {isOnSlate && (
        <p className="flex gap-3 rounded-control bg-warn-soft p-4">
          <Icon of={TriangleAlert} className="mt-0.5 size-5 text-warn" />
          <span className="min-w-0">{t('live.slate')}</span>
        </p>
      )}
    </div>
  );
}
