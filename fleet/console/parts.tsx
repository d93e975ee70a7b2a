/** Small pieces that several pages of the console show: a room's state, and why. */
import CircleCheck from 'lucide-react/icons/circle-check';
import CirclePlay from 'lucide-react/icons/circle-play';
import CircleX from 'lucide-react/icons/circle-x';
import LoaderCircle from 'lucide-react/icons/loader-circle';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { useTranslation } from 'react-i18next';
import type { HealthReason, HealthState } from '#contract/http/rooms-api.ts';
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
  const { t: signals } = useTranslation('signals');
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
      case 'signal':
        return why.signal === 'unknown'
          ? unknown
          : { what: signals(`${why.signal}.what`), todo: signals(`${why.signal}.todo`) };
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

/** @param props.words what is loaded; the rooms where nothing is given */
export function Loading({ words }: { words?: string }) {
  const { t } = useTranslation('console');
  return (
    <p role="status" className="flex items-center gap-3 py-24 text-quiet">
      <Spinner /> {words ?? t('now.loading')}
    </p>
  );
}

/** Time of its last message: a room that is online sent one a moment ago, also where the row has an older time. */
export const lastSeenMs = ({ online, lastSeenMs: seen }: { online: boolean; lastSeenMs: number | null }) =>
  online ? Date.now() : seen;
