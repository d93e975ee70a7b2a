/**
 * This box belongs to no room: what a person before the TV can do about it, or why nobody can, in both languages, because the
 * box does not know the language of the place, or no longer.
 */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import Unplug from 'lucide-react/icons/unplug';
import type { ErrorCode } from '#contract/error-codes.ts';
import { type NotEnrolledView, shownFingerprint } from '#contract/waiting-kiosk.ts';
import { Icon } from '#ui/icon.tsx';
import { Qr } from '#ui/qr.tsx';
import { currentLanguage } from '#ui/words/words.ts';

type Words = { title: string; lines: string[] };

export function NotEnrolledScene({ code, view }: { code: ErrorCode; view: NotEnrolledView | null }) {
  const { t: common } = useTranslation('common');
  const wordsIn = useWords(code, view);
  const languages = currentLanguage() === 'ko' ? (['ko', 'en'] as const) : (['en', 'ko'] as const);
  return (
    <main className="hall flex h-full items-center gap-24 px-24">
      <div className="flex min-w-0 flex-1 flex-col gap-14">
        {view === null && <Icon of={Unplug} className="size-20 text-warn" />}
        {/* beside each other where nothing else is there: all of it has room on the screen */}
        <div className={view === null ? 'grid grid-cols-2 items-start gap-24' : 'flex flex-col gap-14'}>
          {languages.map((language, index) => {
            const { title, lines } = wordsIn(language);
            const Title = index === 0 ? 'h1' : 'h2';
            return (
              <section key={language} lang={language} className="flex max-w-[56rem] flex-col gap-5">
                <Title className="text-tv-title font-semibold text-balance">{title}</Title>
                {lines.map((line) => (
                  <p key={line} className="text-tv-lead break-keep">
                    {line}
                  </p>
                ))}
              </section>
            );
          })}
        </div>
        {(view === null || code !== 'not-enrolled') && (
          <p className="text-tv-small text-quiet">{common('errorCode', { code })}</p>
        )}
      </div>
      {view !== null && <Means view={view} />}
    </main>
  );
}

/** A claim that was refused is named before what else can be done. */
function useWords(code: ErrorCode, view: NotEnrolledView | null): (language: 'ko' | 'en') => Words {
  const { i18n } = useTranslation();
  return (language) => {
    const errors = i18n.getFixedT(language, 'errors');
    const screen = i18n.getFixedT(language, 'screen');
    if (view === null || code === 'claim-code-invalid')
      return { title: errors(`${code}.what`), lines: [errors(`${code}.meaning`), errors(`${code}.todo`)] };
    const step = view.step === 'asks-for-address' && view.setupUrl === null ? 'no-network' : view.step;
    const details = { address: view.fleetAddress ?? '', roomName: view.formerRoomName ?? '' };
    return {
      title: screen(`notEnrolled.${step}.title`),
      lines: [screen(`notEnrolled.${step}.lead`, details)],
    };
  };
}

/** Code and fingerprints, or the way to the kiosk's own page. */
function Means({ view }: { view: NotEnrolledView }) {
  const { t } = useTranslation('screen');
  const { setupUrl, claimCode, keySha256, caSha256 } = view;
  if (keySha256 !== null && caSha256 !== null)
    return (
      <aside className="flex flex-none flex-col gap-10 rounded-card bg-raised p-14">
        {claimCode !== null && (
          <Named name={t('notEnrolled.claimCode')}>
            <span className="text-[6rem] leading-none font-semibold tracking-wider tabular-nums">{claimCode}</span>
          </Named>
        )}
        <p className="text-tv-small text-quiet">{t('notEnrolled.compare')}</p>
        <Named name={t('notEnrolled.keyFingerprint')}>
          <Fingerprint sha256={keySha256} />
        </Named>
        <Named name={t('notEnrolled.caFingerprint')}>
          <Fingerprint sha256={caSha256} />
        </Named>
      </aside>
    );
  if (setupUrl === null) return null;
  return (
    <aside className="flex flex-none flex-col items-center gap-6">
      <Qr text={setupUrl} label={t('notEnrolled.setupCode')} className="size-[26rem] rounded-card" />
      <p className="text-tv-small text-quiet">{setupUrl.split('#')[0]}</p>
    </aside>
  );
}

function Named({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-3">
      <span className="text-tv-small text-quiet">{name}</span>
      {children}
    </div>
  );
}

const Fingerprint = ({ sha256 }: { sha256: string }) => (
  <span className="font-mono text-tv-lead tabular-nums">{shownFingerprint(sha256)}</span>
);
