/** Pages and files that the fleet server serves beside the API. */
export const pagePaths = {
  console: '/',
  controller: '/control',
  join: '/join',
  share: '/share',
  staff: '/staff',
  watch: '/watch',
  openidStart: '/openid/start',
  openidCallback: '/openid/callback',
  openidLogout: '/openid/logout',
  apiDocs: '/api/docs',
  openApi: '/api/openapi.json',
  health: '/healthz',
  metrics: '/metrics',
  caCertificate: '/ca.crt',
} as const;

/** A one-time link to an account: its code stands where no server logs it. */
export const accountInviteUrl = (fleetUrl: string, code: string): string =>
  `${fleetUrl}${pagePaths.staff}#invite=${code}`;

/** The watch page with this broadcast, live or as a replay. */
export const watchUrl = (fleetUrl: string, broadcastId: string): string =>
  `${fleetUrl}${pagePaths.watch}/${broadcastId}`;

/** A recording, a broadcast or a place on a meeting's page, by whatever name of our server: it asks for an account. */
export function isForAccounts(url: string): boolean {
  const { pathname, hash } = URL.parse(url) ?? {};
  if (pathname === undefined || hash === undefined) return false;
  return pathname.startsWith(`${pagePaths.watch}/`) || (pathname === pagePaths.staff && hash.startsWith('#/meetings/'));
}

/** The staff page with this meeting; its people alone see it. */
export const meetingUrl = (fleetUrl: string, meetingId: string): string =>
  `${fleetUrl}${pagePaths.staff}#/meetings/${meetingId}`;
/**
 * A place on a meeting's page: a part (`agenda`, `notes`, `minutes`, `polls`, `chat`, `transcript`), or behind it and a `-` the id of a
 * message, a segment or a poll; of `agenda`, `minutes` and `notes` the key of a line (`lineKey`), as the agenda or the minutes have it. What
 * the page does not know leads to its part, or to the page.
 */
export const meetingPlaceUrl = (fleetUrl: string, meetingId: string, place: string): string =>
  `${fleetUrl}${pagePaths.staff}#/meetings/${meetingId}/at/${place}`;
