/** Everything that is kept of the account's own person, as a file. */
import Download from 'lucide-react/icons/download';
import { useTranslation } from 'react-i18next';
import { urlOf } from '#contract/http/answer.ts';
import { recordApi } from '#contract/http/record-api.ts';
import { Card } from '#ui/card.tsx';
import { Icon } from '#ui/icon.tsx';

export function OwnRecordCard() {
  const { t } = useTranslation('record');
  return (
    <Card title={t('mine.title')}>
      <p className="text-base text-quiet">{t('mine.lead')}</p>
      <a
        href={urlOf(recordApi.ownRecordFile, {})}
        download
        className="-ml-3 mt-2 flex min-h-12 items-center gap-2 self-start rounded-control px-3 text-base font-medium hover:bg-lifted"
      >
        <Icon of={Download} className="size-5" />
        {t('mine.download')}
      </a>
    </Card>
  );
}
