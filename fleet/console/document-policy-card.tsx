/** What a room's meeting permits with documents. Each choice is saved as it is made. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DocumentPolicy } from '#contract/document-policy.ts';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import { meetingsApi } from '#contract/http/meetings-api.ts';
import { Card } from '#ui/card.tsx';
import { callApi } from '#ui/http-client.ts';
import { ToggleGroup } from '#ui/toggle-group.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { ProblemWords } from '#ui/problem-words.tsx';

export function DocumentPolicyCard({ meetingId }: { meetingId: string }) {
  const { t } = useTranslation('console');
  const [policy, setPolicy] = useState<DocumentPolicy | null>(null);
  const [readProblem, setReadProblem] = useState<MaruError | null>(null);
  const { run, isPending, problem } = useAsyncAction();
  useEffect(() => {
    callApi(meetingsApi.documentPolicy, { params: { meetingId } }).then(
      (answer) => setPolicy(answer.policy),
      (error: unknown) => setReadProblem(toMaruError(error)),
    );
  }, [meetingId]);
  const change = async (changes: Partial<DocumentPolicy>): Promise<void> => {
    const body = { ...policy!, ...changes };
    const answer = await run(() => callApi(meetingsApi.setDocumentPolicy, { params: { meetingId }, body }));
    if (answer !== null) setPolicy(body);
  };
  const yesOrNo = (field: 'guestsView' | 'isKept' | 'hasWatermark') => (
    <Choice
      label={t(`documentPolicy.${field}.label`)}
      help={t(`documentPolicy.${field}.help`)}
      choices={[
        { key: 'yes', words: t('documentPolicy.yes') },
        { key: 'no', words: t('documentPolicy.no') },
      ]}
      chosen={policy?.[field] ? 'yes' : 'no'}
      isDisabled={isPending}
      onChoose={(key) => void change({ [field]: key === 'yes' })}
    />
  );
  return (
    <Card title={t('documentPolicy.title')}>
      <p className="mb-4 max-w-prose text-small text-quiet">{t('documentPolicy.lead')}</p>
      <ProblemWords problem={problem ?? readProblem} />
      {policy !== null && (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6 md:grid-cols-2">
          <Choice
            label={t('documentPolicy.sharedBy.label')}
            help={t('documentPolicy.sharedBy.help')}
            choices={[
              { key: 'everyone', words: t('documentPolicy.sharedBy.everyone') },
              { key: 'room-only', words: t('documentPolicy.sharedBy.roomOnly') },
            ]}
            chosen={policy.sharedBy}
            isDisabled={isPending}
            onChoose={(sharedBy) => void change({ sharedBy })}
          />
          {yesOrNo('guestsView')}
          {yesOrNo('isKept')}
          {yesOrNo('hasWatermark')}
        </div>
      )}
    </Card>
  );
}

type ChoiceProps<K extends string> = Parameters<typeof ToggleGroup<K>>[0] & { help: string };

function Choice<K extends string>({ help, ...group }: ChoiceProps<K>) {
  return (
    <div className="flex flex-col gap-2">
      <p className="text-base font-medium">{group.label}</p>
      <ToggleGroup {...group} />
      <p className="text-small text-quiet">{help}</p>
    </div>
  );
}
