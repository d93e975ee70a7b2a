/** What a person does about a rollout: pause at once, and after a question resume, go on, try again, abort. Each needs a fresh sign-in. */
import Pause from 'lucide-react/icons/pause';
import Play from 'lucide-react/icons/play';
import RotateCw from 'lucide-react/icons/rotate-cw';
import SkipForward from 'lucide-react/icons/skip-forward';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RouteInput } from '#contract/http/route.ts';
import { updatesApi } from '#contract/http/updates-api.ts';
import type { Rollout } from '#contract/rollout.ts';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useFreshAction } from '../fresh-sign-in.tsx';
import { awaitedGo, countsOfRollout, hasEndedRollout, totalOf } from './rollout-figures.ts';

type Act = RouteInput<typeof updatesApi.steerRollout, 'body'>['act'];
type AskedAct = Exclude<Act, 'pause'>;

export function RolloutActs({ rollout, onChanged }: { rollout: Rollout; onChanged: (rollout: Rollout) => void }) {
  const { t } = useTranslation('updates');
  const [asked, setAsked] = useState<AskedAct | null>(null);
  const [done, setDone] = useState<Act | null>(null);
  const { run, isPending, problem } = useFreshAction();
  const { rolloutId, state } = rollout;
  if (hasEndedRollout(rollout)) return null;
  const steer = async (act: Act) => {
    setAsked(null);
    setDone(null);
    const changed = await run(() => callApi(updatesApi.steerRollout, { params: { rolloutId }, body: { act } }));
    if (changed === null) return;
    onChanged(changed);
    setDone(act);
  };
  const { failed, silent } = countsOfRollout(rollout);
  const isStopped = state !== 'running';
  const go = awaitedGo(rollout);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        {!isStopped && (
          <Button variant="primary" size="hero" icon={Pause} isPending={isPending} onPress={() => void steer('pause')}>
            {t('acts.pause')}
          </Button>
        )}
        {isStopped && (
          <Button variant="primary" size="large" icon={Play} isPending={isPending} onPress={() => setAsked('resume')}>
            {t('acts.resume')}
          </Button>
        )}
        {!isStopped && go !== null && (
          <Button size="large" icon={SkipForward} isPending={isPending} onPress={() => setAsked('go')}>
            {t('acts.go')}
          </Button>
        )}
        {failed + silent > 0 && (
          <Button size="large" icon={RotateCw} isPending={isPending} onPress={() => setAsked('retry')}>
            {t('acts.retry')}
          </Button>
        )}
        <Button variant="danger-quiet" size="large" isPending={isPending} onPress={() => setAsked('abort')}>
          {t('acts.abort')}
        </Button>
      </div>
      {done !== null && (
        <p role="status" className="text-small font-semibold text-accent">
          {t(`acts.done.${done}`)}
        </p>
      )}
      <ProblemWords problem={problem} />
      <AskAct rollout={rollout} asked={asked} onClose={() => setAsked(null)} onConfirm={(act) => void steer(act)} />
    </div>
  );
}

type AskActProps = {
  rollout: Rollout;
  asked: AskedAct | null;
  onClose: () => void;
  onConfirm: (act: AskedAct) => void;
};

function AskAct({ rollout, asked, onClose, onConfirm }: AskActProps) {
  const { t } = useTranslation('updates');
  const { t: common } = useTranslation('common');
  const { version } = rollout.release;
  const { failed, silent } = countsOfRollout(rollout);
  const next = awaitedGo(rollout)?.next ?? null;
  const words: Record<AskedAct, [title: string, body: string]> = {
    resume: [
      t('acts.resumeTitle', { version }),
      t(rollout.state === 'halted' ? 'acts.resumeHaltedBody' : 'acts.resumeBody'),
    ],
    go: [
      t('acts.goTitle', { ring: next?.ring.name ?? '' }),
      t('acts.goBody', { count: next === null ? 0 : totalOf(next.counts) }),
    ],
    retry: [t('acts.retryTitle'), t('acts.retryBody', { count: failed + silent, version })],
    abort: [t('acts.abortTitle', { version }), t('acts.abortBody', { version })],
  };
  const [title, body] = asked === null ? ['', ''] : words[asked];
  return (
    <Dialog title={title} isOpen={asked !== null} onClose={onClose} role="alertdialog">
      <p className="text-base text-quiet">{body}</p>
      <div className="mt-1 flex flex-col gap-3 sm:flex-row-reverse">
        <Button
          variant={asked === 'abort' ? 'danger' : 'primary'}
          size="large"
          className="flex-auto"
          onPress={() => asked !== null && onConfirm(asked)}
        >
          {asked === null ? '' : t(`acts.${asked}`)}
        </Button>
        <Button size="large" className="flex-auto" onPress={onClose}>
          {common('notNow')}
        </Button>
      </div>
    </Dialog>
  );
}
