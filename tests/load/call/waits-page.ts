/** The page that the bare server serves, for the bench to drive: the bare client, and who is waited for in either room. */
import { BareClient } from '../peers/bare-client.ts';
import { MaruLoadClient } from './maru-load-client.ts';

declare global {
  interface Window {
    BareClient: typeof BareClient;
    MaruLoadClient: typeof MaruLoadClient;
  }
}
Object.assign(window, { BareClient, MaruLoadClient });
