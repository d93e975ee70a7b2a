/** A raised piece of a page, with its heading and one thing to do about the whole of it. */
import type { ReactNode } from 'react';

type CardProps = {
  title?: string /** what links lead to it by */;
  place?: string;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
};

export function Card({ title, place, aside, children, className = '' }: CardProps) {
  return (
    <section aria-label={title} data-place={place} className={`rounded-card bg-raised p-5 shadow-card ${className}`}>
      {(title !== undefined || aside !== undefined) && (
        <div className="mb-3 flex min-h-9 flex-wrap items-center justify-between gap-x-3 gap-y-2">
          {title !== undefined && <h2 className="text-base font-semibold">{title}</h2>}
          {aside}
        </div>
      )}
      {children}
    </section>
  );
}
