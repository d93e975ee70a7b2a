/** A page with one message. */
import { Floor } from './floor.tsx';
import { Spinner } from './progress.tsx';

export function OnlyMessage({ title, lead, isWaiting = false }: { title: string; lead: string; isWaiting?: boolean }) {
  return (
    <div className="relative isolate flex min-h-dvh flex-col">
      <Floor />
      <main className="mx-auto flex w-full max-w-xl flex-1 flex-col justify-center gap-3 px-6 pb-24">
        <h1 className="text-title font-bold">{title}</h1>
        <p role="status" className="flex items-center gap-3 text-base text-quiet">
          {isWaiting && <Spinner className="size-5" />}
          {lead}
        </p>
      </main>
    </div>
  );
}
