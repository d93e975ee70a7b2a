/** Whether a room is in service from now on, until when it is not, and why. */
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ServiceState } from '#contract/room-service.ts';
import { Button } from '#ui/button.tsx';
import { ChoiceList } from '#ui/choice-list.tsx';
import { TextField } from '#ui/text-field.tsx';
import { SelectField } from './select-field.tsx';

export type ServiceChange = { state: Exclude<ServiceState, 'new'>; untilMs: number | null; reason: string };

const STATES = ['in-service', 'maintenance', 'retired'] as const;
const HOUR_MS = 3_600_000;
const ENDS = { never: null, hour: HOUR_MS, fourHours: 4 * HOUR_MS, day: 24 * HOUR_MS, week: 168 * HOUR_MS } as const;
type End = keyof typeof ENDS | 'at';
const END_KEYS = [...(Object.keys(ENDS) as End[]), 'at'] as const;

type ServiceFormProps = {
  chosen: ServiceState;
  isPending: boolean;
  onSubmit: (change: ServiceChange) => void;
  /** what went wrong */
  children?: ReactNode;
};

export function ServiceForm({ chosen, isPending, onSubmit, children }: ServiceFormProps) {
  const { t } = useTranslation('fleet');
  const [state, setState] = useState<ServiceChange['state']>(chosen === 'new' ? 'in-service' : chosen);
  const [end, setEnd] = useState<End>('never');
  const [at, setAt] = useState('');
  const [isAtWrong, setAtWrong] = useState(false);
  const [reason, setReason] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isPending) return;
    const nowMs = Date.now();
    const untilMs = state !== 'maintenance' ? null : endMs(end, at, nowMs);
    if (untilMs !== null && !(untilMs > nowMs)) {
      setAtWrong(true);
      return;
    }
    onSubmit({ state, untilMs, reason: reason.trim() });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-5" noValidate>
      <ChoiceList
        label={t('service.label')}
        choices={STATES.map((key) => ({ key, words: t(`service.state.${key}`), note: t(`service.hint.${key}`) }))}
        chosen={state}
        pending={null}
        onChoose={(key) => setState(key as ServiceChange['state'])}
      />
      {state === 'maintenance' && (
        <SelectField
          label={t('service.end')}
          choices={END_KEYS.map((key) => ({ key, words: t(`service.ends.${key}`) }))}
          chosen={end}
          onChoose={setEnd}
        />
      )}
      {state === 'maintenance' && end === 'at' && (
        <TextField
          label={t('service.endsAt')}
          type="datetime-local"
          value={at}
          onChange={(value) => {
            setAt(value);
            setAtWrong(false);
          }}
          problem={isAtWrong ? t('service.endsAtWrong') : null}
        />
      )}
      {state === 'retired' && <p className="text-small font-semibold text-fault">{t('bulk.retireHint')}</p>}
      <TextField
        label={t('service.reason')}
        hint={t('service.reasonHint')}
        value={reason}
        onChange={setReason}
        maxLength={300}
      />
      {children}
      <Button type="submit" variant={state === 'retired' ? 'danger' : 'primary'} size="large" isPending={isPending}>
        {t('service.action')}
      </Button>
    </form>
  );
}

/** NaN: nothing that is a time was entered. */
function endMs(end: End, at: string, nowMs: number): number | null {
  if (end === 'at') return new Date(at).getTime();
  const inMs = ENDS[end];
  return inMs === null ? null : nowMs + inMs;
}
