/** The call is over: how long it was, and the one question. */
import CircleCheck from 'lucide-react/icons/circle-check';
import ThumbsDown from 'lucide-react/icons/thumbs-down';
import ThumbsUp from 'lucide-react/icons/thumbs-up';
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Icon } from '#ui/icon.tsx';
import { spokenDuration } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import type { RemoteView } from './projection.ts';
import type { Asking } from './use-room.ts';

type EndedScreenProps = { view: Extract<RemoteView, { screen: 'ended' }>; asking: Asking };

export function EndedScreen({ view, asking }: EndedScreenProps) {
  const { t } = useTranslation('remote');
  const { phase } = view;
  const title =
    phase.reason === 'left' ? t('ended.left') : phase.reason === 'removed' ? t('ended.removed') : t('ended.title');
  const asked = asking.pending('answer-feedback');
  const answer = (value: 'good' | 'bad') =>
    asking.ask(
      { name: 'answer-feedback', answer: value },
      (state) => state.phase.name !== 'ended' || state.phase.feedback !== null,
    );
  const pendingAnswer = asked?.name === 'answer-feedback' ? asked.answer : null;
  return (
    <main className="mx-auto flex w-full max-w-xl flex-1 flex-col px-5 pb-[max(1.25rem,env(safe-area-inset-bottom))]">
      <div className="flex flex-1 flex-col items-center justify-center gap-3 text-center">
        <Icon of={CircleCheck} className="mb-2 size-14 text-accent" />
        <h1 className="text-title font-bold text-balance">{title}</h1>
        <p className="line-clamp-2 text-control">{phase.meetingTitle}</p>
        <p className="text-base text-quiet">
          {t('ended.lasted', { duration: spokenDuration(phase.durationMs, currentLanguage()) })}
        </p>
      </div>
      <Card className="text-center">
        {phase.feedback === null ? (
          <>
            <h2 className="mb-4 text-control font-semibold">{t('ended.question')}</h2>
            <div className="grid grid-cols-2 gap-3">
              <Button
                size="bar"
                icon={ThumbsUp}
                className="text-base!"
                isPending={pendingAnswer === 'good'}
                onPress={() => answer('good')}
              >
                {t('ended.good')}
              </Button>
              <Button
                size="bar"
                icon={ThumbsDown}
                className="text-base!"
                isPending={pendingAnswer === 'bad'}
                onPress={() => answer('bad')}
              >
                {t('ended.bad')}
              </Button>
            </div>
          </>
        ) : (
          <p role="status" className="py-4 text-control font-semibold">
            {phase.feedback === 'good' ? t('ended.thanks') : t('ended.thanksBad')}
          </p>
        )}
      </Card>
    </main>
  );
}
