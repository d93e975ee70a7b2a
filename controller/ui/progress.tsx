/** Waiting, shown: a spinner where the end is unknown, a bar where it is known. */

type SpinnerProps = { className?: string; label?: string };

/** With a `label` it is announced; without one it is decoration beside text of the same meaning. */
export function Spinner({ className = 'size-6', label }: SpinnerProps) {
  const named = label === undefined ? { 'aria-hidden': true } : { role: 'status', 'aria-label': label };
  return (
    <span {...named} className={`inline-block shrink-0 ${className}`}>
      <svg viewBox="0 0 24 24" fill="none" aria-hidden="true" className="size-full animate-turn">
        <circle cx="12" cy="12" r="9" stroke="currentColor" strokeWidth="2.5" opacity="0.22" />
        <path d="M21 12a9 9 0 0 0-9-9" stroke="currentColor" strokeWidth="2.5" strokeLinecap="round" />
      </svg>
    </span>
  );
}

type BarProps = { label: string; percent: number; className?: string; tone?: 'accent' | 'warn' | 'fault' };
const toneClass = { accent: 'bg-accent', warn: 'bg-warn', fault: 'bg-fault' };

/** A level or a progress, 0 to 100. */
export function Bar({ label, percent, className = 'h-2', tone = 'accent' }: BarProps) {
  const shown = Math.max(0, Math.min(100, percent));
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(shown)}
      className={`w-full overflow-hidden rounded-full bg-lifted ${className}`}
    >
      <div className={`h-full origin-left rounded-full ${toneClass[tone]}`} style={{ width: `${shown}%` }} />
    </div>
  );
}
