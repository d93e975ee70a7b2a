/** The organisation's rules for recordings: how long they are kept, who records, who downloads. */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { broadcastsApi, type RecordingPolicy } from '#contract/http/broadcasts-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useFreshAction } from './fresh-sign-in.tsx';
import { ListStatus } from './list-parts.tsx';
import { SelectField } from './select-field.tsx';
import { useFetched } from './use-fetched.ts';

const KEPT_DAYS = [7, 30, 90, 180, 365, 1_095, 1_825, 3_650];
const RECORDED_BY = ['nobody', 'hosts', 'hosts-and-rooms'] as const;
const DOWNLOADED_BY = ['nobody', 'hosts', 'viewers'] as const;

export function RecordingPolicyCard({ onSaved }: { onSaved: () => void }) {
  const { t } = useTranslation('recordings');
  const { answer, problem, refresh } = useFetched(() => callApi(broadcastsApi.recordingPolicy));
  const saved = () => {
    refresh();
    onSaved();
  };
  return (
    <Card title={t('policy.title')}>
      <ProblemWords problem={problem} />
      {answer === null ? (
        problem === null && <ListStatus words={t('loading')} isLoading />
      ) : (
        <PolicyForm policy={answer.policy} onSaved={saved} />
      )}
    </Card>
  );
}

function PolicyForm({ policy, onSaved }: { policy: RecordingPolicy; onSaved: () => void }) {
  const { t } = useTranslation('recordings');
  const [draft, setDraft] = useState(policy);
  const [isSaved, setSaved] = useState(false);
  const { run, isPending, problem } = useFreshAction();
  const change = (changes: Partial<RecordingPolicy>) => {
    setSaved(false);
    setDraft({ ...draft, ...changes });
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isPending || (await run(() => callApi(broadcastsApi.setRecordingPolicy, { body: draft }))) === null) return;
    setSaved(true);
    onSaved();
  };
  // one that was set by another way is among them
  const days = [...new Set([...KEPT_DAYS, ...(draft.keptDays === null ? [] : [draft.keptDays])])].sort((a, b) => a - b);
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5">
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6 md:grid-cols-3">
        <div className="flex flex-col gap-2">
          <SelectField
            label={t('policy.keptDays')}
            choices={[
              ...days.map((count) => ({ key: String(count), words: t('policy.days', { count }) })),
              { key: 'for-good', words: t('policy.forGood') },
            ]}
            chosen={draft.keptDays === null ? 'for-good' : String(draft.keptDays)}
            onChoose={(key) => change({ keptDays: key === 'for-good' ? null : Number(key) })}
            isWordy
          />
          <p className="text-small text-quiet">{t('policy.keptHint')}</p>
        </div>
        <div className="flex flex-col gap-2">
          <SelectField
            label={t('policy.recordedBy.label')}
            choices={RECORDED_BY.map((key) => ({ key, words: t(`policy.recordedBy.${key}`) }))}
            chosen={draft.recordedBy}
            onChoose={(recordedBy) => change({ recordedBy })}
            isWordy
          />
          <p className="text-small text-quiet">{t('policy.recordedBy.hint')}</p>
        </div>
        <div className="flex flex-col gap-2">
          <SelectField
            label={t('policy.downloadedBy.label')}
            choices={DOWNLOADED_BY.map((key) => ({ key, words: t(`policy.downloadedBy.${key}`) }))}
            chosen={draft.downloadedBy}
            onChoose={(downloadedBy) => change({ downloadedBy })}
            isWordy
          />
          <p className="text-small text-quiet">{t('policy.downloadedBy.hint')}</p>
        </div>
      </div>
      <ProblemWords problem={problem} />
      <div className="flex items-center gap-4">
        <Button type="submit" variant="primary" isPending={isPending}>
          {t('policy.save')}
        </Button>
        <span role="status" className="text-small text-quiet">
          {isSaved && t('policy.saved')}
        </span>
      </div>
    </form>
  );
}
