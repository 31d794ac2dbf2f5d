/** Fields that may be kept for the next session. */
export const PINNABLE = ["topics", "form", "venue", "facilitators", "duration_minutes", "language"];

export function togglePin(pinned: string[], path: string): string[] {
  return pinned.includes(path) ? pinned.filter((one) => one !== path) : [...pinned, path];
}
