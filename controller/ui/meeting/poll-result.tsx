/** The result of a poll: bars with counts and percentages, the right choice of a quiz, and names where the poll was open. */
import CircleCheck from 'lucide-react/icons/circle-check';
import { useTranslation } from 'react-i18next';
import { type CallPoll, pollShares } from '#contract/polls.ts';
import { Icon } from '../icon.tsx';

/** more are counted */
const NAMES_SHOWN = 12;

type PollResultProps = {
  poll: CallPoll & { readonly ownChoices?: readonly number[] };
};

export function PollResult({ poll }: PollResultProps) {
  const { t } = useTranslation('polls');
  const shares = pollShares(poll);
  if (poll.answeredCount === 0 && poll.result?.rightChoice === null)
    return <p className="text-base text-quiet">{t('nobody')}</p>;
  return (
    <ol aria-label={t('choices')} className="flex flex-col gap-3">
      {poll.choices.map((choice, index) => {
        const isRight = poll.result?.rightChoice === index;
        const names = poll.result?.answers?.filter(({ choices }) => choices.includes(index)) ?? [];
        return (
          <li key={choice} className="flex flex-col gap-1">
            <p className="flex items-baseline gap-3">
              <span className="min-w-0 flex-1 text-base break-words">
                {choice}
                {poll.ownChoices?.includes(index) && <span className="text-small text-quiet"> · {t('yours')}</span>}
              </span>
              {isRight && (
                <span className="flex items-center gap-1 self-center text-small font-semibold text-accent">
                  <Icon of={CircleCheck} className="size-5" />
                  {t('rightMark')}
                </span>
              )}
              <span className="numerals text-small whitespace-nowrap text-quiet">
                {t('counted', { people: t('count', { count: poll.counts[index]! }), percent: shares[index]! })}
              </span>
            </p>
            <span aria-hidden="true" className="block h-3 overflow-hidden rounded-full bg-sunken">
              <span
                className={`block h-full rounded-full ${isRight || poll.result?.rightChoice == null ? 'bg-accent' : 'bg-edge'}`}
                style={{ width: `${shares[index]}%` }}
              />
            </span>
            {names.length > 0 && (
              <p className="text-small text-quiet">
                {names.slice(0, NAMES_SHOWN).map(({ displayName }, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: two people may have one name
                  <span key={at}>
                    {at > 0 && ', '}
                    <bdi>{displayName}</bdi>
                  </span>
                ))}
                {names.length > NAMES_SHOWN && ` ${t('others', { count: names.length - NAMES_SHOWN })}`}
              </p>
            )}
          </li>
        );
      })}
    </ol>
  );
}
