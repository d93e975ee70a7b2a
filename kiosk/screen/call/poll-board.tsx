/** The call's poll on the TV: question, a bar for each choice with count and percentage, and who still has to answer; to be read from 5 m. */
import CircleCheck from 'lucide-react/icons/circle-check';
import { useTranslation } from 'react-i18next';
import { type CallPoll, pollShares } from '#contract/polls.ts';
import { Icon } from '#ui/icon.tsx';

/** From here on each has one line. */
const MANY_CHOICES = 6;

export function PollBoard({ poll }: { poll: CallPoll }) {
  const { t } = useTranslation('polls');
  const shares = pollShares(poll);
  const isDense = poll.choices.length >= MANY_CHOICES;
  const { result } = poll;
  return (
    <section
      aria-label={t(poll.isQuiz ? 'quizTitle' : 'title')}
      className="flex max-h-full w-[62rem] animate-appear flex-col gap-6 rounded-card bg-sunken px-10 py-8 shadow-overlay"
    >
      <h2 className="line-clamp-3 text-tv-lead font-semibold break-words">{poll.question}</h2>
      <ol aria-label={t('choices')} className={`flex min-h-0 flex-col ${isDense ? 'gap-2' : 'gap-4'}`}>
        {poll.choices.map((choice, index) => {
          const isRight = result?.rightChoice === index;
          return (
            <li
              key={choice}
              className={`relative flex items-center gap-6 overflow-hidden rounded-control bg-lifted px-6 ${isDense ? 'min-h-14 py-1' : 'min-h-18 py-3'} ${isRight ? 'after:absolute after:inset-0 after:rounded-control after:border-4 after:border-accent' : ''}`}
            >
              <span
                aria-hidden="true"
                className="absolute inset-y-0 left-0 bg-[#3b6a55] transition-[width] duration-300"
                style={{ width: `${shares[index]}%` }}
              />
              <span
                className={`relative min-w-0 flex-1 break-words ${isDense ? 'line-clamp-1 text-tv-small' : 'line-clamp-2 text-tv-name'}`}
              >
                {choice}
              </span>
              {isRight && (
                <span className="relative flex items-center gap-2 text-tv-small font-semibold">
                  <Icon of={CircleCheck} className="size-8" />
                  {t('rightMark')}
                </span>
              )}
              <span className="numerals relative text-tv-small whitespace-nowrap">
                {t('count', { count: poll.counts[index]! })}
              </span>
              <span className="numerals relative w-24 text-right text-tv-name font-semibold">
                {t('share', { percent: shares[index]! })}
              </span>
            </li>
          );
        })}
      </ol>
      <p role="status" className="numerals text-tv-small text-quiet">
        {t('answered', { answered: poll.answeredCount, people: poll.peopleCount })}
        {' · '}
        {t(result === null ? (poll.isSecret ? 'isSecret' : 'isOpen') : 'ended')}
      </p>
    </section>
  );
}
