/** The one button of every page. Each is a touch target of 48 px or more. */
import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import type { ButtonProps as AriaButtonProps } from 'react-aria-components/Button';
import { Icon } from './icon.tsx';
import type { LucideIcon } from './icon.tsx';
import { Spinner } from './progress.tsx';

/**
 * `primary`: the one thing to do here. `plain`: everything else. `quiet`: without a ground. `danger`: ends or removes.
 * `inverted`: a plain one whose thing is off (muted, camera off).
 */
export type ButtonVariant = 'primary' | 'plain' | 'quiet' | 'danger' | 'danger-quiet' | 'inverted';
/** `bar`: icon above a short word, for a bar of controls. */
export type ButtonSize = 'medium' | 'large' | 'hero' | 'bar';

const variantClass: Record<ButtonVariant, string> = {
  primary: 'bg-accent text-accent-ink data-hovered:bg-accent-strong data-pressed:bg-accent-strong',
  plain: 'bg-lifted text-ink data-hovered:brightness-[1.06] data-pressed:brightness-95',
  quiet: 'bg-transparent text-ink data-hovered:bg-lifted data-pressed:bg-lifted',
  danger: 'bg-danger text-danger-ink data-hovered:bg-danger-strong data-pressed:bg-danger-strong',
  'danger-quiet': 'bg-transparent text-fault data-hovered:bg-fault-soft data-pressed:bg-fault-soft',
  inverted: 'bg-ink text-surface data-hovered:opacity-90 data-pressed:opacity-90',
};
const sizeClass: Record<ButtonSize, string> = {
  medium: 'min-h-12 min-w-12 gap-2 rounded-control px-4 text-base',
  large: 'min-h-14 min-w-14 gap-3 rounded-control px-5 text-control',
  hero: 'min-h-20 min-w-20 gap-4 rounded-card px-8 text-heading',
  bar: 'min-h-16 min-w-16 flex-col gap-1 rounded-control px-2 py-2 text-small',
};
const iconSize: Record<ButtonSize, string> = {
  medium: 'size-5',
  large: 'size-6',
  hero: 'size-8',
  bar: 'size-6',
};

export type ButtonProps = Omit<AriaButtonProps, 'children' | 'className' | 'style'> & {
  variant?: ButtonVariant;
  size?: ButtonSize;
  icon?: LucideIcon;
  /** for a button of an icon alone; its name goes into `aria-label` */
  children?: ReactNode;
  className?: string;
};

/**
 * `isPending` shows at once that the tap counts; the button keeps its width and its focus, and ignores a second tap.
 * Not React Aria's own `isPending`: that announces an id which is gone by the time it is read.
 */
export function Button({ variant = 'plain', size = 'medium', icon, children, className = '', ...rest }: ButtonProps) {
  const { isPending = false, onPress, type, ...others } = rest;
  const iconOnly = children === undefined;
  return (
    <AriaButton
      {...others}
      type={isPending ? 'button' : type}
      onPress={isPending ? undefined : onPress}
      className={`inline-flex items-center justify-center text-center font-semibold select-none transition-[background-color,color,opacity,filter,transform] data-pressed:scale-[0.985] data-disabled:cursor-default data-disabled:opacity-45 ${isPending ? 'cursor-progress' : 'cursor-pointer'} ${variantClass[variant]} ${sizeClass[size]} ${iconOnly ? 'px-0!' : ''} ${className}`}
    >
      {isPending ? <Spinner className={iconSize[size]} /> : icon && <Icon of={icon} className={iconSize[size]} />}
      {children}
    </AriaButton>
  );
}
