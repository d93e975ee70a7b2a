/** What is kept of a person: saved as a file for them, or forgotten when they ask for it. */
import Download from 'lucide-react/icons/download';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AccountRow } from '#contract/http/people-api.ts';
import { recordApi } from '#contract/http/record-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ConfirmDialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { currentLanguage } from '#ui/words/words.ts';
import { useFreshAction } from './fresh-sign-in.tsx';
import { saveTextFile } from './save-text-file.ts';

type PersonRecordProps = { account: AccountRow; onForgotten: () => void };

export function PersonRecord({ account, onForgotten }: PersonRecordProps) {
  const { t } = useTranslation('people');
  const { accountId, displayName: name, userName } = account;
  const params = { accountId };
  const [isAsking, setAsking] = useState(false);
  const saving = useFreshAction();
  const forgetting = useFreshAction();
  const save = async () => {
    const answer = await saving.run(() => callApi(recordApi.exportPerson, { params }));
    if (answer !== null) saveTextFile(`maru-${userName}.json`, answer.text);
  };
  const forget = async () => {
    setAsking(false);
    const body = { language: currentLanguage() };
    if ((await forgetting.run(() => callApi(recordApi.forgetPerson, { params, body }))) !== null) onForgotten();
  };
  return (
    <Card title={t('person.record')}>
      <div className="flex flex-col gap-4">
        <p className="text-small text-quiet">{t('person.recordLead')}</p>
        <Button icon={Download} isPending={saving.isPending} onPress={() => void save()}>
          {t('person.exportRecord')}
        </Button>
        <Button variant="danger-quiet" isPending={forgetting.isPending} onPress={() => setAsking(true)}>
          {t('person.forget')}
        </Button>
        <ProblemWords problem={saving.problem ?? forgetting.problem} />
      </div>
      <ConfirmDialog
        title={t('person.forgetTitle', { name })}
        body={t('person.forgetBody')}
        action={t('person.forget')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => void forget()}
      />
    </Card>
  );
}
