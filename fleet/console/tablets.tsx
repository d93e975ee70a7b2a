/** The tablets of a room: added by a code that is typed on them, listed, removed. */
import Plus from 'lucide-react/icons/plus';
import TabletIcon from 'lucide-react/icons/tablet';
import { type FormEvent, useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import { pagePaths } from '#contract/http/page-paths.ts';
import { roomsApi, type Tablet } from '#contract/http/rooms-api.ts';
import type { RouteAnswer } from '#contract/http/route.ts';
import { shownText } from '#contract/shown-text.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ConfirmDialog, Dialog } from '#ui/dialog.tsx';
import { Icon } from '#ui/icon.tsx';
import { TextField } from '#ui/text-field.tsx';
import { ago, clockTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';

/** While a code is shown, the tablet that uses it appears by itself. */
const LIST_EVERY_MS = 3_000;

export function Tablets({ roomId }: { roomId: string }) {
  const { t } = useTranslation('console');
  const [tablets, setTablets] = useState<readonly Tablet[]>([]);
  const [listProblem, setListProblem] = useState<MaruError | null>(null);
  const [removing, setRemoving] = useState<Tablet | null>(null);
  const { run, isPending, problem } = useAsyncAction();
  const list = useCallback(async () => {
    try {
      setTablets((await callApi(roomsApi.listTablets, { params: { roomId } })).tablets);
      setListProblem(null);
    } catch (error) {
      setListProblem(toMaruError(error));
    }
  }, [roomId]);
  useEffect(() => void list(), [list]);
  const remove = async ({ pairingId }: Tablet) => {
    setRemoving(null);
    await run(() => callApi(roomsApi.revokeTablet, { params: { roomId, pairingId } }));
    await list();
  };
  return (
    <Card title={t('tablets.title')} aside={<AddTablet roomId={roomId} onLook={list} />}>
      <p className="mb-4 text-small text-quiet">{t('tablets.lead')}</p>
      <ProblemWords problem={problem ?? listProblem} />
      {tablets.length === 0 && listProblem === null && (
        <p className="border-t border-line py-6 text-center text-quiet">{t('tablets.none')}</p>
      )}
      <ul className="flex flex-col">
        {tablets.map((tablet) => (
          <li key={tablet.pairingId} className="flex min-h-16 items-center gap-3 border-t border-line py-2">
            <Icon of={TabletIcon} className="size-5 text-accent" />
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">{tablet.tabletName}</p>
              <p className="numerals text-small text-quiet">
                {t('tablets.lastUsed', { ago: ago(tablet.lastUsedAtMs, Date.now(), currentLanguage()) })}
              </p>
            </div>
            <Button
              variant="danger-quiet"
              isDisabled={isPending}
              aria-label={t('tablets.removeName', { name: tablet.tabletName })}
              onPress={() => setRemoving(tablet)}
            >
              {t('tablets.remove')}
            </Button>
          </li>
        ))}
      </ul>
      <ConfirmDialog
        title={t('tablets.removeTitle', { name: removing?.tabletName ?? '' })}
        body={t('tablets.removeBody')}
        action={t('tablets.remove')}
        isOpen={removing !== null}
        onClose={() => setRemoving(null)}
        onConfirm={() => {
          if (removing) void remove(removing);
        }}
      />
    </Card>
  );
}

type Made = RouteAnswer<typeof roomsApi.createTabletCode> & { tabletName: string };

function AddTablet({ roomId, onLook }: { roomId: string; onLook: () => Promise<void> }) {
  const { t } = useTranslation('console');
  const { t: common } = useTranslation('common');
  const [isOpen, setOpen] = useState(false);
  const [tabletName, setTabletName] = useState('');
  const [isMissing, setMissing] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  const { run, isPending, problem, dismissProblem } = useAsyncAction();
  const isShowing = isOpen && made !== null;
  useEffect(() => {
    if (!isShowing) return;
    const timer = setInterval(() => void onLook(), LIST_EVERY_MS);
    return () => clearInterval(timer);
  }, [isShowing, onLook]);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const name = shownText(tabletName);
    setMissing(name === '');
    if (name === '') return;
    const code = await run(() =>
      callApi(roomsApi.createTabletCode, { params: { roomId }, body: { tabletName: name } }),
    );
    if (code !== null) setMade({ ...code, tabletName: name });
  };
  const open = () => {
    setTabletName('');
    setMissing(false);
    setMade(null);
    dismissProblem();
    setOpen(true);
  };
  const close = () => {
    setOpen(false);
    void onLook();
  };
  return (
    <>
      <Button icon={Plus} onPress={open}>
        {t('tablets.add')}
      </Button>
      <Dialog
        title={made === null ? t('tablets.add') : t('tablets.codeTitle', { name: made.tabletName })}
        isOpen={isOpen}
        onClose={close}
      >
        {made === null ? (
          <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5" noValidate>
            <TextField
              label={t('tablets.name')}
              hint={t('tablets.nameHint')}
              value={tabletName}
              problem={isMissing ? t('needed', { ns: 'common' }) : null}
              onChange={setTabletName}
              maxLength={80}
              autoFocus
            />
            <ProblemWords problem={problem} />
            <Button type="submit" variant="primary" size="large" isPending={isPending}>
              {t('tablets.makeCode')}
            </Button>
          </form>
        ) : (
          <>
            <p>
              {t('tablets.codeLead', {
                address: `${location.origin}${pagePaths.controller}`,
                time: clockTime(made.expiresAtMs, currentLanguage()),
              })}
            </p>
            <p className="numerals rounded-control bg-sunken p-4 text-center text-title font-bold tracking-[0.12em] select-all">
              {`${made.code.slice(0, made.code.length / 2)}-${made.code.slice(made.code.length / 2)}`}
            </p>
            <Button onPress={close}>{common('close')}</Button>
          </>
        )}
      </Dialog>
    </>
  );
}
