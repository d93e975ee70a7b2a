/** Changes of the own devices in the call, as short news: gone, back, replaced, interrupted. */
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Toast } from '#ui/toast.tsx';
import { problemWith } from './device-problems.tsx';
import type { CaptureKind, GuestDevicesState } from './guest-devices.ts';

type Seen = Pick<GuestDevicesState[CaptureKind], 'track' | 'problem' | 'interrupted' | 'deviceId'>;

/** @param inCall before it, the check page shows the same */
export function useDeviceNews(
  devices: GuestDevicesState,
  inCall: boolean,
  add: (toast: Omit<Toast, 'id'>) => void,
): void {
  const { t } = useTranslation('join');
  const before = useRef<Record<CaptureKind, Seen> | null>(null);
  useEffect(() => {
    const known = before.current;
    before.current = inCall ? devices : null;
    if (known === null || !inCall) return;
    for (const kind of ['microphone', 'camera'] as const) {
      const [was, is] = [known[kind], devices[kind]];
      const [wrong, isWrong] = [problemWith(was as GuestDevicesState[CaptureKind]), problemWith(is)];
      if (isWrong !== null && isWrong !== wrong) add({ words: t(`call.problem.${kind}.${isWrong}`), tone: 'warn' });
      else if (wrong !== null && isWrong === null && is.track !== null) {
        const label = is.track.label;
        add({ words: label === '' ? t(`call.back.${kind}`) : t('call.back.named', { device: label }) });
      }
    }
  }, [devices, inCall, add, t]);
}
