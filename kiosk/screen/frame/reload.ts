/** The last means of recovery. The agent keeps the ticket, so that a page that comes back is in its call again. */
const KEPT_AS = 'maru-reloaded-at-ms';

export function reloadAtMostOnceAMinute(): boolean {
  const lastMs = Number(sessionStorage.getItem(KEPT_AS) ?? 0);
  if (Date.now() - lastMs < 60_000) return false;
  sessionStorage.setItem(KEPT_AS, String(Date.now()));
  location.reload();
  return true;
}
