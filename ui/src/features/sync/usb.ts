import { app, changeSettings } from "../../lib/app.svelte";

/** Folders offered again. */
const KEPT = 4;

/** Folders used before, newest first. */
export function rememberedFolders(): string[] {
  return app.state?.settings.usb_folders ?? [];
}

export async function rememberFolder(folder: string): Promise<void> {
  const others = rememberedFolders().filter((one) => one !== folder);
  await changeSettings({ usb_folders: [folder, ...others].slice(0, KEPT) });
}
