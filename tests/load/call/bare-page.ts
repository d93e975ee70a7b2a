/** The page that the bare server serves: the client, for the bench to drive. */
import { BareClient } from '../peers/bare-client.ts';

declare global {
  interface Window {
    BareClient: typeof BareClient;
  }
}
window.BareClient = BareClient;
