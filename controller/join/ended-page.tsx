/** How the call ended, and what the guest can do now. */
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { ReportedEndReason } from '#contract/room-state.ts';
import { Button } from '#ui/button.tsx';
import { ErrorWords } from '#ui/error-words.tsx';
import { Floor } from '#ui/floor.tsx';
import { PageHeader } from './page-header.tsx';

const wordsOf = {
  left: 'left',
  removed: 'removed',
  'ended-by-room': 'over',
  'ended-by-participant': 'over',
  'ended-by-fleet': 'stopped',
  empty: 'empty',
  unknown: 'over',
} as const satisfies Record<ReportedEndReason, string>;

type EndedPageProps = {
  reason: ReportedEndReason;
  /** who left was alone in it */
  wasLast?: boolean;
  title: string | null;
  /** for how many days its link shows what the meeting left behind; null: it does not */
  recordDays?: number | null;
  onJoinAgain: () => void;
  /** a member's way back to their meetings; null: a guest has none */
  onStaff: (() => void) | null;
};

export function EndedPage({ reason, wasLast = false, title, recordDays = null, onJoinAgain, onStaff }: EndedPageProps) {
  const { t } = useTranslation('join');
  const words = wordsOf[reason];
  return (
    <Message>
      {title !== null && <p className="line-clamp-2 text-base text-quiet">{title}</p>}
      <h1 className="text-title font-bold">{t(`ended.${words}.what`)}</h1>
      <p className="text-base">{words === 'left' && wasLast ? t('ended.left.last') : t(`ended.${words}.meaning`)}</p>
      <p className="text-base">{t(`ended.${words}.todo`)}</p>
      {recordDays !== null && words !== 'removed' && (
        <p className="text-base">{t('ended.readLater', { count: recordDays })}</p>
      )}
      {words === 'left' && (
        <Button variant="primary" size="large" className="mt-4 self-start" onPress={onJoinAgain}>
          {t('ended.joinAgain')}
        </Button>
      )}
      <StaffButton onStaff={onStaff} />
    </Message>
  );
}

/** By this link nobody gets in again here: a second try is refused like the first. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  'invite-invalid',
  'invite-expired',
  'invite-closed',
  'removed-from-call',
]);

type FailedPageProps = {
  code: ErrorCode;
  /** null: nothing that a second try would change */
  onTryAgain: (() => void) | null;
  /** a member's way back to their meetings, and to the sign-in; null: a guest has none */
  onStaff?: (() => void) | null;
};

export function FailedPage({ code, onTryAgain, onStaff = null }: FailedPageProps) {
  const { t } = useTranslation('common');
  return (
    <Message>
      <ErrorWords code={code} as="title" className="gap-3" />
      {onTryAgain && !FINAL.has(code) && (
        <Button variant="primary" size="large" className="mt-4 self-start" onPress={onTryAgain}>
          {t('retry')}
        </Button>
      )}
      <StaffButton onStaff={onStaff} />
    </Message>
  );
}

function StaffButton({ onStaff }: { onStaff: (() => void) | null }) {
  const { t } = useTranslation('join');
  if (onStaff === null) return null;
  return (
    <Button size="large" className="mt-4 self-start" onPress={onStaff}>
      {t('ended.toStaff')}
    </Button>
  );
}

function Message({ children }: { children: ReactNode }) {
  const main = useRef<HTMLElement>(null);
  // a screen reader is still on the former page
  useEffect(() => main.current?.focus(), []);
  return (
    <div className="relative isolate flex min-h-dvh flex-col">
      <Floor />
      <PageHeader />
      <main
        ref={main}
        tabIndex={-1}
        className="mx-auto flex w-full max-w-xl flex-1 flex-col justify-center gap-3 px-6 pb-24 outline-none"
      >
        {children}
      </main>
    </div>
  );
}
