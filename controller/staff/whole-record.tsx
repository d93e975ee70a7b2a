/** For hosts: everything that the meeting left behind, as a file, and its deletion. */
import Trash from 'lucide-react/icons/trash';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { urlOf } from '#contract/http/answer.ts';
import { recordApi } from '#contract/http/record-api.ts';
import { Button } from '#ui/button.tsx';
import { ConfirmDialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { FileLink } from './file-link.tsx';

type WholeRecordProps = {
  meetingId: string;
  /** all that the meeting left behind is gone */
  onDeleted: () => void;
};

export function WholeRecord({ meetingId, onDeleted }: WholeRecordProps) {
  const { t } = useTranslation('record');
  const [isAsked, setAsked] = useState(false);
  const { run, isPending, problem } = useAsyncAction();
  const remove = async () => {
    setAsked(false);
    if ((await run(() => callApi(recordApi.deleteRecord, { params: { meetingId } }))) !== null) onDeleted();
  };
  return (
    <div className="flex flex-col gap-2 border-t border-line pt-1 -mb-2">
      <ProblemWords problem={problem} />
      <div className="flex flex-wrap justify-between gap-x-3">
        <FileLink href={urlOf(recordApi.recordFile, { params: { meetingId } })} edge="left">
          {t('whole.download')}
        </FileLink>
        <Button
          variant="danger-quiet"
          className="-mx-4"
          icon={Trash}
          isPending={isPending}
          onPress={() => setAsked(true)}
        >
          {t('whole.delete')}
        </Button>
      </div>
      <ConfirmDialog
        title={t('whole.deleteTitle')}
        body={t('whole.deleteBody')}
        action={t('whole.delete')}
        isOpen={isAsked}
        onConfirm={() => void remove()}
        onClose={() => setAsked(false)}
      />
    </div>
  );
}
