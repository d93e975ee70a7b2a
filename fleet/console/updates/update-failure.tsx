/** What IT needs of a failed update beside its words: that it is held, and the box's own text. */
import { useTranslation } from 'react-i18next';
import type { FailedUpdate } from '#contract/room-update.ts';

export function FailureDetail({ failed: { isHeld, detail, failure, refusal } }: { failed: FailedUpdate }) {
  const { t } = useTranslation('updates');
  const code = [failure, refusal, detail].filter((each) => each !== null && each !== '').join(' · ');
  return (
    <>
      {isHeld && <span className="block text-small">{t('failure.held')}</span>}
      <span className="block text-small wrap-anywhere text-quiet">{t('failure.detail', { detail: code })}</span>
    </>
  );
}
