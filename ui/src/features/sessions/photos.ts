import { call } from "../../lib/backend";

/** Pictures a person pasted or dropped. A spreadsheet pastes its cells as a picture too: where there is text, text is meant. */
export function picturesOf(data: DataTransfer | null): File[] {
  if (!data || data.types.includes("text/plain")) return [];
  return [...data.files].filter(({ type }) => type.startsWith("image/"));
}

/** The bytes of a file, base64. */
export function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",", 2)[1] ?? "");
    reader.onerror = () => reject(reader.error ?? new Error("unreadable"));
    reader.readAsDataURL(file);
  });
}

/** What an `img` shows; null while the bytes are not on this machine. */
export async function pictureUrl(sha256: string): Promise<string | null> {
  try {
    return (await call("photo.read", { sha256 })).url;
  } catch {
    return null;
  }
}
