/** An address as people have to type it: browsers try plain http for an IP address, and for any host with a port. Pure. */
const ENDS_WITH_A_NAME = /(^|\.)[a-z][a-z\d-]*$/i;

/** Without `https://` where a browser adds that by itself. */
export function typedAddress(url: string): string {
  const { port, hostname } = new URL(url);
  return port === '' && ENDS_WITH_A_NAME.test(hostname) ? url.replace(/^https:\/\//, '') : url;
}
