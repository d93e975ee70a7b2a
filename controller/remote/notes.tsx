/** Notes beside the controls: the room's device trouble, a refused command, a broken connection. */
import CircleAlert from 'lucide-react/icons/circle-alert';
import Info from 'lucide-react/icons/info';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import X from 'lucide-react/icons/x';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { MaruError } from '#contract/error-codes.ts';
import type { RoomNotice } from '#contract/room-state.ts';
import { Button } from '#ui/button.tsx';
import { ErrorWords } from '#ui/error-words.tsx';
import { Icon } from '#ui/icon.tsx';
import { Spinner } from '#ui/progress.tsx';

export function Notices({ notices }: { notices: readonly RoomNotice[] }) {
  const { t } = useTranslation('notices');
  if (notices.length === 0) return null;
  return (
    <ul className="flex flex-col gap-3">
      {notices.map((notice) => (
        <li key={notice} className="flex gap-3 rounded-control bg-warn-soft p-4">
          <Icon of={TriangleAlert} className="mt-0.5 size-5 text-warn" />
          <div className="flex flex-col gap-1">
            <p className="font-semibold">{t(`${notice}.what`)}</p>
            <p className="text-small">{t(`${notice}.todo`)}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}

/** Why something here cannot be used: no fault, and nothing to do at once. */
export function Explained({ children }: { children: ReactNode }) {
  return (
    <p className="mb-4 flex gap-3 rounded-control bg-sunken p-4 text-base">
      <Icon of={Info} className="mt-0.5 size-5 text-quiet" />
      <span className="min-w-0">{children}</span>
    </p>
  );
}

/** Stays until it is closed or the next command is sent: a person who looks up late must still find out why. */
export function ProblemNote({ problem, onDismiss }: { problem: MaruError | null; onDismiss: () => void }) {
  const { t } = useTranslation('common');
  return (
    <div role="alert" className="empty:hidden">
      {problem && (
        <div className="flex animate-rise gap-3 rounded-control bg-fault-soft p-4 text-ink shadow-overlay">
          <Icon of={CircleAlert} className="mt-0.5 size-5 text-fault" />
          <ErrorWords code={problem.code} className="min-w-0 flex-1 gap-1!" />
          <Button variant="quiet" icon={X} aria-label={t('close')} className="-mt-2 -mr-2" onPress={onDismiss} />
        </div>
      )}
    </div>
  );
}

export function ReconnectingMark() {
  const { t } = useTranslation('remote');
  return (
    <span role="status" className="inline-flex items-center gap-2 font-semibold text-warn">
      <Spinner className="size-4" />
      {t('reconnecting')}
    </span>
  );
}
