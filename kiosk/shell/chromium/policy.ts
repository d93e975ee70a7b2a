/**
 * Chromium's managed policy on a room's box, and whether it is in force. Chromium reads it from a folder that only root
 * writes, so provisioning/system puts it there; the shell only checks it, and logs each gap.
 * Names and values: https://chromeenterprise.google/policies/ as Chromium 156 knows them.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

export const POLICY_FOLDER = '/etc/chromium/policies/managed';
export type Policy = Record<string, unknown>;

const BLOCK = 2;
const DISALLOWED = 1;

/** @param origin of the screen's page: the one place this browser may show, with camera, microphone and sound */
export function managedPolicy(origin: string): Policy {
  return {
    // navigation; '*' leaves the browser's own pages out
    URLBlocklist: ['*', 'chrome://*', 'chrome-untrusted://*', 'devtools://*', 'file://*', 'view-source:*', 'data:*'],
    // the second is a part of the browser's own frame: blocked, it would be a page of its own
    URLAllowlist: [origin, 'chrome://omnibox-popup.top-chrome'],
    AutoLaunchProtocolsFromOrigins: [],
    // the watchdog's pipe alone; nobody gets a window of it, because devtools:// is blocked
    DeveloperToolsAvailability: 2,
    DeveloperToolsAvailabilityAllowlist: [origin],
    // permissions
    VideoCaptureAllowed: false,
    VideoCaptureAllowedUrls: [origin],
    AudioCaptureAllowed: false,
    AudioCaptureAllowedUrls: [origin],
    AutoplayAllowed: true,
    ScreenCaptureAllowed: false,
    DefaultClipboardSetting: BLOCK,
    DefaultDirectSocketsSetting: BLOCK,
    DefaultFileSystemReadGuardSetting: BLOCK,
    DefaultFileSystemWriteGuardSetting: BLOCK,
    DefaultGeolocationSetting: BLOCK,
    DefaultIdleDetectionSetting: BLOCK,
    DefaultInsecureContentSetting: BLOCK,
    DefaultLocalFontsSetting: BLOCK,
    DefaultNotificationsSetting: BLOCK,
    DefaultPopupsSetting: BLOCK,
    DefaultSensorsSetting: BLOCK,
    DefaultSerialGuardSetting: BLOCK,
    DefaultWebBluetoothGuardSetting: BLOCK,
    DefaultWebHidGuardSetting: BLOCK,
    DefaultWebUsbGuardSetting: BLOCK,
    DefaultWindowManagementSetting: BLOCK,
    // files and paper
    AllowFileSelectionDialogs: false,
    DownloadRestrictions: 3,
    PrintingEnabled: false,
    // certificates
    SSLErrorOverrideAllowed: false,
    // other windows, other people
    BrowserAddPersonEnabled: false,
    BrowserGuestModeEnabled: false,
    BrowserSignin: 0,
    IncognitoModeAvailability: DISALLOWED,
    SyncDisabled: true,
    TaskManagerEndProcessEnabled: false,
    // what a browser offers to people
    AutofillAddressEnabled: false,
    AutofillCreditCardEnabled: false,
    BookmarkBarEnabled: false,
    BrowserLabsEnabled: false,
    DefaultBrowserSettingEnabled: false,
    EditBookmarksEnabled: false,
    EnableMediaRouter: false,
    ExtensionInstallBlocklist: ['*'],
    BlockExternalExtensions: true,
    GenAiDefaultSettings: 2,
    PasswordManagerEnabled: false,
    PaymentMethodQueryEnabled: false,
    SpellcheckEnabled: false,
    TranslateEnabled: false,
    UserFeedbackAllowed: false,
    WebAppInstallByUserEnabled: false,
    // what a browser tells others
    AlternateErrorPagesEnabled: false,
    BackgroundModeEnabled: false,
    ComponentUpdatesEnabled: false,
    DefaultSearchProviderEnabled: false,
    DomainReliabilityAllowed: false,
    MetricsReportingEnabled: false,
    NetworkPredictionOptions: 2,
    SafeBrowsingProtectionLevel: 0,
    SearchSuggestEnabled: false,
    UrlKeyedAnonymizedDataCollectionEnabled: false,
  };
}

/**
 * Chromium merges the files of the folder, the later name over the earlier.
 * @returns what is not as the policy wants it; empty: it is in force
 */
export function policyGaps(wanted: Policy, folder = POLICY_FOLDER): string[] {
  let there: Policy;
  try {
    there = readFolder(folder);
  } catch (error) {
    return [(error as Error).message];
  }
  return Object.keys(wanted).filter((name) => !isDeepStrictEqual(there[name], wanted[name]));
}

function readFolder(folder: string): Policy {
  const all: Policy = {};
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    const { uid, mode } = statSync(path);
    if (uid !== 0 || (mode & 0o022) !== 0) throw new Error(`${path} can be written by others than root`);
    Object.assign(all, JSON.parse(readFileSync(path, 'utf8')));
  }
  return all;
}
