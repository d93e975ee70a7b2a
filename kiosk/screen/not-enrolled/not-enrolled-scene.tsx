/**
 * This box belongs to no room: the reason and advice in both languages, because the box does not know the language of
 * the place, or no longer.
 */
import { useTranslation } from 'react-i18next';
import Unplug from 'lucide-react/icons/unplug';
import type { ErrorCode } from '#contract/error-codes.ts';
import { Icon } from '#ui/icon.tsx';
import { currentLanguage } from '#ui/words/words.ts';

export function NotEnrolledScene({ code }: { code: ErrorCode }) {
  const { i18n } = useTranslation();
  const { t: common } = useTranslation('common');
  const languages = currentLanguage() === 'ko' ? ['ko', 'en'] : ['en', 'ko'];
  return (
    <main className="hall flex h-full flex-col justify-center gap-14 px-24">
      <Icon of={Unplug} className="size-20 text-warn" />
      <div className="grid grid-cols-2 gap-24">
        {languages.map((language, index) => {
          const t = i18n.getFixedT(language, 'errors');
          const Title = index === 0 ? 'h1' : 'h2';
          return (
            <section key={language} lang={language} className="flex flex-col gap-6">
              <Title className="text-tv-title font-semibold text-balance">{t(`${code}.what`)}</Title>
              <p className="text-tv-lead">{t(`${code}.meaning`)}</p>
              <p className="text-tv-lead">{t(`${code}.todo`)}</p>
            </section>
          );
        })}
      </div>
      <p className="text-tv-small text-quiet">{common('errorCode', { code })}</p>
    </main>
  );
}
