/*
 * A copied value is in the hands of the operating system. When the values end it is taken back if it is still ours, as far as browsers
 * allow: reading the clipboard needs a permission that is never asked for here, so without it only a page that was not left since may know.
 */
let digest: Uint8Array | null = null;
let key: CryptoKey | null = null;
let mayBeOurs = false;
let wasLeft = false;

addEventListener('blur', () => (wasLeft = true));
document.addEventListener('copy', () => (mayBeOurs = false));
document.addEventListener('cut', () => (mayBeOurs = false));

async function digestOf(text: string): Promise<Uint8Array> {
  // Keyed: a plain hash of a card number could be searched for.
  key ??= await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text)));
}

export async function copyValue(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    digest = await digestOf(text);
    mayBeOurs = true;
    wasLeft = false;
    return true;
  } catch {
    return false;
  }
}

export type ClipboardEnd = 'untouched' | 'cleared' | 'unknown';

/** Empties the clipboard if what is in it came from here. `unknown`: it could not be found out, the agent decides. */
export async function takeBack(): Promise<ClipboardEnd> {
  if (digest === null || !mayBeOurs) return 'untouched';
  const ours = digest;
  digest = null;
  try {
    const permission = await navigator.permissions.query({ name: 'clipboard-read' as PermissionName });
    if (permission.state === 'granted') {
      const now = await digestOf(await navigator.clipboard.readText());
      if (!now.every((byte, index) => byte === ours[index])) return 'untouched';
    } else if (wasLeft) return 'unknown';
  } catch {
    if (wasLeft) return 'unknown';
  }
  return (await clearClipboard()) ? 'cleared' : 'unknown';
}

export async function clearClipboard(): Promise<boolean> {
  try {
    await navigator.clipboard.writeText('');
    return true;
  } catch {
    return false;
  }
}
