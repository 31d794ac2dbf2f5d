import { fail } from "../../lib/app.svelte";
import { call } from "../../lib/backend";
import type { DraftInput } from "../../lib/generated/contract";
import { KEEP_IDLE_MS } from "../../shared/unsaved";

/** How long after the last key a draft goes to the disk: as all that is typed and not saved. */
export const DRAFT_IDLE_MS = KEEP_IDLE_MS;

/** Puts the form on the disk while it is typed, one write at a time and never an older one after a newer. */
export class DraftKeeper {
  /** When the draft last reached the disk, RFC 3339. */
  at = $state<string | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private writing: Promise<void> = Promise.resolve();

  /** `draft` gives the form as it stands when the write begins, or null when there is nothing to keep. */
  constructor(private readonly draft: () => DraftInput | null) {}

  later(also?: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.now();
      also?.();
    }, DRAFT_IDLE_MS);
  }

  now(): void {
    clearTimeout(this.timer);
    // The form is read at once: a screen that is being left has no form a moment later.
    const draft = this.draft();
    if (!draft) return;
    this.writing = this.writing.then(async () => {
      try {
        this.at = (await call("draft.save", draft)).at;
      } catch (error) {
        fail(error);
      }
    });
  }

  /** Drops what waits and awaits what is under way, so that no draft is written after its session was saved. */
  async settle(): Promise<void> {
    clearTimeout(this.timer);
    await this.writing;
  }

  forget(): void {
    this.at = null;
  }
}
