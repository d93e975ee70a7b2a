/** Who is notified of alerts, and how its delivery goes: added, changed, tested, its secret renewed, removed. */
import Plus from 'lucide-react/icons/plus';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type AlertTarget, alertTargetsApi } from '#contract/http/alerts-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { CopyText } from '#ui/copy-text.tsx';
import { ConfirmDialog, Dialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import en from '#ui/words/en/alerts.ts';
import { ago, clockTime } from '#ui/words/format.ts';
import ko from '#ui/words/ko/alerts.ts';
import { addWords, currentLanguage } from '#ui/words/words.ts';
import peopleEn from '#ui/words/en/people.ts';
import peopleKo from '#ui/words/ko/people.ts';
import { AlertTargetForm } from './alert-target-form.tsx';
import { FreshSignIn, useFreshAction } from './fresh-sign-in.tsx';
import { ListStatus } from './list-parts.tsx';
import { useFetched } from './use-fetched.ts';
import { type PlaceInTree, usePlaces } from './use-places.ts';

// the fresh sign-in has its words among those of people
addWords({ alerts: { en, ko }, people: { en: peopleEn, ko: peopleKo } });

const REFRESHED_MS = 5_000;

type Asked = { about: 'add' } | { about: 'change' | 'renew' | 'remove'; target: AlertTarget };
type Secret = { targetName: string; secret: string };

export function AlertTargetsPage() {
  return (
    <FreshSignIn>
      <Targets />
    </FreshSignIn>
  );
}

function Targets() {
  const { t } = useTranslation('alerts');
  const { answer, problem, refresh } = useFetched(() => callApi(alertTargetsApi.listAlertTargets));
  const { places } = usePlaces();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [secret, setSecret] = useState<Secret | null>(null);
  const acting = useFreshAction();
  useEffect(() => {
    const timer = setInterval(refresh, REFRESHED_MS);
    return () => clearInterval(timer);
  }, [refresh]);
  const close = () => setAsked(null);
  const saved = (targetName: string, made: string | null) => {
    close();
    if (made !== null) setSecret({ targetName, secret: made });
    refresh();
  };
  const renew = async ({ targetId, targetName }: AlertTarget) => {
    close();
    const made = await acting.run(() => callApi(alertTargetsApi.renewAlertSecret, { params: { targetId } }));
    if (made !== null) setSecret({ targetName, secret: made.secret });
  };
  const remove = async ({ targetId }: AlertTarget) => {
    close();
    await acting.run(() => callApi(alertTargetsApi.removeAlertTarget, { params: { targetId } }));
    refresh();
  };
  const nameOf = asked !== null && asked.about !== 'add' ? asked.target.targetName : '';
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div className="flex flex-col gap-1">
          <a
            href="#/alerts"
            className="inline-flex min-h-12 items-center self-start text-small font-semibold text-accent underline-offset-4 hover:underline"
          >
            {t('targets.back')}
          </a>
          <h1 className="text-title font-bold text-balance">{t('targets.title')}</h1>
          <p className="text-small text-quiet">{t('targets.lead')}</p>
        </div>
        <Button variant="primary" icon={Plus} onPress={() => setAsked({ about: 'add' })}>
          {t('targets.add')}
        </Button>
      </div>
      <Card>
        <ProblemWords problem={acting.problem ?? problem} />
        {answer?.canMail === false && <p className="mb-3 rounded-control bg-warn-soft p-4">{t('targets.noMail')}</p>}
        {answer === null ? (
          problem === null && <ListStatus words={t('targets.loading')} isLoading />
        ) : answer.targets.length === 0 ? (
          <ListStatus words={t('targets.none')} />
        ) : (
          <ul className="flex flex-col">
            {answer.targets.map((target) => (
              <TargetRow
                key={target.targetId}
                target={target}
                place={places?.find(({ placeId }) => placeId === target.placeId) ?? null}
                onAsk={setAsked}
                onTested={refresh}
              />
            ))}
          </ul>
        )}
      </Card>
      <Dialog title={t('targets.addTitle')} isOpen={asked?.about === 'add'} onClose={close}>
        {asked?.about === 'add' && <AlertTargetForm target={null} places={places ?? []} onSaved={saved} />}
      </Dialog>
      <Dialog title={t('targets.changeTitle', { name: nameOf })} isOpen={asked?.about === 'change'} onClose={close}>
        {asked?.about === 'change' && <AlertTargetForm target={asked.target} places={places ?? []} onSaved={saved} />}
      </Dialog>
      <Dialog
        title={t('targets.secretTitle', { name: secret?.targetName ?? '' })}
        isOpen={secret !== null}
        onClose={() => setSecret(null)}
      >
        <p className="text-base text-quiet">{t('targets.secretLead')}</p>
        {secret && <CopyText label={t('targets.secret')} text={secret.secret} action={t('targets.copy')} />}
        <Button size="large" onPress={() => setSecret(null)}>
          {t('targets.secretDone')}
        </Button>
      </Dialog>
      <ConfirmDialog
        title={t('targets.renewTitle', { name: nameOf })}
        body={t('targets.renewBody')}
        action={t('targets.renew')}
        isOpen={asked?.about === 'renew'}
        onClose={close}
        onConfirm={() => asked?.about === 'renew' && void renew(asked.target)}
      />
      <ConfirmDialog
        title={t('targets.removeTitle', { name: nameOf })}
        body={t('targets.removeBody')}
        action={t('targets.remove')}
        isOpen={asked?.about === 'remove'}
        onClose={close}
        onConfirm={() => asked?.about === 'remove' && void remove(asked.target)}
      />
    </>
  );
}

type TargetRowProps = {
  target: AlertTarget;
  /** null: the whole organisation */
  place: PlaceInTree | null;
  onAsk: (asked: Asked) => void;
  onTested: () => void;
};

function TargetRow({ target, place, onAsk, onTested }: TargetRowProps) {
  const { t } = useTranslation('alerts');
  const { kind, targetId, targetName, destination, atLeast } = target;
  const testing = useFreshAction();
  const test = async () => {
    await testing.run(() => callApi(alertTargetsApi.testAlertTarget, { params: { targetId } }));
    onTested();
  };
  const facts = [
    t(`targets.kind.${kind}`),
    place?.path ?? t('targets.fields.everywhere'),
    t(`targets.fields.${atLeast}`),
  ];
  return (
    <li className="flex flex-col gap-3 border-t border-line py-4 first:border-t-0 first:pt-0">
      <div className="flex min-w-0 flex-col gap-1">
        <p className="font-semibold wrap-anywhere">{targetName}</p>
        <p className="text-small break-all text-quiet">{destination}</p>
        <p className="text-small text-quiet">{facts.join(' · ')}</p>
        <DeliveryWords target={target} />
      </div>
      <ProblemWords problem={testing.problem} />
      <div className="flex flex-wrap gap-2">
        <Button
          aria-label={t('targets.testName', { name: targetName })}
          isPending={testing.isPending}
          onPress={() => void test()}
        >
          {t('targets.test')}
        </Button>
        {kind !== 'unknown' && (
          <Button
            aria-label={t('targets.changeName', { name: targetName })}
            onPress={() => onAsk({ about: 'change', target })}
          >
            {t('targets.change')}
          </Button>
        )}
        {kind === 'webhook' && (
          <Button
            aria-label={t('targets.renewName', { name: targetName })}
            onPress={() => onAsk({ about: 'renew', target })}
          >
            {t('targets.renew')}
          </Button>
        )}
        <Button
          variant="danger-quiet"
          aria-label={t('targets.removeName', { name: targetName })}
          onPress={() => onAsk({ about: 'remove', target })}
        >
          {t('targets.remove')}
        </Button>
      </div>
    </li>
  );
}

/** The last success, the last failure, and what waits. */
function DeliveryWords({ target: { delivery } }: { target: AlertTarget }) {
  const { t } = useTranslation('alerts');
  const language = currentLanguage();
  const { deliveredAtMs, failed, waitingCount, nextTryAtMs } = delivery;
  const agoOf = (atMs: number): string => ago(atMs, Date.now(), language);
  const isFailing = failed !== null && nextTryAtMs !== null;
  const reason = failed === null ? '' : t(`targets.reason.${failed.reason}`, { detail: failed.detail });
  return (
    <div className="numerals flex flex-col text-small" role="status">
      {isFailing && <span className="font-semibold wrap-anywhere text-fault">{t('targets.failing', { reason })}</span>}
      <span className="text-quiet">
        {deliveredAtMs === null ? t('targets.never') : t('targets.delivered', { ago: agoOf(deliveredAtMs) })}
        {waitingCount > 0 && ` · ${t('targets.waiting', { count: waitingCount })}`}
        {isFailing && waitingCount > 0 && ` · ${t('targets.nextTry', { time: clockTime(nextTryAtMs, language) })}`}
      </span>
      {failed !== null && !isFailing && (
        <span className="wrap-anywhere text-quiet">
          {t('targets.failedBefore', { ago: agoOf(failed.atMs), reason })}
        </span>
      )}
    </div>
  );
}
