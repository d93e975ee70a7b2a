/** IT's notice on an idle TV, until its end. */
import Info from 'lucide-react/icons/info';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import type { IdleFrame } from '#contract/screen-link.ts';
import { Icon } from '#ui/icon.tsx';

type Notice = NonNullable<IdleFrame['notice']>;

/** null: there is none, or its time is over */
export const noticeAt = (nowMs: number, idle: IdleFrame | undefined): Notice | null =>
  idle?.notice && (idle.notice.untilMs === null || nowMs < idle.notice.untilMs) ? idle.notice : null;

export function IdleNotice({ notice: { text, tone } }: { notice: Notice }) {
  const isWarning = tone === 'warning';
  return (
    <p
      role="status"
      className={`flex items-start gap-5 rounded-card px-7 py-5 text-tv-name font-semibold ${isWarning ? 'bg-warn-soft text-warn' : 'bg-raised text-ink'}`}
    >
      <Icon of={isWarning ? TriangleAlert : Info} className="mt-1 size-9 shrink-0" />
      <span className="line-clamp-6 min-w-0 wrap-anywhere">{text}</span>
    </p>
  );
}
