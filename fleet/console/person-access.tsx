/** By what an account is open at the moment: its browsers and its API tokens, each of which can be ended. */
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type AccountRow, peopleApi } from '#contract/http/people-api.ts';
import { tokensApi } from '#contract/http/tokens-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ConfirmDialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { ago, dateAndTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { useFreshAction } from './fresh-sign-in.tsx';
import { useFetched } from './use-fetched.ts';

type PersonProps = { account: AccountRow };

export function PersonSessions({ account: { accountId, displayName: name } }: PersonProps) {
  const { t } = useTranslation('people');
  const params = { accountId };
  const { answer, problem, refresh } = useFetched(() => callApi(peopleApi.listAccountSessions, { params }));
  const [isAsking, setAsking] = useState(false);
  const ending = useFreshAction();
  const end = async (work: () => Promise<unknown>) => {
    setAsking(false);
    if ((await ending.run(work)) !== null) refresh();
  };
  return (
    <Card title={t('person.sessions')}>
      {answer !== null && (
        <ul className="flex flex-col">
          {answer.sessions.map(({ sessionId, browser, network, lastUsedAtMs, isCurrent }) => (
            <Line
              key={sessionId}
              title={browser || network}
              note={[
                network,
                isCurrent
                  ? t('person.current')
                  : t('person.used', { ago: ago(lastUsedAtMs, Date.now(), currentLanguage()) }),
              ].join(' · ')}
              action={t('person.end')}
              actionName={t('person.endSession', { browser })}
              isDisabled={ending.isPending}
              onAct={() => void end(() => callApi(peopleApi.endAccountSession, { params: { accountId, sessionId } }))}
            />
          ))}
        </ul>
      )}
      {answer?.sessions.length === 0 && <p className="text-small text-quiet">{t('person.noSessions')}</p>}
      <ProblemWords problem={ending.problem ?? problem} />
      {answer !== null && answer.sessions.length > 0 && (
        <Button variant="danger-quiet" className="-ml-4" isPending={ending.isPending} onPress={() => setAsking(true)}>
          {t('person.endAll')}
        </Button>
      )}
      <ConfirmDialog
        title={t('person.endAllTitle', { name })}
        body={t('person.endAllBody')}
        action={t('person.endAll')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => void end(() => callApi(peopleApi.endAccountSessions, { params }))}
      />
    </Card>
  );
}

export function PersonTokens({ account: { accountId } }: PersonProps) {
  const { t } = useTranslation('people');
  const { answer, problem, refresh } = useFetched(() =>
    callApi(tokensApi.listAccountTokens, { params: { accountId } }),
  );
  const revoking = useFreshAction();
  const revoke = async (tokenId: string) => {
    const params = { accountId, tokenId };
    if ((await revoking.run(() => callApi(tokensApi.revokeAccountToken, { params }))) !== null) refresh();
  };
  return (
    <Card title={t('person.tokens')}>
      {answer !== null && (
        <ul className="flex flex-col">
          {answer.tokens.map(({ tokenId, tokenName, expiresAtMs }) => (
            <Line
              key={tokenId}
              title={tokenName}
              note={t('person.until', { time: dateAndTime(expiresAtMs, currentLanguage()) })}
              action={t('person.revoke')}
              actionName={t('person.revokeToken', { name: tokenName })}
              isDisabled={revoking.isPending}
              onAct={() => void revoke(tokenId)}
            />
          ))}
        </ul>
      )}
      {answer?.tokens.length === 0 && <p className="text-small text-quiet">{t('person.noTokens')}</p>}
      <ProblemWords problem={revoking.problem ?? problem} />
    </Card>
  );
}

type LineProps = {
  title: string;
  note: ReactNode;
  action: string;
  actionName: string;
  isDisabled: boolean;
  onAct: () => void;
};

function Line({ title, note, action, actionName, isDisabled, onAct }: LineProps) {
  return (
    <li className="flex items-center gap-3 border-t border-line py-3 first:border-t-0 first:pt-0">
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{title}</span>
        <span className="block text-small wrap-anywhere text-quiet">{note}</span>
      </span>
      <Button aria-label={actionName} isDisabled={isDisabled} onPress={onAct}>
        {action}
      </Button>
    </li>
  );
}
