/** Everything that is kept of the account's own person, as a file. */
import { useTranslation } from 'react-i18next';
import { urlOf } from '#contract/http/answer.ts';
import { recordApi } from '#contract/http/record-api.ts';
import { Card } from '#ui/card.tsx';
import { FileLink } from './file-link.tsx';

export function OwnRecordCard() {
  const { t } = useTranslation('record');
  return (
    <Card title={t('mine.title')}>
      <p className="text-base text-quiet">{t('mine.lead')}</p>
      <div className="mt-1">
        <FileLink href={urlOf(recordApi.ownRecordFile, {})} edge="left">
          {t('mine.download')}
        </FileLink>
      </div>
    </Card>
  );
}
