/** A recipient of alerts, new or changed. */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type AlertTarget, alertTargetsApi, NewAlertTarget } from '#contract/http/alerts-api.ts';
import { shownText } from '#contract/shown-text.ts';
import { Button } from '#ui/button.tsx';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { TextField } from '#ui/text-field.tsx';
import { ToggleGroup } from '#ui/toggle-group.tsx';
import { currentLanguage } from '#ui/words/words.ts';
import { placeChoices } from './account-form.tsx';
import { useFreshAction } from './fresh-sign-in.tsx';
import { SelectField } from './select-field.tsx';
import type { PlaceInTree } from './use-places.ts';

type AlertTargetFormProps = {
  /** null: a new one */
  target: AlertTarget | null;
  places: readonly PlaceInTree[];
  /** `secret` of a new webhook */
  onSaved: (targetName: string, secret: string | null) => void;
};

export function AlertTargetForm({ target, places, onSaved }: AlertTargetFormProps) {
  const { t } = useTranslation('alerts');
  const [kind, setKind] = useState<'mail' | 'webhook'>(target?.kind === 'webhook' ? 'webhook' : 'mail');
  const [typedName, setName] = useState(target?.targetName ?? '');
  const [destination, setDestination] = useState(target?.destination ?? '');
  const [placeId, setPlaceId] = useState<string>(target?.placeId ?? '');
  const [atLeast, setAtLeast] = useState(target?.atLeast ?? 'warning');
  const [language, setLanguage] = useState(target?.language ?? currentLanguage());
  const [checked, setChecked] = useState(false);
  const { run, isPending, problem } = useFreshAction();
  const targetName = shownText(typedName);
  const to = destination.trim();
  const common = { targetName, placeId: placeId === '' ? null : placeId, atLeast, language };
  const parsed = NewAlertTarget.safeParse(
    kind === 'mail' ? { kind, ...common, address: to } : { kind, ...common, url: to },
  );
  const isWrong = (field: string): boolean =>
    checked && !parsed.success && parsed.error.issues.some(({ path }) => path[0] === field);
  const save = async (body: NewAlertTarget): Promise<string | null> => {
    if (target === null) return (await callApi(alertTargetsApi.addAlertTarget, { body })).secret;
    await callApi(alertTargetsApi.changeAlertTarget, { params: { targetId: target.targetId }, body });
    return null;
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (!parsed.success || isPending) return;
    const saved = await run(async () => ({ secret: await save(parsed.data) }));
    if (saved !== null) onSaved(targetName, saved.secret);
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5" noValidate>
      {target === null && (
        <ToggleGroup
          label={t('targets.kind.label')}
          choices={(['mail', 'webhook'] as const).map((key) => ({ key, words: t(`targets.kind.${key}`) }))}
          chosen={kind}
          onChoose={setKind}
        />
      )}
      <TextField
        label={t('targets.fields.name')}
        value={typedName}
        onChange={setName}
        maxLength={80}
        autoFocus
        problem={isWrong('targetName') ? t('needed', { ns: 'common' }) : null}
      />
      {kind === 'mail' ? (
        <TextField
          key="mail"
          label={t('targets.fields.address')}
          type="email"
          inputMode="email"
          value={destination}
          onChange={setDestination}
          problem={isWrong('address') ? t('targets.wrongAddress') : null}
        />
      ) : (
        <TextField
          key="webhook"
          label={t('targets.fields.url')}
          hint={t('targets.fields.urlHint')}
          type="url"
          inputMode="url"
          value={destination}
          onChange={setDestination}
          problem={isWrong('url') ? t('targets.wrongUrl') : null}
        />
      )}
      {places.length > 0 && (
        <SelectField
          label={t('targets.fields.place')}
          isWordy
          choices={placeChoices(places, t('targets.fields.everywhere'))}
          chosen={placeId}
          onChoose={setPlaceId}
        />
      )}
      <SelectField
        label={t('targets.fields.atLeast')}
        choices={(['warning', 'critical'] as const).map((key) => ({ key, words: t(`targets.fields.${key}`) }))}
        chosen={atLeast}
        onChoose={setAtLeast}
      />
      {kind === 'mail' && (
        <SelectField
          label={t('targets.fields.language')}
          choices={(['ko', 'en'] as const).map((key) => ({ key, words: t(`targets.fields.${key}`) }))}
          chosen={language}
          onChoose={setLanguage}
        />
      )}
      <ProblemWords problem={problem} />
      <Button type="submit" variant="primary" size="large" isPending={isPending}>
        {t('targets.save')}
      </Button>
    </form>
  );
}
