/** Many accounts from a CSV list: what it would do and which lines are wrong, then the import itself. */
import FileUp from 'lucide-react/icons/file-up';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, NoServer, urlOf } from '#contract/http/answer.ts';
import { type ImportedLine, peopleApi } from '#contract/http/people-api.ts';
import type { RouteAnswer } from '#contract/http/route.ts';
import { Button } from '#ui/button.tsx';
import { CopyText } from '#ui/copy-text.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useFreshAction } from './fresh-sign-in.tsx';

type Preview = RouteAnswer<typeof peopleApi.previewAccountImport>;
type Imported = RouteAnswer<typeof peopleApi.importAccounts>;

export function ImportPeople({ onImported }: { onImported: () => void }) {
  const { t } = useTranslation('people');
  const input = useRef<HTMLInputElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [file, setFile] = useState<File | null>(null);
  const [preview, setPreview] = useState<Preview | null>(null);
  const [imported, setImported] = useState<Imported | null>(null);
  const { run, isPending, problem, dismissProblem } = useFreshAction();
  const open = () => {
    setFile(null);
    setPreview(null);
    setImported(null);
    dismissProblem();
    setOpen(true);
  };
  const look = async (chosen: File) => {
    setFile(chosen);
    setPreview(await run(() => sendList(peopleApi.previewAccountImport, chosen)));
  };
  const importThem = async () => {
    const answer = await run(() => sendList(peopleApi.importAccounts, file!));
    if (answer === null) return;
    setImported(answer);
    onImported();
  };
  const counts = imported ?? preview;
  const isUseful = preview !== null && preview.created + preview.changed > 0;
  return (
    <>
      <Button icon={FileUp} onPress={open}>
        {t('import.button')}
      </Button>
      <Dialog title={t('import.title')} isOpen={isOpen} onClose={() => setOpen(false)} className="sm:max-w-xl!">
        {imported === null && <p className="text-base text-quiet">{t('import.lead')}</p>}
        <div role="status" className="flex flex-col gap-2 empty:hidden">
          {imported !== null && <p className="font-semibold text-accent">{t('import.done')}</p>}
          {counts !== null && <p className="font-medium">{t('import.counts', counts)}</p>}
          {preview !== null && !isUseful && <p>{t('import.nothing')}</p>}
        </div>
        {counts !== null && counts.bad.length > 0 && <BadLines bad={counts.bad} />}
        {imported !== null && imported.invites.length > 0 && (
          <CopyText
            label={t('import.links')}
            text={imported.invites.map(({ displayName, inviteUrl }) => `${displayName}\t${inviteUrl}`).join('\n')}
            action={t('import.copyLinks')}
          />
        )}
        <ProblemWords problem={problem} />
        {imported !== null ? (
          <Button onPress={() => setOpen(false)}>{t('add.done')}</Button>
        ) : (
          <>
            {isUseful && (
              <Button variant="primary" size="large" isPending={isPending} onPress={() => void importThem()}>
                {t('import.action')}
              </Button>
            )}
            <Button isDisabled={isPending} onPress={() => input.current?.click()}>
              {file === null ? t('import.choose') : `${t('import.choose')} (${file.name})`}
            </Button>
          </>
        )}
        <input
          ref={input}
          type="file"
          hidden
          tabIndex={-1}
          accept=".csv,text/csv"
          onChange={({ target }) => {
            const chosen = target.files?.[0];
            if (chosen) void look(chosen);
            // the same file can be chosen once more, after it was mended
            target.value = '';
          }}
        />
      </Dialog>
    </>
  );
}

function BadLines({ bad }: { bad: readonly ImportedLine[] }) {
  const { t } = useTranslation('people');
  return (
    <div className="flex flex-col gap-2 rounded-control bg-warn-soft p-4">
      <p className="font-semibold">{t('import.bad', { count: bad.length })}</p>
      <ul className="flex max-h-48 flex-col gap-1 overflow-y-auto text-small">
        {bad.map(({ line, userName, problems }) => (
          <li key={line} className="wrap-anywhere">
            {t('import.line', { line, userName })}: {problems.map((each) => t(`import.problems.${each}`)).join(', ')}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** @throws MaruError the server's refusal by its code, or NoServer */
async function sendList<R extends typeof peopleApi.previewAccountImport | typeof peopleApi.importAccounts>(
  route: R,
  file: File,
): Promise<RouteAnswer<R>> {
  let response: Response;
  try {
    response = await fetch(urlOf(route, {}), {
      method: route.method,
      credentials: 'same-origin',
      headers: { 'content-type': 'text/csv' },
      body: file,
    });
  } catch (cause) {
    throw new NoServer('internal', 'no answer from the server', { cause });
  }
  return answerOf(route, response.status, await response.json().catch(() => null));
}
