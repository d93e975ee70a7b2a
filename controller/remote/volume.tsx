/** The TV's volume: follows the finger at once, sends it a few times a second, then follows the room again. */
import Volume2 from 'lucide-react/icons/volume-2';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PercentSlider } from '#ui/slider.tsx';
import type { Ask } from './use-room.ts';

const TELL_EVERY_MS = 200;
/** After letting go the slider stays where the finger left it until the room's own value has come. */
const HOLD_MS = 1_500;

export function Volume({ percent, ask }: { percent: number; ask: Ask }) {
  const { t } = useTranslation('remote');
  const [held, setHeld] = useState<number | null>(null);
  const toldAtMs = useRef(0);
  const tell = (value: number) => {
    toldAtMs.current = Date.now();
    ask({ name: 'set-volume', percent: value });
  };
  useEffect(() => {
    if (held === null) return;
    const timer = setTimeout(() => setHeld(null), held === percent ? 300 : HOLD_MS);
    return () => clearTimeout(timer);
  }, [held, percent]);
  return (
    <PercentSlider
      label={t('volume')}
      icon={Volume2}
      percent={held ?? percent}
      onChange={(value) => {
        setHeld(value);
        if (Date.now() - toldAtMs.current >= TELL_EVERY_MS) tell(value);
      }}
      onChangeEnd={tell}
    />
  );
}
