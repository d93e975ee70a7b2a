/** A fault: the failed part, whether the meeting can go on, advice, and the code for IT. */
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import type { ErrorCode } from '#contract/error-codes.ts';
import { ErrorWords } from '#ui/error-words.tsx';
import { Icon } from '#ui/icon.tsx';

export function FaultScene({ code, roomName }: { code: ErrorCode; roomName: string | null }) {
  return (
    <main className="hall relative flex h-full flex-col justify-center px-24">
      {roomName !== null && <p className="absolute top-20 left-24 text-tv-name text-quiet">{roomName}</p>}
      <Icon of={TriangleAlert} className="mb-10 size-20 text-fault" />
      <ErrorWords code={code} scale="tv" as="title" className="max-w-[92rem]" />
    </main>
  );
}
