/** The cards of a program: before it is live, in between, after, and while nobody sends a picture. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProgramShow } from '#contract/program-link.ts';

const LOOK_MS = 200;
const MOST_NAMES = 8;

export function ProgramCard({ show, card }: { show: ProgramShow; card: NonNullable<ProgramShow['card']> }) {
  const { t } = useTranslation('program');
  return (
    <section className="program-card" data-card={card}>
      <p className="program-card-what">{t(`card.${card}`)}</p>
      <h1 className="program-card-title">{show.title}</h1>
      <p className="program-card-who">{show.presenterName}</p>
      {card === 'title' && show.liveAtMs !== null && <Countdown untilMs={show.liveAtMs} />}
    </section>
  );
}

export function WaitingCard({ names }: { names: readonly string[] }) {
  const { t } = useTranslation('program');
  const shown = names.slice(0, MOST_NAMES).join(' · ');
  return (
    <section className="program-card" data-card="waiting">
      <p className="program-card-what">{names.length > 0 ? t('waiting.noPicture') : t('waiting.nobody')}</p>
      {shown !== '' && <h1 className="program-card-title">{shown}</h1>}
    </section>
  );
}

/** In whole seconds, or minutes and seconds; gone when it is time. */
function Countdown({ untilMs }: { untilMs: number }) {
  const { t } = useTranslation('program');
  const [leftS, setLeftS] = useState(() => secondsUntil(untilMs));
  useEffect(() => {
    const look = setInterval(() => setLeftS(secondsUntil(untilMs)), LOOK_MS);
    return () => clearInterval(look);
  }, [untilMs]);
  if (leftS <= 0) return null;
  const time = `${Math.floor(leftS / 60)}:${String(leftS % 60).padStart(2, '0')}`;
  return <p className="program-card-time numerals">{t('startsIn', { time })}</p>;
}

const secondsUntil = (atMs: number): number => Math.ceil((atMs - Date.now()) / 1_000);
