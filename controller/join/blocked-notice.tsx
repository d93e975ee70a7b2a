/** The notice above the stage while the network blocks sound and picture. It says whom to ask for help. */
import ShieldX from 'lucide-react/icons/shield-x';
import { useTranslation } from 'react-i18next';
import type { BlockedMedia } from '#call/media-path.ts';
import { Icon } from '#ui/icon.tsx';

/** It gathers no candidates on loopback, and reports no error. */
const isFirefox = /\bFirefox\//.test(navigator.userAgent);

export function BlockedNotice({ blocked: { addresses, onlyLoopback } }: { blocked: BlockedMedia }) {
  const { t } = useTranslation('join');
  const needsNetwork = onlyLoopback && isFirefox;
  return (
    <div
      role="alert"
      className="mx-3 mb-2 flex animate-appear gap-3 rounded-card bg-warn-soft p-4 join-low:mt-2 sm:mx-5"
    >
      <Icon of={ShieldX} className="mt-0.5 size-5 text-warn" />
      <div className="flex min-w-0 flex-col gap-1">
        <p className="text-base font-semibold">{t('call.blocked.what')}</p>
        <p className="text-small">{t(needsNetwork ? 'call.blocked.firefox' : 'call.blocked.todo')}</p>
        {!needsNetwork && addresses.length > 0 && (
          <p className="text-small text-quiet wrap-anywhere">
            {t('call.blocked.forIt', { addresses: addresses.join(', ') })}
          </p>
        )}
      </div>
    </div>
  );
}
