/** What a host sets: whether what is spoken is written, and in which language it is spoken. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallTranscript } from '#contract/transcript.ts';
import { OnOff } from '../on-off.tsx';
import { ToggleGroup } from '../toggle-group.tsx';

type TranscriptSwitchProps = {
  transcript: CallTranscript;
  isPending: boolean;
  onChange: (change: Pick<CallTranscript, 'isOn' | 'language'>) => void;
};

/** Nothing where it cannot be turned on: no engine, or the meeting's policy is against it. */
export function TranscriptSwitch({ transcript, isPending, onChange }: TranscriptSwitchProps) {
  const { t } = useTranslation('transcript');
  const { isOn, isPossible, isFailing } = transcript;
  /** before it is on, it is only this page's choice; null: the meeting's */
  const [chosen, setChosen] = useState<CallTranscript['language'] | null>(null);
  if (!isPossible && !isOn) return null;
  const language = isOn ? transcript.language : (chosen ?? transcript.language);
  return (
    <div className="flex flex-col gap-1">
      <OnOff
        note={t('switchNote')}
        isOn={isOn}
        isDisabled={isPending}
        onChange={(turnsOn) => onChange({ isOn: turnsOn, language })}
      >
        {t('switch')}
      </OnOff>
      <p role="status" className="text-small font-medium text-warn empty:hidden">
        {isOn && isFailing && t('failing')}
      </p>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="text-small text-quiet">{t('language')}</span>
        <ToggleGroup
          label={t('language')}
          choices={[
            { key: 'ko', words: t('ko') },
            { key: 'en', words: t('en') },
          ]}
          chosen={language}
          isDisabled={isPending}
          onChoose={(key) => {
            setChosen(key);
            if (isOn) onChange({ isOn, language: key });
          }}
          className="min-w-52 flex-1"
        />
      </div>
    </div>
  );
}
