/** The microphone's level. Drawn apart from its surroundings, because it changes many times a second. */
import { useTranslation } from 'react-i18next';
import { Bar } from '#ui/progress.tsx';
import { useLevel } from './sound-check.ts';

export function MicrophoneLevel({ track }: { track: MediaStreamTrack }) {
  const { t } = useTranslation('join');
  return <Bar label={t('check.level')} percent={useLevel(track)} />;
}
