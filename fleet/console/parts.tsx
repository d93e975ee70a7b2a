/** Small pieces that several pages of the console show: a room's state, why, what went wrong, a thing to copy once. */
import Check from 'lucide-react/icons/check';
import CircleAlert from 'lucide-react/icons/circle-alert';
import CircleCheck from 'lucide-react/icons/circle-check';
import CirclePlay from 'lucide-react/icons/circle-play';
import CircleX from 'lucide-react/icons/circle-x';
import Copy from 'lucide-react/icons/copy';
import LoaderCircle from 'lucide-react/icons/loader-circle';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MaruError } from '#contract/error-codes.ts';
import type { HealthReason, HealthState } from '#contract/http/rooms-api.ts';
import { Button } from '#ui/button.tsx';
import { ErrorWords } from '#ui/error-words.tsx';
import { NoServer } from '#contract/http/answer.ts';
import { Icon, type LucideIcon } from '#ui/icon.tsx';
import { Spinner } from '#ui/progress.tsx';

export const stateMark: Record<HealthState, { icon: LucideIcon; tone: string; ground: string }> = {
  trouble: { icon: CircleX, tone: 'text-fault', ground: 'bg-fault-soft' },
  limited: { icon: TriangleAlert, tone: 'text-warn', ground: 'bg-warn-soft' },
  'in-call': { icon: CirclePlay, tone: 'text-accent', ground: 'bg-accent-soft' },
  starting: { icon: LoaderCircle, tone: 'text-accent', ground: 'bg-accent-soft' },
  ready: { icon: CircleCheck, tone: 'text-quiet', ground: 'bg-lifted' },
};

export function StateMark({ state }: { state: HealthState }) {
  const { t } = useTranslation('console');
  const { icon, tone } = stateMark[state];
  return (
    <span className={`inline-flex items-center gap-2 font-semibold whitespace-nowrap ${tone}`}>
      <Icon of={icon} className="size-5" />
      {t(`state.${state}`)}
    </span>
  );
}

/** The words of a reason, and of what to do about it. */
export function useWhyWords(): (why: HealthReason) => { what: string; todo: string } {
  const { t } = useTranslation('console');
  const { t: errors } = useTranslation('errors');
  const { t: notices } = useTranslation('notices');
  return (why) => {
    const unknown = { what: t('why.unknown.what'), todo: t('why.unknown.todo') };
    switch (why.kind) {
      case 'fleet':
        return why.reason === 'unknown'
          ? unknown
          : { what: t(`why.${why.reason}.what`), todo: t(`why.${why.reason}.todo`) };
      case 'protocol':
        return why.tooOld === 'unknown'
          ? unknown
          : { what: t(`why.protocol.${why.tooOld}.what`, why), todo: t(`why.protocol.${why.tooOld}.todo`) };
      case 'blocked':
        return { what: t('why.blocked.what', { count: why.count }), todo: t('why.blocked.todo') };
      case 'fault':
        return { what: errors(`${why.code}.what`), todo: errors(`${why.code}.todo`) };
      case 'notice':
        return why.notice === 'unknown'
          ? unknown
          : { what: notices(`${why.notice}.what`), todo: notices(`${why.notice}.todo`) };
      case 'unknown':
        return unknown;
    }
  };
}

/** The reason and what to do about it, beside it. */
export function WhyWords({ why }: { why: HealthReason }) {
  const { what, todo } = useWhyWords()(why);
  return (
    <span className="flex flex-col">
      <span className="font-medium">{what}</span>
      <span className="text-small text-quiet">{todo}</span>
    </span>
  );
}

export function Loading() {
  const { t } = useTranslation('console');
  return (
    <p role="status" className="flex items-center gap-3 py-24 text-quiet">
      <Spinner /> {t('now.loading')}
    </p>
  );
}

/** When it was last heard: a room that is online was heard a moment ago, whatever the row says. */
export const lastSeenMs = ({ online, lastSeenMs: seen }: { online: boolean; lastSeenMs: number | null }) =>
  online ? Date.now() : seen;

export function ProblemWords({ problem }: { problem: MaruError | null }) {
  const { t } = useTranslation('console');
  return (
    <div role="alert" className="empty:hidden">
      {problem && (
        <div className="flex animate-appear gap-3 rounded-control bg-fault-soft p-4">
          <Icon of={CircleAlert} className="mt-0.5 size-5 text-fault" />
          {problem instanceof NoServer ? (
            <div className="flex flex-col gap-1">
              <p className="font-semibold">{t('noServer.what')}</p>
              <p>{t('noServer.todo')}</p>
            </div>
          ) : (
            <ErrorWords code={problem.code} className="gap-1!" />
          )}
        </div>
      )}
    </div>
  );
}

/** A secret that is shown this once. Where the clipboard is refused, the text is there to be marked by hand. */
export function CopyOnce({ label, text, action }: { label: string; text: string; action: string }) {
  const { t: common } = useTranslation('common');
  const [copied, setCopied] = useState(false);
  return (
    <div className="flex flex-col gap-3">
      <p className="text-small font-medium text-quiet">{label}</p>
      <p className="rounded-control bg-sunken p-4 font-mono text-small break-all whitespace-pre-wrap select-all">
        {text}
      </p>
      <Button
        variant="primary"
        icon={copied ? Check : Copy}
        onPress={() =>
          void navigator.clipboard?.writeText(text).then(
            () => setCopied(true),
            () => setCopied(false),
          )
        }
      >
        {copied ? common('copied') : action}
      </Button>
      <span role="status" className="sr-only">
        {copied && common('copied')}
      </span>
    </div>
  );
}
