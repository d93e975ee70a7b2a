/** This page itself failed to draw: shown with as few parts as possible, because any of them may have failed. */
import i18next from 'i18next';

export function PageFault() {
  const t = i18next.getFixedT(i18next.language, 'screen');
  return (
    <main className="hall flex h-full flex-col justify-center gap-6 px-24">
      <h1 className="text-tv-title font-semibold">{t('fault.page')}</h1>
      <p className="text-tv-lead">{t('fault.pageMeaning')}</p>
      <p className="text-tv-lead">{t('fault.pageTodo')}</p>
    </main>
  );
}
