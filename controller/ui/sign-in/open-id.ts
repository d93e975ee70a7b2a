/** The organisation's own sign-in (OpenID Connect): the fleet server's page sends the browser there, and back to a page of ours. */

const START_PATH = '/api/v1/openid/start';

/** @param returnTo path of the page to come back to */
export function goToOpenId(returnTo: string): void {
  location.assign(`${START_PATH}?${new URLSearchParams({ returnTo })}`);
}
