/** Asks for the code on the TV before a phone that may have left the room opens its microphone or camera. */
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { CodeForm } from '#ui/code-form.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import type { Presence } from './use-presence.ts';

export function PresenceDialog({ presence }: { presence: Presence }) {
  const { t } = useTranslation('remote');
  return (
    <Dialog title={t('presence.title')} isOpen={presence.isAsked} onClose={presence.cancel}>
      <ProofForm presence={presence} />
    </Dialog>
  );
}

function ProofForm({ presence }: { presence: Presence }) {
  const { t } = useTranslation('remote');
  const { t: common } = useTranslation('common');
  const { run, isPending, problem } = useAsyncAction();
  return (
    <>
      <p className="text-base text-quiet">{t('presence.lead')}</p>
      <CodeForm
        isPending={isPending}
        action={t('presence.action')}
        isCard={false}
        onCode={(code) => void run(() => presence.prove(code))}
      />
      <ProblemWords problem={problem} />
      <Button variant="quiet" onPress={presence.cancel}>
        {common('notNow')}
      </Button>
    </>
  );
}
