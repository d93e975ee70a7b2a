/** Pictures for idle TVs: those that are shown, in their order, and those that the server keeps to choose from. */
import ArrowUp from 'lucide-react/icons/arrow-up';
import Trash from 'lucide-react/icons/trash-2';
import X from 'lucide-react/icons/x';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { answerOf, NoServer, urlOf } from '#contract/http/answer.ts';
import { signageApi, type SignagePicture } from '#contract/http/signage-api.ts';
import { Button } from '#ui/button.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { useFetched } from './use-fetched.ts';

type PictureListProps = { signageKeys: readonly string[]; onChange: (signageKeys: string[]) => void };

export function PictureList({ signageKeys, onChange }: PictureListProps) {
  const { t } = useTranslation('settings');
  const { answer, problem, refresh } = useFetched(() => callApi(signageApi.listSignage));
  const file = useRef<HTMLInputElement>(null);
  const working = useAsyncAction();
  const kept = answer?.pictures ?? [];
  const nameOf = (key: string): string =>
    kept.find(({ signageKey }) => signageKey === key)?.fileName ?? key.slice(0, 8);
  const add = async (chosen: File) => {
    const added = await working.run(() => upload(chosen));
    if (added === null) return;
    refresh();
    if (!signageKeys.includes(added.signageKey)) onChange([...signageKeys, added.signageKey]);
  };
  const erase = async (signageKey: string) => {
    if ((await working.run(() => callApi(signageApi.removeSignage, { params: { signageKey } }))) !== null) refresh();
  };
  const moveUp = (at: number) => {
    const moved = [...signageKeys];
    moved.splice(at - 1, 2, signageKeys[at]!, signageKeys[at - 1]!);
    onChange(moved);
  };
  const others = kept.filter(({ signageKey }) => !signageKeys.includes(signageKey));
  return (
    <div className="flex flex-col gap-4">
      {signageKeys.length === 0 ? (
        <p className="text-small text-quiet">{t('pictures.none')}</p>
      ) : (
        <ol aria-label={t('pictures.choose')} className="flex flex-col gap-2">
          {signageKeys.map((key, at) => (
            <li key={key} className="flex items-center gap-3 rounded-control bg-sunken p-2">
              <Thumbnail signageKey={key} />
              <span className="min-w-0 flex-1 truncate">{nameOf(key)}</span>
              {at > 0 && (
                <Button
                  variant="quiet"
                  icon={ArrowUp}
                  aria-label={t('pictures.earlier', { picture: nameOf(key) })}
                  onPress={() => moveUp(at)}
                />
              )}
              <Button
                variant="quiet"
                icon={X}
                aria-label={t('pictures.takeOut', { picture: nameOf(key) })}
                onPress={() => onChange(signageKeys.filter((each) => each !== key))}
              />
            </li>
          ))}
        </ol>
      )}
      {others.length > 0 && (
        <ul aria-label={t('pictures.kept')} className="grid grid-cols-2 gap-2">
          {others.map((picture) => (
            <Kept
              key={picture.signageKey}
              picture={picture}
              onShow={() => onChange([...signageKeys, picture.signageKey])}
              onErase={() => void erase(picture.signageKey)}
            />
          ))}
        </ul>
      )}
      <input
        ref={file}
        type="file"
        hidden
        aria-label={t('pictures.add')}
        accept={signageApi.addSignage.contentTypes.join()}
        onChange={({ target }) => {
          const [chosen] = target.files ?? [];
          if (chosen) void add(chosen);
          target.value = '';
        }}
      />
      <ProblemWords problem={working.problem ?? problem} />
      <Button isPending={working.isPending} onPress={() => file.current?.click()}>
        {t(working.isPending ? 'pictures.adding' : 'pictures.add')}
      </Button>
      <p className="text-small text-quiet">{t('pictures.formats')}</p>
    </div>
  );
}

type KeptProps = { picture: SignagePicture; onShow: () => void; onErase: () => void };

function Kept({ picture: { signageKey, fileName, usedCount }, onShow, onErase }: KeptProps) {
  const { t } = useTranslation('settings');
  return (
    <li className="flex flex-col gap-2 rounded-control bg-sunken p-2">
      <Thumbnail signageKey={signageKey} />
      <span className="truncate text-small">{fileName}</span>
      {usedCount > 0 && <span className="text-small text-quiet">{t('pictures.used', { count: usedCount })}</span>}
      <span className="flex flex-wrap gap-2">
        <Button aria-label={t('pictures.show', { picture: fileName })} onPress={onShow}>
          {t('pictures.use')}
        </Button>
        {usedCount === 0 && (
          <Button
            variant="danger-quiet"
            icon={Trash}
            aria-label={t('pictures.erase', { picture: fileName })}
            onPress={onErase}
          />
        )}
      </span>
    </li>
  );
}

const Thumbnail = ({ signageKey }: { signageKey: string }) => (
  <img
    src={urlOf(signageApi.signagePicture, { params: { signageKey } })}
    alt=""
    className="aspect-video w-24 rounded-small bg-lifted object-contain"
  />
);

/** @throws MaruError the server's refusal by its code, or NoServer */
async function upload(file: File): Promise<SignagePicture> {
  const route = signageApi.addSignage;
  const response = await fetch(urlOf(route, { query: { fileName: file.name.slice(0, 200) } }), {
    method: route.method,
    credentials: 'same-origin',
    headers: { 'content-type': file.type },
    body: file,
  }).catch((cause: unknown) => {
    throw new NoServer('internal', 'no answer from the server', { cause });
  });
  return answerOf(route, response.status, await response.json().catch(() => null));
}
