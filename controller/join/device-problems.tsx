/** The faults of microphone and camera in words, with a retry. Used before the call and in it. */
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { Icon } from '#ui/icon.tsx';
import type { CaptureKind, GuestDevices, GuestDevicesState } from './guest-devices.ts';

type DeviceProblemsProps = { devices: GuestDevices; state: GuestDevicesState; inCall?: boolean };

export function DeviceProblems({ devices, state, inCall = false }: DeviceProblemsProps) {
  const { t } = useTranslation('join');
  const found = (['microphone', 'camera'] as const).flatMap((kind) => {
    const problem = problemWith(state[kind]);
    return problem ? [{ kind, problem }] : [];
  });
  if (found.length === 0) return null;
  return (
    <div role="status" className="rounded-card bg-warn-soft p-4">
      <ul className="flex flex-col gap-3">
        {found.map(({ kind, problem }) => (
          <li key={kind} className="flex items-start gap-3 text-base">
            <Icon of={TriangleAlert} className="mt-0.5 size-5 text-warn" />
            <span className="flex flex-1 flex-col items-start gap-1">
              {problem === 'interrupted' || inCall
                ? t(`call.problem.${kind}.${problem}`)
                : t(`problem.${kind}.${problem}`)}
              <Button
                size="medium"
                variant="quiet"
                isPending={state[kind].asking}
                className="-mb-2 -ml-4 text-small!"
                onPress={() => void devices.retry(kind)}
              >
                {t('check.retryDevice')}
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

type Problem = NonNullable<GuestDevicesState[CaptureKind]['problem']> | 'interrupted';

export function problemWith({ problem, interrupted }: GuestDevicesState[CaptureKind]): Problem | null {
  return interrupted ? 'interrupted' : problem;
}
