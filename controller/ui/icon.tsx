/** The one way to show a lucide icon: decoration beside words, so hidden from screen readers, sized in rem. */
import type { LucideIcon } from 'lucide-react';

export type { LucideIcon };

type IconProps = { of: LucideIcon; className?: string };

/** `className` sizes it (`size-6` where none is given). Import icons one by one: `lucide-react/icons/mic`. */
export function Icon({ of: Drawing, className = 'size-6' }: IconProps) {
  return <Drawing aria-hidden focusable="false" strokeWidth={1.9} className={`shrink-0 ${className}`} />;
}
